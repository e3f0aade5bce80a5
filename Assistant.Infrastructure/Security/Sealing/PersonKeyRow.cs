using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>A person's key, sealed under the tenant's. A destroyed one leaves its row, so that no second one is made.</summary>
internal sealed class PersonKeyRow : ITenantRow
{
    public required string TenantId { get; set; }

    public Guid PersonId { get; set; }

    /// <summary>Sealed at <c>person_keys/{person}/wrapped</c>; <see langword="null"/> once destroyed.</summary>
    public byte[]? Wrapped { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? DestroyedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonKeyRow>
    {
        public void Configure(EntityTypeBuilder<PersonKeyRow> builder)
        {
            builder.ToTable("person_keys");
            builder.HasKey(k => new { k.TenantId, k.PersonId });
            builder.HasOne<TenantRow>().WithMany().HasForeignKey(k => k.TenantId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

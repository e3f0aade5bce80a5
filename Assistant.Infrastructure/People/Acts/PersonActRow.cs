using Assistant.Domain.People.Acts;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.People.Acts;

/// <summary>What a person asked for, without the token of its link.</summary>
internal sealed class PersonActRow : ITenantRow
{
    /// <summary>The first half of the SHA-256 of the token.</summary>
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid PersonId { get; set; }

    public Guid ConversationId { get; set; }

    public PersonActKind Kind { get; set; }

    public required byte[] Digest { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? UsedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonActRow>
    {
        public void Configure(EntityTypeBuilder<PersonActRow> builder)
        {
            builder.ToTable("person_acts");
            builder.Property(a => a.TenantId).HasMaxLength(63);
            builder.Property(a => a.Kind).HasMaxLength(16);
            builder.HasIndex(a => new { a.TenantId, a.PersonId });
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(a => a.PersonId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

using Assistant.Domain.Memory;
using Assistant.Domain.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Tenancy;

/// <summary>A tenant of this installation.</summary>
internal sealed class TenantRow
{
    public required string Id { get; set; }

    public required string DisplayName { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>What of its messages and facts can be searched.</summary>
    public Indexing Indexing { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TenantRow>
    {
        public void Configure(EntityTypeBuilder<TenantRow> builder)
        {
            builder.ToTable("tenants");
            builder.Property(t => t.Id).HasMaxLength(63);
            builder.Property(t => t.DisplayName).HasMaxLength(ShownName.MaxLength);
            builder.Property(t => t.Indexing).HasDefaultValue(Indexing.Everything).HasSentinel(Indexing.Everything);
        }
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Tenancy;

/// <summary>A tenant of this installation.</summary>
internal sealed class TenantRow
{
    public required string Id { get; set; }

    public required string DisplayName { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TenantRow>
    {
        public void Configure(EntityTypeBuilder<TenantRow> builder)
        {
            builder.ToTable("tenants");
            builder.Property(t => t.Id).HasMaxLength(63);
            builder.Property(t => t.DisplayName).HasMaxLength(200);
        }
    }
}

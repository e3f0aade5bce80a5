using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Ai;

/// <summary>A configured engine, its settings sealed together.</summary>
internal sealed class EngineRow : ITenantRow
{
    public required string TenantId { get; set; }

    public required string Name { get; set; }

    public required string Type { get; set; }

    public required byte[] SealedSettings { get; set; }

    public bool IsDefault { get; set; }

    public int Rank { get; set; }

    public bool IsProvisioned { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<EngineRow>
    {
        public void Configure(EntityTypeBuilder<EngineRow> builder)
        {
            builder.ToTable("engines");
            builder.HasKey(e => new { e.TenantId, e.Name });
            builder.Property(e => e.Name).HasMaxLength(63);
            builder.HasIndex(e => e.TenantId).IsUnique().HasFilter("is_default").HasDatabaseName("one_default_engine_per_tenant");
            builder.HasOne<TenantRow>().WithMany().HasForeignKey(e => e.TenantId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

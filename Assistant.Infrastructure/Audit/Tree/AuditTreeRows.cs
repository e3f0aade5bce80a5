using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Audit.Tree;

/// <summary>How many events a tenant's tree covers.</summary>
internal sealed class AuditTreeRow : ITenantRow
{
    public required string TenantId { get; set; }

    public long Size { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditTreeRow>
    {
        public void Configure(EntityTypeBuilder<AuditTreeRow> builder)
        {
            builder.ToTable("audit_trees");
            builder.HasKey(t => t.TenantId);
            builder.Property(t => t.TenantId).HasMaxLength(63);
        }
    }
}

/// <summary>Up to 256 hashes of one level of a tree.</summary>
internal sealed class AuditTileRow : ITenantRow
{
    public required string TenantId { get; set; }

    public int TileLevel { get; set; }

    public long TileIndex { get; set; }

    /// <summary>The hashes one after another, 32 bytes each.</summary>
    public required byte[] Hashes { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditTileRow>
    {
        public void Configure(EntityTypeBuilder<AuditTileRow> builder)
        {
            builder.ToTable("audit_tiles");
            builder.HasKey(t => new { t.TenantId, t.TileLevel, t.TileIndex });
            builder.Property(t => t.TenantId).HasMaxLength(63);
        }
    }
}

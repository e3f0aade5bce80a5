using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Audit.Checkpoints;

/// <summary>A signed checkpoint.</summary>
internal sealed class CheckpointRow : ITenantRow
{
    public required string TenantId { get; set; }

    public long Size { get; set; }

    /// <summary>The signed note.</summary>
    public required string Note { get; set; }

    public DateTimeOffset At { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<CheckpointRow>
    {
        public void Configure(EntityTypeBuilder<CheckpointRow> builder)
        {
            builder.ToTable("audit_checkpoints");
            builder.HasKey(c => new { c.TenantId, c.Size });
            builder.Property(c => c.TenantId).HasMaxLength(63);
        }
    }
}

/// <summary>The key that signs a tenant's checkpoints, its secret half sealed.</summary>
internal sealed class CheckpointKeyRow : ITenantRow
{
    public required string TenantId { get; set; }

    /// <summary>The log's origin, as every checkpoint names it.</summary>
    public required string Origin { get; set; }

    public required byte[] PublicKey { get; set; }

    public required byte[] SealedSeed { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<CheckpointKeyRow>
    {
        public void Configure(EntityTypeBuilder<CheckpointKeyRow> builder)
        {
            builder.ToTable("audit_keys");
            builder.HasKey(k => k.TenantId);
            builder.Property(k => k.TenantId).HasMaxLength(63);
        }
    }
}

/// <summary>The last checkpoint a witness has.</summary>
internal sealed class WitnessPositionRow : ITenantRow
{
    public required string TenantId { get; set; }

    public required string Witness { get; set; }

    public long Size { get; set; }

    public DateTimeOffset At { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<WitnessPositionRow>
    {
        public void Configure(EntityTypeBuilder<WitnessPositionRow> builder)
        {
            builder.ToTable("audit_witness_positions");
            builder.HasKey(p => new { p.TenantId, p.Witness });
            builder.Property(p => p.TenantId).HasMaxLength(63);
            builder.Property(p => p.Witness).HasMaxLength(32);
        }
    }
}

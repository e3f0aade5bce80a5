using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Audit;

/// <summary>One event of a tenant's chain.</summary>
internal sealed class AuditRow : ITenantRow
{
    public required string TenantId { get; set; }

    public long Seq { get; set; }

    /// <summary>Milliseconds since 1970, as stored: what somebody else wrote there may be no time.</summary>
    public long At { get; set; }

    public required string ActorKind { get; set; }

    public required string ActorId { get; set; }

    public required string ActorName { get; set; }

    public required string Action { get; set; }

    public required string Subject { get; set; }

    /// <summary>Origin and details, sealed by <see cref="AuditCipher"/>; <see langword="null"/> only in rows that are not sealed yet.</summary>
    public byte[]? Body { get; set; }

    /// <summary>Empty but in rows of earlier versions, until <see cref="PlainAuditBodies"/> has sealed them; so is the next.</summary>
    public required string Origin { get; set; }

    /// <summary>JSON object of strings, keys in ordinal order.</summary>
    public required string Details { get; set; }

    public required byte[] PreviousHash { get; set; }

    public required byte[] Hash { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditRow>
    {
        public void Configure(EntityTypeBuilder<AuditRow> builder)
        {
            builder.ToTable("audit_events");
            builder.HasKey(a => new { a.TenantId, a.Seq });
        }
    }
}

/// <summary>The end of a tenant's chain; locked by a writing transaction with its first event, after the conversation it is about.</summary>
internal sealed class AuditHeadRow : ITenantRow
{
    public required string TenantId { get; set; }

    public long Seq { get; set; }

    public required byte[] Hash { get; set; }

    /// <summary>The key of the events' bodies, sealed at <see cref="AuditKeys.Place"/>; <see langword="null"/> until this version wrote an event.</summary>
    public byte[]? SealedKey { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditHeadRow>
    {
        public void Configure(EntityTypeBuilder<AuditHeadRow> builder)
        {
            builder.ToTable("audit_heads");
            builder.HasKey(a => a.TenantId);
        }
    }
}

using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Passkeys;

/// <summary>A challenge that was handed out. Kept until it expires, claimed once.</summary>
internal sealed class CeremonyRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid? UserId { get; set; }

    public CeremonyPurpose Purpose { get; set; }

    /// <summary>SHA-256 of what is being agreed to.</summary>
    public byte[]? PayloadHash { get; set; }

    /// <summary>The verifier's own.</summary>
    public required string State { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? ClaimedAt { get; set; }

    public static CeremonyRow Of(Ceremony ceremony) => new()
    {
        Id = ceremony.Id,
        TenantId = ceremony.Tenant.Value,
        UserId = ceremony.User?.Value,
        Purpose = ceremony.Purpose,
        PayloadHash = ceremony.PayloadHash,
        State = ceremony.State,
        ExpiresAt = ceremony.ExpiresAt,
    };

    public Ceremony ToCeremony() => new(
        Id, new TenantId(TenantId), UserId is { } user ? new UserId(user) : null, Purpose, PayloadHash, State, ExpiresAt);

    internal sealed class Configuration : IEntityTypeConfiguration<CeremonyRow>
    {
        public void Configure(EntityTypeBuilder<CeremonyRow> builder)
        {
            builder.ToTable("passkey_ceremonies");
            builder.Property(c => c.TenantId).HasMaxLength(63);
            builder.Property(c => c.PayloadHash).HasMaxLength(32);
            builder.HasIndex(c => c.ExpiresAt);
        }
    }
}

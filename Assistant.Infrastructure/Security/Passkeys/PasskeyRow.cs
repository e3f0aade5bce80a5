using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Passkeys;

/// <summary>A public key somebody signs in with.</summary>
internal sealed class PasskeyRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid UserId { get; set; }

    public required string Name { get; set; }

    /// <summary>Unique in the installation.</summary>
    public required byte[] CredentialId { get; set; }

    /// <summary>A COSE key.</summary>
    public required byte[] PublicKey { get; set; }

    public long SignCount { get; set; }

    /// <summary>Words with a space between.</summary>
    public required string Transports { get; set; }

    public Guid Aaguid { get; set; }

    public bool IsBackupEligible { get; set; }

    public bool IsBackedUp { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public static PasskeyRow Of(Passkey passkey) => new()
    {
        Id = passkey.Id.Value,
        TenantId = passkey.Tenant.Value,
        UserId = passkey.User.Value,
        Name = passkey.Name,
        CredentialId = passkey.Credential.CredentialId,
        PublicKey = passkey.Credential.PublicKey,
        SignCount = passkey.Credential.SignCount,
        Transports = string.Join(' ', passkey.Credential.Transports),
        Aaguid = passkey.Credential.Aaguid,
        IsBackupEligible = passkey.Credential.IsBackupEligible,
        IsBackedUp = passkey.Credential.IsBackedUp,
        CreatedAt = passkey.CreatedAt,
        LastUsedAt = passkey.LastUsedAt,
    };

    public Passkey ToPasskey() => new(
        new PasskeyId(Id), new TenantId(TenantId), new UserId(UserId), Name,
        new PasskeyCredential(
            CredentialId, PublicKey, (uint)SignCount, Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries), Aaguid, IsBackupEligible, IsBackedUp),
        CreatedAt, LastUsedAt);

    internal sealed class Configuration : IEntityTypeConfiguration<PasskeyRow>
    {
        public void Configure(EntityTypeBuilder<PasskeyRow> builder)
        {
            builder.ToTable("passkeys");
            builder.Property(p => p.TenantId).HasMaxLength(63);
            builder.Property(p => p.Name).HasMaxLength(Passkey.MaxNameLength);
            builder.Property(p => p.CredentialId).HasMaxLength(PasskeyCredential.MaxCredentialIdLength);
            builder.Property(p => p.Transports).HasMaxLength(SqlPasskeyStore.MaxTransports);
            builder.HasIndex(p => p.CredentialId).IsUnique();
            builder.HasIndex(p => p.UserId);
            builder.HasOne<UserRow>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

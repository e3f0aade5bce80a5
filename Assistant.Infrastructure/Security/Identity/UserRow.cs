using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Identity;

/// <summary>A console user. <see cref="TenantId"/> is where the account is at home; what it may do where is in the memberships.</summary>
internal sealed class UserRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public required string Email { get; set; }

    /// <summary><see cref="EmailAddress.Normalize"/>; unique in the installation.</summary>
    public required string NormalizedEmail { get; set; }

    /// <summary>In the tenant that was asked for, filled in by <see cref="UserRows"/> from the memberships; empty when there is none.</summary>
    public string Role { get; set; } = "";

    /// <summary>In the format of ASP.NET Core Identity, version 3.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>Changes when the user's sessions are to end.</summary>
    public required string SecurityStamp { get; set; }

    /// <summary>Sealed at <c>users/{id}/totp</c>.</summary>
    public byte[]? TotpSecret { get; set; }

    /// <summary>Step of the code last accepted: no code is taken twice.</summary>
    public long LastTotpStep { get; set; }

    /// <summary>SHA-256 of the recovery codes not used yet, one after the other.</summary>
    public byte[] RecoveryCodes { get; set; } = [];

    public int FailedAttempts { get; set; }

    public DateTimeOffset? LockedUntil { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastSignInAt { get; set; }

    /// <summary>The row with the role it has in the tenant that was asked for.</summary>
    public UserRow As(string? role)
    {
        Role = role ?? "";
        return this;
    }

    public User ToUser()
        => new(new UserId(Id), new TenantId(TenantId), Email, Role, TotpSecret is not null, CreatedAt, LastSignInAt, LockedUntil,
            RecoveryCodes.Length / RecoveryCode.HashSize);

    internal sealed class Configuration : IEntityTypeConfiguration<UserRow>
    {
        public void Configure(EntityTypeBuilder<UserRow> builder)
        {
            builder.ToTable("users");
            builder.Property(u => u.TenantId).HasMaxLength(63);
            builder.Property(u => u.Email).HasMaxLength(EmailAddress.MaxLength);
            builder.Property(u => u.NormalizedEmail).HasMaxLength(EmailAddress.MaxLength);
            builder.Ignore(u => u.Role);
            builder.Property(u => u.PasswordHash).HasMaxLength(200);
            builder.Property(u => u.SecurityStamp).HasMaxLength(64);
            builder.Property(u => u.RecoveryCodes).HasMaxLength(RecoveryCode.SetSize * RecoveryCode.HashSize).HasDefaultValue(Array.Empty<byte>());
            builder.HasIndex(u => u.NormalizedEmail).IsUnique();
            builder.HasIndex(u => u.TenantId);
        }
    }
}

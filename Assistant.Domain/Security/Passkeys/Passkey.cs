using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.Passkeys;

/// <summary>Id of a passkey; the authenticator knows it by <see cref="PasskeyCredential.CredentialId"/> instead.</summary>
public readonly record struct PasskeyId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A public key somebody signs in with (WebAuthn Level 3, section 4, "public key credential source").</summary>
/// <param name="Name">What its owner calls it; up to <see cref="MaxNameLength"/> characters.</param>
public sealed record Passkey(
    PasskeyId Id, TenantId Tenant, UserId User, string Name, PasskeyCredential Credential, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    public const int MaxNameLength = 60;
}

/// <summary>What the authenticator told at registration, and what changes with use.</summary>
/// <param name="CredentialId">Unique in the installation; up to <see cref="MaxCredentialIdLength"/> bytes.</param>
/// <param name="PublicKey">A COSE key (RFC 9052, section 7).</param>
/// <param name="SignCount">Of the last signature; 0 when the authenticator does not count, as synced passkeys do not.</param>
/// <param name="Transports">As the browser named them: <c>internal</c>, <c>usb</c>, <c>hybrid</c>…</param>
/// <param name="Aaguid">Model of the authenticator; all zero when it does not say.</param>
/// <param name="IsBackupEligible">Whether it may be synced between devices.</param>
/// <param name="IsBackedUp">Whether it was when last used.</param>
public sealed record PasskeyCredential(
    byte[] CredentialId, byte[] PublicKey, uint SignCount, IReadOnlyList<string> Transports, Guid Aaguid, bool IsBackupEligible, bool IsBackedUp)
{
    /// <summary>The bound of WebAuthn Level 3, section 4.</summary>
    public const int MaxCredentialIdLength = 1023;

    /// <summary>
    /// Whether a signature with this count may follow the last one: a count that does not grow belongs to a copy of the
    /// authenticator, or to the original after the copy was used (WebAuthn Level 3, section 6.1.1).
    /// </summary>
    public bool MayBeFollowedBy(uint signCount) => signCount > SignCount || (signCount == 0 && SignCount == 0);
}

/// <summary>What a ceremony is for. A signature made for one purpose is worth nothing for another.</summary>
public enum CeremonyPurpose { Register, SignIn, StepUp }

/// <summary>A challenge that was handed out and waits for its one answer.</summary>
/// <param name="Tenant">The default tenant where nobody is known yet.</param>
/// <param name="User">Whose answer is expected; <see langword="null"/> when signing in, where the passkey tells.</param>
/// <param name="PayloadHash">SHA-256 of what is being agreed to, or <see langword="null"/>.</param>
/// <param name="State">The verifier's own: the challenge and what was asked for.</param>
public sealed record Ceremony(
    Guid Id, TenantId Tenant, UserId? User, CeremonyPurpose Purpose, byte[]? PayloadHash, string State, DateTimeOffset ExpiresAt)
{
    /// <summary>How long a challenge may wait.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
}

using System.Security.Cryptography;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>Somebody who signs in to the console.</summary>
/// <param name="Email">Unique in the installation, compared without regard to case.</param>
/// <param name="Tenant">Where the account is at home: its secrets are sealed with this tenant's key and its sign-ins are in this tenant's log.</param>
/// <param name="Role">In the tenant that was asked for, else in <paramref name="Tenant"/>; empty when the user is no member there.</param>
/// <param name="HasTotp">Whether signing in asks for a code.</param>
/// <param name="LockedUntil">Sign-in by password is refused until then, after too many failures.</param>
/// <param name="RecoveryCodesLeft">How many of the last set were not used yet.</param>
public sealed record User(
    UserId Id, TenantId Tenant, string Email, string Role, bool HasTotp, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt, DateTimeOffset? LockedUntil,
    int RecoveryCodesLeft = 0)
{
    public Actor AsActor => new("user", Id.Value.ToString(), Email);
}

/// <summary>A user to be created.</summary>
/// <param name="Role">Empty for an account that is a member nowhere: it has its own page and nothing else.</param>
/// <param name="Password">Checked by <see cref="PasswordPolicy"/> before.</param>
/// <param name="TotpSecret">A seed the user has already shown a code of, or <see langword="null"/> for sign-in by password alone.</param>
public sealed record NewUser(UserId Id, TenantId Tenant, string Email, string Role, string Password, TotpSecret? TotpSecret = null)
{
    public override string ToString() => $"{Email} ({Role})";
}

/// <summary>The seed of a user's one-time codes. Never printed.</summary>
public sealed class TotpSecret
{
    /// <summary>160 bits, as RFC 4226 section 4 recommends.</summary>
    public const int Size = 20;

    private readonly byte[] _bytes;

    public TotpSecret(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, 16, nameof(bytes));
        _bytes = bytes.ToArray();
    }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public static TotpSecret Create() => new(RandomNumberGenerator.GetBytes(Size));

    public override string ToString() => "TOTP secret (not shown)";
}

/// <summary>The form of an e-mail address, as far as it matters here: something, an at sign, something.</summary>
public static class EmailAddress
{
    public const int MaxLength = 254;

    public static bool IsValid(string value)
    {
        var at = value.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at == value.LastIndexOf('@') && at < value.Length - 1 && value.Length <= MaxLength
            && !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c));
    }

    /// <summary>What two spellings of one address have in common.</summary>
    public static string Normalize(string value) => value.Trim().ToUpperInvariant();
}

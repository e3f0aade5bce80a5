using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.External;

/// <summary>Id of a login at an identity provider that somebody connected with their account.</summary>
public readonly record struct ExternalLoginId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>Who somebody is at an identity provider: the only two claims that never pass to another person (OpenID Connect Core, section 5.7).</summary>
/// <param name="Issuer">As the ID token says it, compared exactly.</param>
/// <param name="Subject">Of the person at the issuer, compared exactly.</param>
public sealed record ExternalIdentity(string Issuer, string Subject)
{
    /// <summary>Claim of the issuer.</summary>
    public const string IssuerClaim = "iss";

    /// <summary>Claim of the subject.</summary>
    public const string SubjectClaim = "sub";

    public const int MaxIssuerLength = 512;

    /// <summary>OpenID Connect Core, section 2.</summary>
    public const int MaxSubjectLength = 255;

    public bool IsValid => Issuer.Length is > 0 and <= MaxIssuerLength && Subject.Length is > 0 and <= MaxSubjectLength;
}

/// <summary>What an identity provider vouched for, after every signature and claim of it was checked.</summary>
/// <param name="Provider">The provider's name as people see it.</param>
/// <param name="IsMultiFactor">Whether the operator demands of this provider that it asks for more than one factor.</param>
public sealed record ExternalProof(ExternalIdentity Identity, string Provider, bool IsMultiFactor);

/// <summary>A login at an identity provider that opens an account.</summary>
/// <param name="Tenant">Where the account is at home.</param>
/// <param name="Provider">The provider's name when it was connected.</param>
public sealed record ExternalLogin(
    ExternalLoginId Id, TenantId Tenant, UserId User, ExternalIdentity Identity, string Provider, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    public const int MaxProviderLength = 40;
}

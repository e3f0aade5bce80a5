using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People.Accounts;

/// <summary>Says that a person who writes on messengers and an account that can sign in are one and the same: what the account proves, the person proves.</summary>
/// <param name="Email">Of the account.</param>
public sealed record PersonAccount(TenantId Tenant, PersonId Person, UserId User, string Email, DateTimeOffset LinkedAt);

/// <summary>A code an account shows, waiting to be typed by the person it belongs to. Only the hash is kept.</summary>
/// <param name="Id">Of <see cref="LinkCode.Id"/>.</param>
/// <param name="Tenant">The only one in whose conversations it is worth something.</param>
public sealed record OfferedCode(Guid Id, TenantId Tenant, UserId User, DateTimeOffset ExpiresAt);

/// <summary>Which person has which account: in a tenant a person has at most one, and an account belongs to at most one person. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
/// <remarks>A person who is being forgotten has none from that moment on.</remarks>
public interface IPersonAccountStore
{
    /// <summary>Keeps a code; the account's earlier ones in the tenant are worth nothing any more.</summary>
    Task OfferAsync(OfferedCode code, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Uses a code up and links, in one transaction. Of several who type it one is linked; the same person may type it again.</summary>
    /// <param name="audit">The event; its time decides whether the code is too old.</param>
    /// <returns><see cref="LinkOutcome.NoSuchCode"/> when the tenant has no such open code; then nothing is written, as in every refusal.</returns>
    Task<LinkOutcome> RedeemAsync(TenantId tenant, Guid code, PersonId person, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Links an account without a code.</summary>
    Task<LinkOutcome> LinkAsync(TenantId tenant, PersonId person, UserId user, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Ends a link.</summary>
    /// <param name="user">The account it must be with, or <see langword="null"/> for any.</param>
    /// <returns><see langword="false"/> when there is no such link; then nothing is written.</returns>
    Task<bool> UnlinkAsync(TenantId tenant, PersonId person, UserId? user, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>The account of a person, or <see langword="null"/>.</summary>
    Task<PersonAccount?> FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken);

    /// <summary>The persons an account belongs to, in every tenant, by the tenant's name.</summary>
    Task<IReadOnlyList<PersonAccount>> ListOfAsync(UserId user, CancellationToken cancellationToken);
}

/// <summary>How linking ended.</summary>
public enum LinkOutcome
{
    Linked,

    /// <summary>Wrong, used, too old, or another tenant's.</summary>
    NoSuchCode,

    /// <summary>The person has another account.</summary>
    PersonTaken,

    /// <summary>The account belongs to another person of the tenant.</summary>
    AccountTaken,

    /// <summary>There is no such person, or not any more.</summary>
    NoSuchPerson,
}

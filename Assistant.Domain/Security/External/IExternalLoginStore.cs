using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.External;

/// <summary>Which logins at identity providers open which accounts. Every change is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IExternalLoginStore
{
    /// <summary>A user's logins, oldest first.</summary>
    Task<IReadOnlyList<ExternalLogin>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken);

    /// <summary>The login of this issuer and subject, whichever the tenant, or <see langword="null"/>.</summary>
    Task<ExternalLogin?> FindAsync(ExternalIdentity identity, CancellationToken cancellationToken);

    /// <summary>Connects a login with its user's account. Of several at the same time for one identity, one succeeds.</summary>
    /// <returns><see langword="false"/> when the identity opens an account already or the user is gone; then nothing is written.</returns>
    Task<bool> AddAsync(ExternalLogin login, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Records a sign-in at the time of the audit event, unless the login was removed since it was read.</summary>
    /// <returns>The user and the stamp of their sessions, or <see langword="null"/> when nothing was recorded.</returns>
    Task<SignInOutcome.SignedIn?> UseAsync(ExternalLogin login, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Removes a login and ends the user's sessions.</summary>
    /// <returns>The user with the stamp of sessions to come, or <see langword="null"/> when the user has no such login.</returns>
    Task<SignInOutcome.SignedIn?> RemoveAsync(TenantId tenant, UserId user, ExternalLoginId id, AuditDraft audit, CancellationToken cancellationToken);
}

using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.Passkeys;

/// <summary>The passkeys of this installation and the challenges that wait. Every change is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IPasskeyStore
{
    /// <summary>A user's passkeys, oldest first.</summary>
    Task<IReadOnlyList<Passkey>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken);

    /// <summary>The passkey an authenticator names, whichever the tenant, or <see langword="null"/>.</summary>
    Task<Passkey?> FindAsync(byte[] credentialId, CancellationToken cancellationToken);

    /// <summary>Stores a passkey.</summary>
    /// <returns><see langword="false"/> when its credential id is taken or its user is gone.</returns>
    Task<bool> AddAsync(Passkey passkey, AuditDraft audit, CancellationToken cancellationToken);

    /// <returns><see langword="false"/> when the user has no such passkey.</returns>
    Task<bool> RenameAsync(TenantId tenant, UserId user, PasskeyId id, string name, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Removes a passkey and ends the user's sessions.</summary>
    /// <returns>The user with the stamp of sessions to come, or <see langword="null"/> when the user has no such passkey.</returns>
    Task<SignInOutcome.SignedIn?> RevokeAsync(TenantId tenant, UserId user, PasskeyId id, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>
    /// Records a use at the time of the audit event, unless the passkey is gone or its count has moved since it was read.
    /// </summary>
    /// <param name="passkey">As it was read.</param>
    /// <param name="used">What the authenticator said this time.</param>
    /// <param name="isSignIn">Whether a session begins with it.</param>
    /// <returns>The user and the stamp of their sessions, or <see langword="null"/> when nothing was recorded.</returns>
    Task<SignInOutcome.SignedIn?> UseAsync(Passkey passkey, PasskeyCredential used, bool isSignIn, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Keeps a challenge; forgets those that expired before <paramref name="now"/>.</summary>
    Task OpenAsync(Ceremony ceremony, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes a challenge, whatever comes of it: of any number of claims one gets it.</summary>
    /// <returns><see langword="null"/> when it is unknown, expired or was claimed before.</returns>
    Task<Ceremony?> ClaimAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken);
}

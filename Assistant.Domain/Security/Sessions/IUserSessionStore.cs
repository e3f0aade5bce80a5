using Assistant.Domain.Audit;

namespace Assistant.Domain.Security.Sessions;

/// <summary>The sessions of the console's users: one row per sign-in. Safe for concurrent use.</summary>
/// <remarks>
/// What ends all of a user's sessions (a changed password or second step, a revoked passkey) ends these rows in its own transaction, as
/// <see cref="SessionEnd.CredentialChanged"/>.
/// </remarks>
public interface IUserSessionStore
{
    /// <summary>Keeps a session that begins. Its sign-in was written to the audit log before.</summary>
    Task BeginAsync(UserSession session, CancellationToken cancellationToken);

    /// <summary>Every open session of the installation, in no order.</summary>
    Task<IReadOnlyList<UserSession>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>The open sessions of a user, the one seen last first.</summary>
    Task<IReadOnlyList<UserSession>> ListOpenAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>A session, open or ended, or <see langword="null"/>.</summary>
    Task<UserSession?> FindAsync(UserSessionId id, CancellationToken cancellationToken);

    /// <summary>Notes that the person did something. An earlier time than the one known changes nothing.</summary>
    Task SeeAsync(UserSessionId id, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Ends one session of the user, in one transaction with its audit event.</summary>
    /// <returns><see langword="false"/> when the user has no such open session; then nothing is written.</returns>
    Task<bool> EndAsync(UserId user, UserSessionId id, SessionEnd why, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Ends all open sessions of the user but one, in one transaction with its audit event.</summary>
    /// <returns>How many; when none, nothing is written.</returns>
    Task<int> EndAllAsync(UserId user, UserSessionId? except, SessionEnd why, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Removes sessions that ended before the time.</summary>
    Task ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken);
}

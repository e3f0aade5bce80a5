using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>The users of this installation. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
/// <remarks>What changes how somebody signs in names the tenant the account is at home in; what they may do where is in <see cref="IMembershipStore"/>.</remarks>
public interface IUserDirectory
{
    /// <summary>Whether there is any user in any tenant: a new installation has none.</summary>
    Task<bool> AnyAsync(CancellationToken cancellationToken);

    /// <summary>Creates a user, at home in the tenant and a member of it.</summary>
    /// <param name="onlyFirst">Refuse when there is any user already, checked in the same transaction.</param>
    Task<CreateUserOutcome> CreateAsync(NewUser user, bool onlyFirst, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>The tenant's members with their role there, by e-mail address.</summary>
    Task<IReadOnlyList<User>> ListAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>A member of the tenant, or somebody whose account is at home there; <see langword="null"/> when there is none.</summary>
    Task<User?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken);

    /// <summary>A user by e-mail address, whichever the tenant, or <see langword="null"/>.</summary>
    Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken);

    /// <summary>Takes away the one-time code and any lock, and ends the user's sessions.</summary>
    Task<ChangeUserOutcome> ResetMfaAsync(TenantId tenant, UserId id, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Gives the user another password, takes away any lock and ends their sessions; the second step stays.</summary>
    /// <param name="password">Accepted by <see cref="PasswordPolicy"/> before.</param>
    Task<ChangeUserOutcome> ResetPasswordAsync(TenantId tenant, UserId id, string password, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>
    /// Changes a credential of somebody who proves who they are, and ends their sessions; wrong passwords lock further proofs of this user, not the
    /// sign-in. Those of somebody else lock others' attempts alone: the user still proves what is theirs.
    /// </summary>
    /// <param name="password">The proof: the password as it is now.</param>
    /// <param name="audit">Whoever acts in it is who tries. Written when it was changed; a refusal writes an event of its own.</param>
    Task<CredentialOutcome> ChangeCredentialAsync(
        TenantId tenant, UserId id, string password, CredentialChange change, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Whether this is the user's password; wrong ones lock further proofs of this user, not the sign-in.</summary>
    /// <param name="attempt">Who tries, when and from where; a refusal is written as an event of its own.</param>
    /// <returns><see langword="null"/> when it is.</returns>
    Task<SignInRefusal?> CheckPasswordAsync(TenantId tenant, UserId id, string password, AuditDraft attempt, CancellationToken cancellationToken);

    /// <summary>
    /// Checks password and, where the user has a one-time code, that or a recovery code; counts failures and locks after too many. Writes the
    /// audit event of the attempt itself. Takes about as long for an unknown address as for a known one.
    /// </summary>
    /// <param name="code"><see langword="null"/> or empty when none was entered.</param>
    Task<SignInOutcome> VerifyAsync(string email, string password, string? code, string origin, CancellationToken cancellationToken);

    /// <summary>
    /// The same for a device on which the user signed in before: it is not locked by what strangers did, and what is wrong on it locks nobody.
    /// The caller bounds how often a device may try.
    /// </summary>
    Task<SignInOutcome> VerifyOnKnownDeviceAsync(string email, string password, string? code, string origin, CancellationToken cancellationToken);

    /// <summary>Checks a one-time code of somebody who is signed in and uses it up; wrong ones lock further proofs of this user, not the sign-in.</summary>
    /// <param name="refusal">Written when it is refused.</param>
    Task<CodeProof> ProveCodeAsync(TenantId tenant, UserId id, string code, AuditDraft refusal, CancellationToken cancellationToken);

    /// <summary>The user of a session, or <see langword="null"/> when the session was ended since it began.</summary>
    /// <param name="stamp">As <see cref="SignInOutcome.SignedIn"/> gave it.</param>
    Task<User?> FindSessionAsync(UserId id, string stamp, CancellationToken cancellationToken);
}

/// <summary>How creating a user ended.</summary>
public abstract record CreateUserOutcome
{
    private CreateUserOutcome() { }

    public sealed record Created(User User) : CreateUserOutcome;

    /// <summary>Somebody has this address.</summary>
    public sealed record EmailTaken : CreateUserOutcome;

    /// <summary>There is a user already, and only the first was asked for.</summary>
    public sealed record NotFirst : CreateUserOutcome;

    /// <summary>Nothing was created; the key is <c>email</c>, <c>password</c>, <c>role</c>, <c>tenant</c> or <c>code</c>.</summary>
    /// <param name="Flaw">Of the password, where it is that.</param>
    public sealed record Invalid(string Key, string Message, PasswordFlaw? Flaw = null) : CreateUserOutcome;
}

/// <summary>How changing a user ended.</summary>
public abstract record ChangeUserOutcome
{
    private ChangeUserOutcome() { }

    public sealed record Changed(User User) : ChangeUserOutcome;

    /// <summary>The account is at home in another tenant; only there can its sign-in be changed.</summary>
    public sealed record AtHomeElsewhere : ChangeUserOutcome;

    /// <summary><see cref="PasswordCheck"/> does not accept the new password.</summary>
    public sealed record WeakPassword(PasswordFlaw Flaw) : ChangeUserOutcome;

    /// <summary>It was changed by somebody else meanwhile; nothing was done.</summary>
    public sealed record Overtaken : ChangeUserOutcome;

    public sealed record NotFound : ChangeUserOutcome;
}

/// <summary>How checking a one-time code ended.</summary>
public enum CodeProof { Right, Wrong, Locked, NotEnrolled }

/// <summary>How a sign-in ended. The outside learns of <see cref="Refused"/> only that it failed.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome() { }

    /// <summary>Everything was right.</summary>
    /// <param name="Stamp">Changes when sessions are to end; kept in the session.</param>
    public sealed record SignedIn(User User, string Stamp) : SignInOutcome;

    /// <summary>The password was right; a one-time code is needed.</summary>
    public sealed record CodeNeeded : SignInOutcome;

    public sealed record Refused(SignInRefusal Reason) : SignInOutcome;
}

/// <summary>Why a sign-in was refused; for the audit log only.</summary>
public enum SignInRefusal { UnknownUser, WrongPassword, WrongCode, Locked, WrongPasskey, ClonedPasskey, UnknownLogin, WrongProviderAnswer }

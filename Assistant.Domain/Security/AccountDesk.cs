using Assistant.Domain.Audit;

namespace Assistant.Domain.Security;

/// <summary>A change of how somebody proves who they are.</summary>
public abstract record CredentialChange
{
    private CredentialChange() { }

    /// <param name="Value">Accepted by <see cref="PasswordPolicy"/> before. Never printed.</param>
    public sealed record NewPassword(string Value) : CredentialChange
    {
        public override string ToString() => "New password (not shown)";
    }

    /// <param name="Step">Of the code that confirmed the seed: it signs nobody in any more.</param>
    public sealed record NewTotp(TotpSecret Secret, long Step) : CredentialChange;

    /// <summary>Recovery codes; earlier ones are worth nothing any more.</summary>
    /// <param name="Hashes">One after the other, <see cref="RecoveryCode.HashSize"/> bytes each.</param>
    public sealed record NewRecoveryCodes(byte[] Hashes) : CredentialChange;

    /// <summary>Sign-in by password alone.</summary>
    public sealed record NoTotp : CredentialChange;
}

/// <summary>How a change of somebody's credentials ended.</summary>
public abstract record CredentialOutcome
{
    private CredentialOutcome() { }

    /// <summary>Done, and every session ended.</summary>
    /// <param name="Stamp">For the session that asked, so that it goes on.</param>
    public sealed record Changed(User User, string Stamp) : CredentialOutcome;

    /// <summary>The password given as proof is wrong; it counts towards the lock.</summary>
    public sealed record WrongPassword : CredentialOutcome;

    /// <summary>Too many wrong ones: even the right password is refused for a while.</summary>
    public sealed record Locked : CredentialOutcome;

    /// <summary><see cref="PasswordCheck"/> does not accept the new password.</summary>
    public sealed record WeakPassword(PasswordFlaw Flaw) : CredentialOutcome;

    /// <summary>The seed was not confirmed: the code is not one of it.</summary>
    public sealed record WrongCode : CredentialOutcome;

    public sealed record NotFound : CredentialOutcome;
}

/// <summary>What people do with an account of theirs. Every change wants the password again: an open screen is no proof.</summary>
public sealed class AccountDesk(IUserDirectory users, ITotp totp, TimeProvider clock, PasswordCheck? check = null)
{
    /// <summary>The caller's account, or one the caller may manage; <see langword="null"/> when there is none.</summary>
    /// <exception cref="PermissionDeniedException">It is another's and the caller may not manage users.</exception>
    public async Task<User?> FindAsync(Caller caller, UserId id, CancellationToken cancellationToken)
    {
        var acting = Admit(caller, id);
        return await users.FindAsync(caller.Tenant, id, cancellationToken)
            ?? await users.FindAsync(acting.Tenant, id, cancellationToken); // the membership here was ended, the account was not
    }

    public async Task<CredentialOutcome> ChangePasswordAsync(Caller caller, UserId id, string password, string next, CancellationToken cancellationToken)
    {
        caller = Admit(caller, id);
        var email = (await users.FindAsync(caller.Tenant, id, cancellationToken))?.Email ?? "";
        return await (check ?? new PasswordCheck()).FindFlawAsync(next, email, cancellationToken) is { } flaw
            ? new CredentialOutcome.WeakPassword(flaw)
            : await ChangeAsync(caller, id, password, new CredentialChange.NewPassword(next), "password", cancellationToken);
    }

    /// <summary>Asks for a code at every sign-in from now on. An earlier seed is replaced.</summary>
    /// <param name="code">What an app shows for the seed: proof that it was taken over.</param>
    public Task<CredentialOutcome> EnrolTotpAsync(
        Caller caller, UserId id, string password, TotpSecret secret, string code, CancellationToken cancellationToken)
    {
        caller = Admit(caller, id);
        return totp.FindStep(secret, code) is { } step
            ? ChangeAsync(caller, id, password, new CredentialChange.NewTotp(secret, step), "totp", cancellationToken)
            : Task.FromResult<CredentialOutcome>(new CredentialOutcome.WrongCode());
    }

    public Task<CredentialOutcome> RemoveTotpAsync(Caller caller, UserId id, string password, CancellationToken cancellationToken)
    {
        caller = Admit(caller, id);
        return ChangeAsync(caller, id, password, new CredentialChange.NoTotp(), "totp-removed", cancellationToken);
    }

    /// <summary>Replaces the recovery codes. They are shown now and never again.</summary>
    /// <returns>The codes, where the outcome is <see cref="CredentialOutcome.Changed"/>.</returns>
    public async Task<(CredentialOutcome Outcome, IReadOnlyList<RecoveryCode> Codes)> MakeRecoveryCodesAsync(
        Caller caller, UserId id, string password, CancellationToken cancellationToken)
    {
        caller = Admit(caller, id);
        var codes = RecoveryCode.CreateSet();
        var change = new CredentialChange.NewRecoveryCodes([.. codes.SelectMany(code => code.Hash())]);
        var outcome = await ChangeAsync(caller, id, password, change, "recovery-codes", cancellationToken);
        return (outcome, outcome is CredentialOutcome.Changed ? codes : []);
    }

    private Task<CredentialOutcome> ChangeAsync(
        Caller caller, UserId id, string password, CredentialChange change, string word, CancellationToken cancellationToken)
    {
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.UserChanged, $"user/{id}", ("change", word));
        return users.ChangeCredentialAsync(caller.Tenant, id, password, change, audit, cancellationToken);
    }

    // One's own account is changed where it is at home, whatever tenant one is in; another's only from the tenant it is at home in.
    private static Caller Admit(Caller caller, UserId id)
    {
        if (caller.Actor.Kind == "user" && caller.Actor.Id == id.Value.ToString())
        {
            return caller.AtHome;
        }

        caller.Demand(Permissions.UsersManage);
        return caller;
    }
}

using Assistant.Domain.Audit;
using Assistant.Domain.Security.StepUp;

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

    /// <summary>The account is another's, and its owner may do more than the caller.</summary>
    public sealed record MayDoMore(string Email) : CredentialOutcome;
}

/// <summary>What people do with an account of theirs. Every change wants the password again: an open screen is no proof.</summary>
/// <remarks>
/// Of another's account, one at home in the caller's tenant whose owner may do no more than the caller, the password and the second step can be
/// changed. For the second step the password is not enough: whoever knows it may be the one the step keeps out.
/// </remarks>
/// <param name="roles">The tenants' own roles; without it only the built-in ones are known.</param>
public sealed class AccountDesk(
    IUserDirectory users, ITotp totp, IStepUpGuard guard, TimeProvider clock, PasswordCheck? check = null, IRoleStore? roles = null)
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
        if (await FindRefusalAsync(caller, id, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var email = (await users.FindAsync(caller.Tenant, id, cancellationToken))?.Email ?? "";
        return await (check ?? new PasswordCheck()).FindFlawAsync(next, email, cancellationToken) is { } flaw
            ? new CredentialOutcome.WeakPassword(flaw)
            : await ChangeAsync(caller, id, password, new CredentialChange.NewPassword(next), "password", cancellationToken);
    }

    /// <summary>Asks for a code at every sign-in to one's own account from now on. An earlier seed is replaced.</summary>
    /// <param name="code">What an app shows for the seed: proof that it was taken over.</param>
    /// <exception cref="PermissionDeniedException">The account is another's.</exception>
    public async Task<CredentialOutcome> EnrolOwnTotpAsync(
        Caller caller, UserId id, string password, TotpSecret secret, string code, CancellationToken cancellationToken)
    {
        caller = AdmitOwner(caller, id);
        return totp.FindStep(secret, code) is { } step
            ? await ChangeAsync(caller, id, password, new CredentialChange.NewTotp(secret, step), "totp", cancellationToken)
            : new CredentialOutcome.WrongCode();
    }

    /// <summary>Signs in to one's own account by the password alone from now on.</summary>
    /// <exception cref="PermissionDeniedException">The account is another's.</exception>
    public Task<CredentialOutcome> RemoveOwnTotpAsync(Caller caller, UserId id, string password, CancellationToken cancellationToken)
        => ChangeAsync(AdmitOwner(caller, id), id, password, new CredentialChange.NoTotp(), "totp-removed", cancellationToken);

    /// <summary>Asks for a code at every sign-in to an account the caller may manage.</summary>
    /// <inheritdoc cref="EnrolOwnTotpAsync" path="/param"/>
    /// <exception cref="StepUpRequiredException">The account is another's, and it wants proof first.</exception>
    public async Task<CredentialOutcome> EnrolTotpAsync(
        Caller caller, UserId id, string password, TotpSecret secret, string code, CancellationToken cancellationToken)
    {
        caller = Admit(caller, id);
        if (await FindRefusalAsync(caller, id, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (totp.FindStep(secret, code) is not { } step)
        {
            return new CredentialOutcome.WrongCode();
        }

        // The seed is part of what is approved: a proof must not be turned to one somebody else holds.
        await DemandAsync(caller, id, SensitiveOperations.UserMfaReplace, [new("secret", totp.ToText(secret), IsSecret: true)], cancellationToken);
        return await ChangeAsync(caller, id, password, new CredentialChange.NewTotp(secret, step), "totp", cancellationToken);
    }

    /// <summary>Lets somebody whose account the caller may manage sign in by the password alone.</summary>
    /// <exception cref="StepUpRequiredException">The account is another's, and it wants proof first.</exception>
    public async Task<CredentialOutcome> RemoveTotpAsync(Caller caller, UserId id, string password, CancellationToken cancellationToken)
    {
        caller = Admit(caller, id);
        if (await FindRefusalAsync(caller, id, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await DemandAsync(caller, id, SensitiveOperations.UserMfaReset, [], cancellationToken);
        return await ChangeAsync(caller, id, password, new CredentialChange.NoTotp(), "totp-removed", cancellationToken);
    }

    /// <summary>Replaces one's own recovery codes. They are shown now and never again.</summary>
    /// <returns>The codes, where the outcome is <see cref="CredentialOutcome.Changed"/>.</returns>
    /// <exception cref="PermissionDeniedException">The account is another's: each code stands for its second step.</exception>
    public async Task<(CredentialOutcome Outcome, IReadOnlyList<RecoveryCode> Codes)> MakeRecoveryCodesAsync(
        Caller caller, UserId id, string password, CancellationToken cancellationToken)
    {
        caller = AdmitOwner(caller, id);
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
        if (IsOwn(caller, id))
        {
            return caller.AtHome;
        }

        caller.Demand(Permissions.UsersManage);
        return caller;
    }

    private static Caller AdmitOwner(Caller caller, UserId id) => IsOwn(caller, id) ? caller.AtHome : throw new PermissionDeniedException("user");

    private static bool IsOwn(Caller caller, UserId id) => caller.Actor.Kind == "user" && caller.Actor.Id == id.Value.ToString();

    /// <summary>Why another's account is not for the caller to change; of one's own there is no reason.</summary>
    private async Task<CredentialOutcome?> FindRefusalAsync(Caller caller, UserId id, CancellationToken cancellationToken)
        => IsOwn(caller, id) ? null
            : await users.FindAsync(caller.Tenant, id, cancellationToken) is not { } user || user.Tenant != caller.Tenant ? new CredentialOutcome.NotFound()
            : await caller.IsBelowAsync(roles, user.Role, cancellationToken) ? new CredentialOutcome.MayDoMore(user.Email)
            : null;

    private async Task DemandAsync(
        Caller caller, UserId id, SensitiveOperation what, IReadOnlyList<OperationArgument> arguments, CancellationToken cancellationToken)
    {
        if (!IsOwn(caller, id))
        {
            var email = (await users.FindAsync(caller.Tenant, id, cancellationToken))?.Email ?? "";
            await guard.DemandAsync(caller, new BoundOperation(what, caller.Tenant, $"user/{id}", [new("email", email), .. arguments]), cancellationToken);
        }
    }
}

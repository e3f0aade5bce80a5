using Assistant.Domain.Audit;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>What people do with users, in the console, through the API and on the command line.</summary>
/// <param name="roles">The tenants' own roles; without it only built-in ones can be given.</param>
public sealed class UserDesk(IUserDirectory users, IStepUpGuard guard, TimeProvider clock, PasswordCheck? check = null, IRoleStore? roles = null)
{
    /// <summary>The caller's tenant's users, by e-mail address.</summary>
    public async Task<IReadOnlyList<User>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersRead);
        return await users.ListAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>Creates a user in the caller's tenant.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<CreateUserOutcome> CreateAsync(
        Caller caller, string email, string role, string password, TotpSecret? totp, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        if (await caller.FindRefusalAsync(roles, role, cancellationToken) is { } refusal)
        {
            return new CreateUserOutcome.Invalid("role", refusal);
        }

        if (await CheckAsync(check, email, password, cancellationToken) is { } invalid)
        {
            return invalid;
        }

        // Of an address that has an account elsewhere nobody learns without proof.
        if (await users.FindByEmailAsync(email.Trim(), cancellationToken) is { } taken
            && await users.FindAsync(caller.Tenant, taken.Id, cancellationToken) is not null)
        {
            return new CreateUserOutcome.EmailTaken();
        }

        // The password is part of what is approved: a proof must not be turned to an account somebody else can open.
        var operation = new BoundOperation(
            SensitiveOperations.UserCreate, caller.Tenant, "user",
            [new("email", email.Trim()), new("role", role), new("password", password, IsSecret: true)]);
        await guard.DemandAsync(caller, operation, cancellationToken);
        return await CreateAsync(users, check, caller, email, role, password, totp, onlyFirst: false, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>For somebody who lost their phone: sign-in by password alone until they set up a code again.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<ChangeUserOutcome> ResetMfaAsync(Caller caller, UserId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        if (await users.FindAsync(caller.Tenant, id, cancellationToken) is not { } user)
        {
            return new ChangeUserOutcome.NotFound();
        }

        // What opens other tenants too is changed only where the account is at home.
        if (user.Tenant != caller.Tenant)
        {
            return new ChangeUserOutcome.AtHomeElsewhere();
        }

        await guard.DemandAsync(
            caller, new BoundOperation(SensitiveOperations.UserMfaReset, caller.Tenant, $"user/{id}", [new("email", user.Email)]), cancellationToken);
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.UserChanged, $"user/{id}", ("change", "mfa-reset"));
        return await users.ResetMfaAsync(caller.Tenant, id, audit, cancellationToken);
    }

    /// <summary>For somebody who forgot their password: another takes its place. Their second step stays.</summary>
    /// <exception cref="PermissionDeniedException">The user may do more than the caller, who would be them with the new password.</exception>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<ChangeUserOutcome> ResetPasswordAsync(Caller caller, UserId id, string password, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        if (await users.FindAsync(caller.Tenant, id, cancellationToken) is not { } user)
        {
            return new ChangeUserOutcome.NotFound();
        }

        if (user.Tenant != caller.Tenant)
        {
            return new ChangeUserOutcome.AtHomeElsewhere();
        }

        if (await caller.IsBelowAsync(roles, user.Role, cancellationToken))
        {
            throw new PermissionDeniedException(Permissions.UsersManage);
        }

        if (await (check ?? new PasswordCheck()).FindFlawAsync(password, user.Email, cancellationToken) is { } flaw)
        {
            return new ChangeUserOutcome.WeakPassword(flaw);
        }

        // As with a new account, the password is part of what is approved.
        var operation = new BoundOperation(
            SensitiveOperations.UserPasswordReset, caller.Tenant, $"user/{id}",
            [new("email", user.Email), new("password", password, IsSecret: true)]);
        await guard.DemandAsync(caller, operation, cancellationToken);
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.UserChanged, $"user/{id}", ("change", "password-reset"));
        return await users.ResetPasswordAsync(caller.Tenant, id, password, audit, cancellationToken);
    }

    /// <summary>A caller for somebody with access to the machine itself: everything, in one tenant.</summary>
    public static Caller LocalCaller(TenantId tenant) => new(new Actor("system", "cli", "Command line"), tenant, Permissions.All, "local");

    internal static async Task<CreateUserOutcome> CreateAsync(
        IUserDirectory users, PasswordCheck? check, Caller caller, string email, string role, string password, TotpSecret? totp, bool onlyFirst, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (await CheckAsync(check, email, password, cancellationToken) is { } invalid)
        {
            return invalid;
        }

        email = email.Trim();
        var user = new NewUser(new UserId(Guid.CreateVersion7()), caller.Tenant, email, role, password, totp);
        var audit = caller.Audit(now, AuditActions.UserCreated, $"user/{user.Id}", ("email", email), ("role", role), ("totp", totp is null ? "no" : "yes"));
        return await users.CreateAsync(user, onlyFirst, audit, cancellationToken);
    }

    private static async Task<CreateUserOutcome.Invalid?> CheckAsync(
        PasswordCheck? check, string email, string password, CancellationToken cancellationToken)
        => !EmailAddress.IsValid(email.Trim()) ? new("email", "This is not an e-mail address.")
            : await (check ?? new PasswordCheck()).FindFlawAsync(password, email.Trim(), cancellationToken) is { } flaw
                ? new("password", PasswordPolicy.Explain(flaw), flaw)
                : null;
}

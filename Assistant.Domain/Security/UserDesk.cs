using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>What people do with users, in the console, through the API and on the command line.</summary>
public sealed class UserDesk(IUserDirectory users, TimeProvider clock, PasswordCheck? check = null)
{
    /// <summary>The caller's tenant's users, by e-mail address.</summary>
    public async Task<IReadOnlyList<User>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        return await users.ListAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>Creates a user in the caller's tenant.</summary>
    public async Task<CreateUserOutcome> CreateAsync(
        Caller caller, string email, string role, string password, TotpSecret? totp, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        return caller.RefusesToGrant(role) is { } refusal
            ? new CreateUserOutcome.Invalid("role", refusal)
            : await CreateAsync(users, check, caller, email, role, password, totp, onlyFirst: false, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>Sets a user's role; the user has to sign in again.</summary>
    /// <exception cref="ArgumentException">The caller may not give this role.</exception>
    public Task<ChangeUserOutcome> SetRoleAsync(Caller caller, UserId id, string role, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        if (caller.RefusesToGrant(role) is { } refusal)
        {
            throw new ArgumentException(refusal, nameof(role));
        }

        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.UserChanged, $"user/{id}", ("change", "role"), ("role", role));
        return users.SetRoleAsync(caller.Tenant, id, role, audit, cancellationToken);
    }

    /// <summary>For somebody who lost their phone: sign-in by password alone until they set up a code again.</summary>
    public Task<ChangeUserOutcome> ResetMfaAsync(Caller caller, UserId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.UserChanged, $"user/{id}", ("change", "mfa-reset"));
        return users.ResetMfaAsync(caller.Tenant, id, audit, cancellationToken);
    }

    /// <summary>A caller for somebody with access to the machine itself: everything, in one tenant.</summary>
    public static Caller LocalCaller(TenantId tenant) => new(new Actor("system", "cli", "Command line"), tenant, Permissions.All, "local");

    internal static async Task<CreateUserOutcome> CreateAsync(
        IUserDirectory users, PasswordCheck? check, Caller caller, string email, string role, string password, TotpSecret? totp, bool onlyFirst, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        email = email.Trim();
        if (!EmailAddress.IsValid(email))
        {
            return new CreateUserOutcome.Invalid("email", "This is not an e-mail address.");
        }

        if (await (check ?? new PasswordCheck()).FindFlawAsync(password, email, cancellationToken) is { } flaw)
        {
            return new CreateUserOutcome.Invalid("password", PasswordPolicy.Explain(flaw), flaw);
        }

        var user = new NewUser(new UserId(Guid.CreateVersion7()), caller.Tenant, email, role, password, totp);
        var audit = caller.Audit(now, AuditActions.UserCreated, $"user/{user.Id}", ("email", email), ("role", role), ("totp", totp is null ? "no" : "yes"));
        return await users.CreateAsync(user, onlyFirst, audit, cancellationToken);
    }
}

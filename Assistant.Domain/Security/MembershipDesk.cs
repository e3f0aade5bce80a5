using Assistant.Domain.Audit;
using Assistant.Domain.Security.StepUp;

namespace Assistant.Domain.Security;

/// <summary>What people do with the members of their tenant, in the console, through the API and on the command line.</summary>
public sealed class MembershipDesk(IMembershipStore memberships, IUserDirectory users, IRoleStore roles, IStepUpGuard guard, TimeProvider clock)
{
    /// <summary>The members of the caller's tenant, by e-mail address.</summary>
    public async Task<IReadOnlyList<Membership>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersRead);
        return await memberships.ListAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>The user's membership in the caller's tenant, or <see langword="null"/>: of other tenants nobody learns here.</summary>
    public async Task<Membership?> FindAsync(Caller caller, UserId user, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersRead);
        return await memberships.FindAsync(caller.Tenant, user, cancellationToken);
    }

    /// <summary>Lets somebody who has an account already into the caller's tenant, or changes their role there.</summary>
    /// <returns>Of an address that is no member's nobody learns without proof whether it has an account: it may be in other tenants alone.</returns>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<MembershipOutcome> GrantAsync(Caller caller, string email, string role, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        var address = EmailAddress.Normalize(email);
        var member = (await memberships.ListAsync(caller.Tenant, cancellationToken)).FirstOrDefault(known => EmailAddress.Normalize(known.Email) == address);
        return member is null
            ? await AdmitAsync(caller, email.Trim(), role, cancellationToken)
            : await SetAsync(caller, member.User, member.Email, role, cancellationToken);
    }

    /// <summary>Changes the role of a member. It is felt at once, also where the member is signed in.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<MembershipOutcome> SetRoleAsync(Caller caller, UserId user, string role, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        return await memberships.FindAsync(caller.Tenant, user, cancellationToken) is { } member
            ? await SetAsync(caller, user, member.Email, role, cancellationToken)
            : new MembershipOutcome.NotFound();
    }

    /// <summary>Ends a membership. The account stays, and other tenants' memberships with it.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<MembershipOutcome> RemoveAsync(Caller caller, UserId user, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        if (await memberships.FindAsync(caller.Tenant, user, cancellationToken) is not { } member)
        {
            return new MembershipOutcome.NotFound();
        }

        if (await FindSuperiorityAsync(caller, member, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await guard.DemandAsync(
            caller, new BoundOperation(SensitiveOperations.MembershipRemove, caller.Tenant, $"user/{user}", [new("email", member.Email)]), cancellationToken);
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.MembershipRemoved, $"user/{user}", ("email", member.Email), ("role", member.Role));
        return await memberships.RemoveAsync(caller.Tenant, user, audit, cancellationToken);
    }

    // The proof is for the address as it was typed, and comes before anybody is looked for.
    private async Task<MembershipOutcome> AdmitAsync(Caller caller, string email, string role, CancellationToken cancellationToken)
    {
        if (await caller.FindRefusalAsync(roles, role, cancellationToken) is { } refusal)
        {
            return new MembershipOutcome.Refused("role", refusal);
        }

        if (!EmailAddress.IsValid(email))
        {
            return new MembershipOutcome.NotFound();
        }

        await DemandGrantAsync(caller, "user", email, role, cancellationToken);
        if (await users.FindByEmailAsync(email, cancellationToken) is not { } user)
        {
            return new MembershipOutcome.NotFound();
        }

        // Let in by somebody else in this very moment, with a role that may be more than the caller has.
        return await memberships.FindAsync(caller.Tenant, user.Id, cancellationToken) is { } member
            ? await SetAsync(caller, member.User, member.Email, role, cancellationToken)
            : await StoreAsync(caller, user.Id, user.Email, before: null, role, cancellationToken);
    }

    private async Task<MembershipOutcome> SetAsync(Caller caller, UserId user, string email, string role, CancellationToken cancellationToken)
    {
        if (await caller.FindRefusalAsync(roles, role, cancellationToken) is { } refusal)
        {
            return new MembershipOutcome.Refused("role", refusal);
        }

        var before = await memberships.FindAsync(caller.Tenant, user, cancellationToken);
        if (before is not null && await FindSuperiorityAsync(caller, before, cancellationToken) is { } refused)
        {
            return refused;
        }

        // A right that is there already is given to nobody anew.
        if (before?.Role == role)
        {
            return new MembershipOutcome.Changed(before);
        }

        await DemandGrantAsync(caller, $"user/{user}", email, role, cancellationToken);
        return await StoreAsync(caller, user, email, before?.Role, role, cancellationToken);
    }

    private Task DemandGrantAsync(Caller caller, string subject, string email, string role, CancellationToken cancellationToken) => guard.DemandAsync(
        caller, new BoundOperation(SensitiveOperations.MembershipGrant, caller.Tenant, subject, [new("email", email), new("role", role)]), cancellationToken);

    private Task<MembershipOutcome> StoreAsync(Caller caller, UserId user, string email, string? before, string role, CancellationToken cancellationToken)
    {
        var audit = caller.Audit(
            clock.GetUtcNow(), AuditActions.MembershipGranted, $"user/{user}", [("email", email), .. new AuditChanges().Add("role", before, role).Details]);
        return memberships.SetAsync(caller.Tenant, user, role, audit, cancellationToken);
    }

    private async Task<MembershipOutcome.Refused?> FindSuperiorityAsync(Caller caller, Membership member, CancellationToken cancellationToken)
        => await caller.IsBelowAsync(roles, member.Role, cancellationToken)
            ? new("user", $"{member.Email} may do more than you may: ask somebody who holds that much.")
            : null;
}

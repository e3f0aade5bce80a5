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
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<MembershipOutcome> GrantAsync(Caller caller, string email, string role, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        return await users.FindByEmailAsync(email.Trim(), cancellationToken) is { } user
            ? await SetAsync(caller, user.Id, user.Email, role, cancellationToken)
            : new MembershipOutcome.NotFound();
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

        await guard.DemandAsync(
            caller,
            new BoundOperation(SensitiveOperations.MembershipGrant, caller.Tenant, $"user/{user}", [new("email", email), new("role", role)]),
            cancellationToken);
        var audit = caller.Audit(
            clock.GetUtcNow(), AuditActions.MembershipGranted, $"user/{user}",
            [("email", email), .. new AuditChanges().Add("role", before?.Role, role).Details]);
        return await memberships.SetAsync(caller.Tenant, user, role, audit, cancellationToken);
    }

    private async Task<MembershipOutcome.Refused?> FindSuperiorityAsync(Caller caller, Membership member, CancellationToken cancellationToken)
        => await caller.IsBelowAsync(roles, member.Role, cancellationToken)
            ? new("user", $"{member.Email} may do more than you may: ask somebody who holds that much.")
            : null;
}

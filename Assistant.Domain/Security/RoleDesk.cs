using Assistant.Domain.Audit;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>How saving a role ended.</summary>
public abstract record SaveRoleOutcome
{
    private SaveRoleOutcome() { }

    public sealed record Saved(CustomRole Role) : SaveRoleOutcome;

    /// <summary>Nothing was saved; the key is <c>name</c> or <c>permissions</c>.</summary>
    public sealed record Invalid(string Key, string Message) : SaveRoleOutcome;
}

/// <summary>What people do with the roles of their tenant.</summary>
public sealed class RoleDesk(IRoleStore roles, IStepUpGuard guard, TimeProvider clock)
{
    /// <summary>The roles the tenant made for itself, by name; the built-in ones are <see cref="Roles.All"/>.</summary>
    public async Task<IReadOnlyList<CustomRole>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersRead);
        return await roles.ListAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>Makes a role or replaces its permissions. It never may do more than the caller.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<SaveRoleOutcome> SaveAsync(Caller caller, string name, IReadOnlyCollection<string> permissions, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.RolesManage);
        var wanted = permissions.ToHashSet(StringComparer.Ordinal);
        if (FindFlaw(name, wanted) is { } flaw)
        {
            return flaw;
        }

        var before = await roles.FindAsync(caller.Tenant, name, cancellationToken);
        if (!wanted.IsSubsetOf(caller.Permissions) || before?.Permissions.IsSubsetOf(caller.Permissions) == false)
        {
            return new SaveRoleOutcome.Invalid("permissions", "You cannot make or change a role that may do more than you may.");
        }

        var listed = string.Join(", ", wanted.Order(StringComparer.Ordinal));
        await guard.DemandAsync(
            caller,
            new BoundOperation(SensitiveOperations.RoleSave, caller.Tenant, $"role/{name}", [new("name", name), new("permissions", listed)]),
            cancellationToken);
        var role = new CustomRole(caller.Tenant, name, wanted, clock.GetUtcNow());
        var audit = caller.Audit(
            role.ChangedAt, AuditActions.RoleSaved, $"role/{name}",
            [.. new AuditChanges().Add("permissions", before is null ? null : string.Join(", ", before.Permissions.Order(StringComparer.Ordinal)), listed).Details]);
        await roles.SaveAsync(role, audit, cancellationToken);
        return new SaveRoleOutcome.Saved(role);
    }

    /// <summary>Deletes a role nobody holds.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<DeleteRoleOutcome> DeleteAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.RolesManage);
        if (await roles.FindAsync(caller.Tenant, name, cancellationToken) is null)
        {
            return new DeleteRoleOutcome.NotFound();
        }

        await guard.DemandAsync(
            caller, new BoundOperation(SensitiveOperations.RoleDelete, caller.Tenant, $"role/{name}", [new("name", name)]), cancellationToken);
        return await roles.DeleteAsync(caller.Tenant, name, caller.Audit(clock.GetUtcNow(), AuditActions.RoleDeleted, $"role/{name}"), cancellationToken);
    }

    private static SaveRoleOutcome.Invalid? FindFlaw(string name, HashSet<string> permissions)
        => !Slug.IsValid(name) || name.Length > CustomRole.MaxNameLength
            ? new("name", $"A role's name has 1 to {CustomRole.MaxNameLength} lower-case letters, digits and inner hyphens.")
            : Roles.Exists(name) ? new("name", $"'{name}' is a built-in role.")
            : permissions.Count == 0 ? new("permissions", "A role needs at least one permission.")
            : permissions.FirstOrDefault(permission => !Permissions.All.Contains(permission)) is { } unknown
                ? new("permissions", $"There is no permission '{unknown}'. Permissions: {string.Join(", ", Permissions.All.Order(StringComparer.Ordinal))}.")
            : null;
}

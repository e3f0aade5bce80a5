namespace Assistant.Domain.Security;

/// <summary>Nobody gives more than they have, and nobody touches whoever has more than they.</summary>
internal static class Granting
{
    /// <param name="roles">The tenants' own roles; without it only the built-in ones are known.</param>
    /// <returns>What the role may do in the caller's tenant, or <see langword="null"/> when there is no such role.</returns>
    public static async Task<IReadOnlySet<string>?> FindRoleAsync(
        this Caller caller, IRoleStore? roles, string role, CancellationToken cancellationToken)
        => Roles.Exists(role) ? Roles.PermissionsOf(role)
            : roles is null ? null
            : (await roles.FindAsync(caller.Tenant, role, cancellationToken))?.Permissions;

    /// <returns>Why the caller may not give the role, or <see langword="null"/> when they may.</returns>
    public static async Task<string?> FindRefusalAsync(this Caller caller, IRoleStore? roles, string role, CancellationToken cancellationToken)
        => await caller.FindRoleAsync(roles, role, cancellationToken) is not { } permissions
            ? $"There is no role '{role}'. Built-in roles: {string.Join(", ", Roles.All)}."
            : !permissions.IsSubsetOf(caller.Permissions) ? $"You cannot give the role '{role}': it may do more than you may."
            : null;

    /// <summary>Whether somebody with the role may do what the caller may not. A role that is gone may do nothing.</summary>
    public static async Task<bool> IsBelowAsync(this Caller caller, IRoleStore? roles, string role, CancellationToken cancellationToken)
        => await caller.FindRoleAsync(roles, role, cancellationToken) is { } held && !held.IsSubsetOf(caller.Permissions);
}

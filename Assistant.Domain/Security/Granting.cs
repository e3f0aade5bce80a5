namespace Assistant.Domain.Security;

/// <summary>Nobody gives more than they have.</summary>
internal static class Granting
{
    /// <returns>Why the caller may not give the role, or <see langword="null"/> when they may.</returns>
    public static string? RefusesToGrant(this Caller caller, string role)
        => !Roles.Exists(role) ? $"There is no role '{role}'. Roles: {string.Join(", ", Roles.All)}."
            : !Roles.PermissionsOf(role).IsSubsetOf(caller.Permissions) ? $"You cannot give the role '{role}': it may do more than you may."
            : null;
}

using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>A role a tenant made for itself.</summary>
/// <param name="Name">A <see cref="Slug"/> of at most <see cref="MaxNameLength"/> characters that no built-in role has.</param>
public sealed record CustomRole(TenantId Tenant, string Name, IReadOnlySet<string> Permissions, DateTimeOffset ChangedAt)
{
    public const int MaxNameLength = 24;
}

/// <summary>The roles tenants made for themselves. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IRoleStore
{
    /// <summary>The tenant's roles, by name.</summary>
    Task<IReadOnlyList<CustomRole>> ListAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>The tenant's role of that name, or <see langword="null"/>.</summary>
    Task<CustomRole?> FindAsync(TenantId tenant, string name, CancellationToken cancellationToken);

    /// <summary>Makes the role or replaces its permissions; whoever holds it can do that much at once.</summary>
    Task SaveAsync(CustomRole role, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Deletes a role nobody holds.</summary>
    Task<DeleteRoleOutcome> DeleteAsync(TenantId tenant, string name, AuditDraft audit, CancellationToken cancellationToken);
}

/// <summary>How deleting a role ended.</summary>
public abstract record DeleteRoleOutcome
{
    private DeleteRoleOutcome() { }

    public sealed record Deleted : DeleteRoleOutcome;

    /// <summary>Somebody holds it.</summary>
    /// <param name="Keys">API keys in force.</param>
    public sealed record InUse(int Members, int Keys) : DeleteRoleOutcome;

    public sealed record NotFound : DeleteRoleOutcome;
}

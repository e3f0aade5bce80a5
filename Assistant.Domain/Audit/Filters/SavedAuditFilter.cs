using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit.Filters;

/// <summary>A filter of the audit log under a name its user gave it.</summary>
/// <param name="Name">Once for each user and tenant; as it was typed, without blanks around it.</param>
public sealed record SavedAuditFilter(string Name, AuditFilter Filter, DateTimeOffset SavedAt)
{
    /// <summary>Longest name, in UTF-16 code units.</summary>
    public const int MaxNameLength = 80;

    /// <summary>Longest part of a filter, in UTF-16 code units.</summary>
    public const int MaxPartLength = 200;

    /// <summary>How many a user may keep in a tenant.</summary>
    public const int MaxPerUser = 50;
}

/// <summary>The filters users keep, each seen by its user alone. Safe for concurrent use.</summary>
public interface IAuditFilterStore
{
    /// <summary>By name.</summary>
    Task<IReadOnlyList<SavedAuditFilter>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken);

    /// <summary>Stores a filter, in place of the one of that name.</summary>
    /// <returns><see langword="false"/>, and nothing stored, when the user has <see cref="SavedAuditFilter.MaxPerUser"/> others.</returns>
    Task<bool> SaveAsync(TenantId tenant, UserId user, SavedAuditFilter filter, CancellationToken cancellationToken);

    /// <returns><see langword="false"/> when there was none of that name.</returns>
    Task<bool> DeleteAsync(TenantId tenant, UserId user, string name, CancellationToken cancellationToken);
}

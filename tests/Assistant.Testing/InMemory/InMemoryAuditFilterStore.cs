using System.Collections.Concurrent;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Kept filters, by user.</summary>
public sealed class InMemoryAuditFilterStore : IAuditFilterStore
{
    private readonly ConcurrentDictionary<(TenantId Tenant, UserId User), SortedDictionary<string, SavedAuditFilter>> _kept = new();

    public Task<IReadOnlyList<SavedAuditFilter>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
    {
        var own = Of(tenant, user);
        lock (own)
        {
            return Task.FromResult<IReadOnlyList<SavedAuditFilter>>([.. own.Values]);
        }
    }

    public Task<bool> SaveAsync(TenantId tenant, UserId user, SavedAuditFilter filter, CancellationToken cancellationToken)
    {
        var own = Of(tenant, user);
        lock (own)
        {
            if (own.Count >= SavedAuditFilter.MaxPerUser && !own.ContainsKey(filter.Name))
            {
                return Task.FromResult(false);
            }

            own[filter.Name] = filter;
            return Task.FromResult(true);
        }
    }

    public Task<bool> DeleteAsync(TenantId tenant, UserId user, string name, CancellationToken cancellationToken)
    {
        var own = Of(tenant, user);
        lock (own)
        {
            return Task.FromResult(own.Remove(name));
        }
    }

    private SortedDictionary<string, SavedAuditFilter> Of(TenantId tenant, UserId user)
        => _kept.GetOrAdd((tenant, user), _ => new SortedDictionary<string, SavedAuditFilter>(StringComparer.Ordinal));
}

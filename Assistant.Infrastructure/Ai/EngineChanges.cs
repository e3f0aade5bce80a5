using System.Collections.Concurrent;
using Assistant.Domain.Tenancy;

namespace Assistant.Infrastructure.Ai;

/// <summary>Told by whoever saves or deletes an engine in this process, so that the next reply already uses the change.</summary>
internal sealed class EngineChanges
{
    private readonly ConcurrentDictionary<TenantId, long> _versions = new();

    /// <summary>Call it after the change is committed.</summary>
    public void Changed(TenantId tenant) => _versions.AddOrUpdate(tenant, 1, static (_, version) => version + 1);

    public long VersionOf(TenantId tenant) => _versions.GetValueOrDefault(tenant);
}

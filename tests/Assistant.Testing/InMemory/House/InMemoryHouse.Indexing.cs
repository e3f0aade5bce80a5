using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    private readonly HashSet<TenantId> _unindexed = [];

    Task<Indexing> IIndexingStore.ReadAsync(TenantId tenant, CancellationToken cancellationToken)
        => Locked(() => MayIndex(tenant) ? Indexing.Everything : Indexing.Nothing);

    public Task<bool> DecideAsync(TenantId tenant, Indexing indexing, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (!_tenants.ContainsKey(tenant) || !(indexing == Indexing.Nothing ? _unindexed.Add(tenant) : _unindexed.Remove(tenant)))
            {
                return false;
            }

            Append(audit);
            return true;
        });

    private bool MayIndex(TenantId tenant) => !_unindexed.Contains(tenant);
}

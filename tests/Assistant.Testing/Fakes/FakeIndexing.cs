using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Fakes;

/// <summary>Decisions about search indexes, of any tenant, and for whom a file decides.</summary>
public sealed class FakeIndexing : IIndexingStore, IDeclaredIndexing
{
    private readonly HashSet<TenantId> _unindexed = [];

    /// <summary>Who decided against an index.</summary>
    public IReadOnlyCollection<TenantId> Unindexed => _unindexed;

    /// <summary>For whom a file decides.</summary>
    public HashSet<TenantId> Declared { get; } = [];

    /// <summary>How often something was written.</summary>
    public int Decisions { get; private set; }

    public Task<Indexing> ReadAsync(TenantId tenant, CancellationToken cancellationToken)
        => Task.FromResult(_unindexed.Contains(tenant) ? Indexing.Nothing : Indexing.Everything);

    public Task<bool> IsDeclaredAsync(TenantId tenant, CancellationToken cancellationToken) => Task.FromResult(Declared.Contains(tenant));

    public Task<bool> DecideAsync(TenantId tenant, Indexing indexing, AuditDraft audit, CancellationToken cancellationToken)
    {
        Decisions++;
        return Task.FromResult(indexing == Indexing.Nothing ? _unindexed.Add(tenant) : _unindexed.Remove(tenant));
    }
}

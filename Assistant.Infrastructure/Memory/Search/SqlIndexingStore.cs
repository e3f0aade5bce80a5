using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Memory.Search;

/// <inheritdoc cref="IIndexingStore"/>
internal sealed class SqlIndexingStore(IReadPool reads, IWriteQueue writes) : IIndexingStore
{
    private const string Select = "SELECT indexing FROM tenants WHERE id = @p0";
    private const string Update = "UPDATE tenants SET indexing = @p1 WHERE id = @p0 AND indexing <> @p1";

    public async Task<Indexing> ReadAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => Read(session, tenant), cancellationToken);

    public Task<bool> DecideAsync(TenantId tenant, Indexing indexing, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Update, tenant.Value, indexing) == 0)
                {
                    return false;
                }

                SearchCheckpoint.Save(session, tenant, SearchCheckpoint.ToBeCleared);
                session.Audit(audit);
                return true;
            },
            cancellationToken);

    /// <summary>The decision as the session sees it.</summary>
    public static Indexing Read(SqlSession session, TenantId tenant) => session.QueryFirst(Select, row => row.Enum<Indexing>(0), tenant.Value);
}

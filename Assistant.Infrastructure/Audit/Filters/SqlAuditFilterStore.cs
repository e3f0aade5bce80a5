using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Audit.Filters;

/// <inheritdoc cref="IAuditFilterStore"/>
internal sealed class SqlAuditFilterStore(IReadPool reads, IWriteQueue writes, SealedWrites sealedWrites, ISecretSealer sealer) : IAuditFilterStore
{
    private const string List =
        "SELECT id, name, sealed_filter, saved_at FROM audit_filters WHERE tenant_id = @p0 AND user_id = @p1";

    private const string CountOthers = "SELECT COUNT(*) FROM audit_filters WHERE tenant_id = @p0 AND user_id = @p1 AND name <> @p2";
    private const string Delete = "DELETE FROM audit_filters WHERE tenant_id = @p0 AND user_id = @p1 AND name = @p2";

    private const string Insert =
        "INSERT INTO audit_filters (id, tenant_id, user_id, name, sealed_filter, saved_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)";

    /// <summary>Where a filter is sealed.</summary>
    public static string Place(Guid id) => $"audit_filters/{id}/filter";

    public async Task<IReadOnlyList<SavedAuditFilter>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
    {
        var rows = await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => session.Query(List, row => (Id: row.GetGuid(0), Name: row.GetString(1), Sealed: row.GetBytes(2), At: row.Time(3)), tenant.Value, user.Value),
            cancellationToken);
        var filters = new List<SavedAuditFilter>(rows.Count);
        foreach (var row in rows)
        {
            var filter = JsonSerializer.Deserialize<AuditFilter>(await sealer.OpenAsync(tenant, Place(row.Id), row.Sealed, cancellationToken))!;
            filters.Add(new SavedAuditFilter(row.Name, filter, row.At));
        }

        // The databases sort by other rules.
        return [.. filters.OrderBy(filter => filter.Name, StringComparer.Ordinal)];
    }

    public Task<bool> SaveAsync(TenantId tenant, UserId user, SavedAuditFilter filter, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(filter.SavedAt);
        return sealedWrites.ExecuteAsync(
            tenant, Place(id), JsonSerializer.SerializeToUtf8Bytes(filter.Filter),
            (session, sealedFilter) =>
            {
                if (session.QueryFirst(CountOthers, row => row.GetInt64(0), tenant.Value, user.Value, filter.Name) >= SavedAuditFilter.MaxPerUser)
                {
                    return false;
                }

                session.Execute(Delete, tenant.Value, user.Value, filter.Name);
                return session.Execute(Insert, id, tenant.Value, user.Value, filter.Name, sealedFilter, filter.SavedAt) > 0;
            },
            cancellationToken);
    }

    public Task<bool> DeleteAsync(TenantId tenant, UserId user, string name, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(tenant), session => session.Execute(Delete, tenant.Value, user.Value, name) > 0, cancellationToken);
}

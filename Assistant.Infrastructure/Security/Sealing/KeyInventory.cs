using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Counts keys and what lies under each.</summary>
internal sealed class KeyInventory(MasterKey master, IReadPool reads)
{
    private const string Versions = "SELECT tenant_id, number, created_at FROM data_keys ORDER BY tenant_id, number";
    private const string People = "SELECT COUNT(*) FROM person_keys WHERE tenant_id = @p0 AND destroyed_at IS NULL";
    private const string Forgotten = "SELECT COUNT(*) FROM person_keys WHERE tenant_id = @p0 AND destroyed_at IS NOT NULL";

    public async Task<KeyStatus> ReadAsync(CancellationToken cancellationToken)
        => new(master.Name, await reads.ReadAsync(
            TenantScope.System,
            session => session.Query(Versions, row => (Tenant: row.GetString(0), Number: row.GetInt32(1), At: row.Time(2)))
                .GroupBy(version => version.Tenant, StringComparer.Ordinal)
                .Select(tenant => new TenantKeys(
                    new TenantId(tenant.Key),
                    [.. tenant.Select(version => new TenantKeyVersion(version.Number, version.At, ValuesUnder(session, tenant.Key, version.Number)))],
                    Number(session, People, tenant.Key),
                    Number(session, Forgotten, tenant.Key)))
                .ToList(),
            cancellationToken));

    private static int ValuesUnder(SqlSession session, string tenant, int number)
    {
        var header = SealedHeader.Of(SealedHeader.ByTenant, number);
        return SealedColumns.All.Sum(column => session.QueryFirst(column.CountOf, row => (int)row.GetInt64(0), tenant, header));
    }

    private static int Number(SqlSession session, string sql, string tenant) => session.QueryFirst(sql, row => (int)row.GetInt64(0), tenant);
}

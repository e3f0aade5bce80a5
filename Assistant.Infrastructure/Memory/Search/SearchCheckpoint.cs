using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>How far a tenant's index has come: the position of the last event in it.</summary>
internal static class SearchCheckpoint
{
    /// <summary>What is in the index is to be taken out before anything is put in again.</summary>
    public const long ToBeCleared = -1;

    private const string Name = "search";

    private const string Select = "SELECT position FROM projections WHERE name = @p0 AND tenant_id = @p1";

    private const string Upsert =
        "INSERT INTO projections (name, tenant_id, position) VALUES (@p0, @p1, @p2) ON CONFLICT (name, tenant_id) DO UPDATE SET position = excluded.position";

    /// <summary>0 before anything is in the index.</summary>
    public static long Read(SqlSession session, TenantId tenant) => session.QueryFirst(Select, row => row.GetInt64(0), Name, tenant.Value);

    public static void Save(WriteSession session, TenantId tenant, long position) => session.Execute(Upsert, Name, tenant.Value, position);
}

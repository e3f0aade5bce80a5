using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>How far a tenant's index has come: the position of the last event in it.</summary>
internal static class SearchCheckpoint
{
    /// <summary>What is in the index is to be taken out before anything is put in again.</summary>
    public const long ToBeCleared = -1;

    /// <summary>Names the form of the index: another one when entries, lists or terms change, and the name before becomes <see cref="Earlier"/>.</summary>
    private const string Name = "search 2";

    /// <summary>Of an index of an earlier form, without lists of facts. Its row stays, and counts no more once there is one of this form.</summary>
    private const string Earlier = "search";

    // An index that has come only so far in an earlier form is to be cleared; no position is below that.
    private const string Select =
        "SELECT MAX(CASE WHEN name = @p0 THEN position ELSE -1 END) FROM projections WHERE name IN (@p0, @p1) AND tenant_id = @p2";

    private const string Upsert =
        "INSERT INTO projections (name, tenant_id, position) VALUES (@p0, @p1, @p2) ON CONFLICT (name, tenant_id) DO UPDATE SET position = excluded.position";

    /// <summary>0 before anything is in the index.</summary>
    public static long Read(SqlSession session, TenantId tenant)
        => session.QueryFirst(Select, row => row.IsDBNull(0) ? 0 : row.GetInt64(0), Name, Earlier, tenant.Value);

    public static void Save(WriteSession session, TenantId tenant, long position) => session.Execute(Upsert, Name, tenant.Value, position);
}

using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>
/// What suites share in which a row belongs to another tenant than what points at it, as no store would write it: each statement has to ask whose
/// row it is, and not to trust the way it was found. On SQLite, where nothing but the statement keeps tenants apart.
/// </summary>
public abstract class HandedOverRows : PathContract
{
    internal TestHouse House { get; private set; } = null!;

    protected override async Task<PathPorts> OpenAsync() => (House = await TestHouse.OnSqliteAsync()).Ports;

    /// <summary>Gives every row of a table to the other tenant, and nothing else.</summary>
    protected async Task HandOverAsync(string table)
        => Assert.True(await ExecuteAsync($"UPDATE {table} SET tenant_id = @p0", Office.Value) > 0, $"{table} has no rows");

    protected Task<long> CountAsync(string from)
        => House.Get<IReadPool>().ReadAsync(TenantScope.System, session => session.QueryFirst($"SELECT COUNT(*) FROM {from}", r => r.GetInt64(0)), Cancel).AsTask();

    /// <summary>The rows as text, to see that nothing changed in them.</summary>
    protected async Task<List<string>> ReadAsync(string columns, string from)
        => await House.Get<IReadPool>().ReadAsync(
            TenantScope.System, session => session.Query($"SELECT CAST({columns} AS TEXT) FROM {from} ORDER BY 1", r => r.TextOrNull(0) ?? ""), Cancel);

    internal Task<int> ExecuteAsync(string sql, params SqlValue[] values)
        => House.Get<IWriteQueue>().ExecuteAsync(TenantScope.System, session => session.Execute(sql, values), Cancel);

    /// <summary>Does something with rows that were never whole, and leaves none of them.</summary>
    internal async Task WithPlantedAsync(Action<WriteSession> work)
        => await Assert.ThrowsAsync<UndoneException>(() => House.Get<IWriteQueue>().ExecuteAsync<bool>(
            TenantScope.System,
            session =>
            {
                session.Execute("PRAGMA defer_foreign_keys=ON"); // until the end, which does not come
                work(session);
                throw new UndoneException();
            },
            Cancel));

    /// <summary>Inserts a row: of the values those whose column the table has, and something for every other column that needs it.</summary>
    internal static void Plant(WriteSession session, string table, TenantId tenant, IReadOnlyDictionary<string, SqlValue> values)
    {
        var columns = session.Query(
            "SELECT name, type, \"notnull\" FROM pragma_table_info(@p0)", r => (Name: r.GetString(0), Type: r.GetString(1), IsNeeded: r.GetBoolean(2)), table);
        var row = columns.Where(column => column.IsNeeded || values.ContainsKey(column.Name))
            .Select(column => (column.Name, Value: column.Name == "tenant_id" ? tenant.Value : values.TryGetValue(column.Name, out var value) ? value : AnyOf(column.Type)))
            .ToList();
        session.Execute(
            $"INSERT INTO {table} ({string.Join(", ", row.Select(c => c.Name))}) VALUES ({string.Join(", ", row.Select((_, i) => $"@p{i}"))})",
            [.. row.Select(c => c.Value)]);
    }

    private static SqlValue AnyOf(string type) => type switch
    {
        "BLOB" => new byte[] { 1 },
        "INTEGER" => 1L,
        _ => "1",
    };

    private sealed class UndoneException : Exception;
}

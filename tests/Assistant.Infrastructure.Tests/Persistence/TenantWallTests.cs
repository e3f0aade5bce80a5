using System.Reflection;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>PostgreSQL itself keeps tenants apart: these tests ask without any condition and with the query filter off.</summary>
public sealed class TenantWallTests(WalledHouse walled) : IClassFixture<WalledHouse>
{
    private static readonly MethodInfo s_tenantsOf =
        typeof(TenantWallTests).GetMethod(nameof(TenantsOf), BindingFlags.Static | BindingFlags.NonPublic)!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TenantScope Own => TenantScope.Of(WalledHouse.Own);

    /// <summary>Tables that no wall protects, and why.</summary>
    private static Dictionary<string, string> Unwalled => new()
    {
        ["installation_key"] = "belongs to no tenant",
        ["search_postings"] = "numbers alone: a hash, and an entry that is read again from behind its wall",
        ["__EFMigrationsHistory"] = "names of migrations",
    };

    [Fact]
    public async Task Every_table_stands_behind_a_wall_that_its_owner_cannot_pass_either_or_says_why_not()
    {
        var house = await walled.OpenAsync();

        var open = await WalledHouse.AskOwnerAsync(
            house,
            """
            SELECT c.relname::text FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
            GROUP BY c.oid, c.relname HAVING NOT (bool_and(c.relrowsecurity AND c.relforcerowsecurity) AND COUNT(p.oid) = 1
                AND bool_and(p.polcmd = '*' AND p.polroles = '{0}' AND pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)))
            """);

        Assert.Equal(Unwalled.Keys.Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(await WalledHouse.TablesAsync(house), table => Unwalled.ContainsKey(table.Table));
    }

    [Fact]
    public async Task The_application_owns_nothing_has_no_power_over_walls_and_cannot_take_one_down()
    {
        var house = await walled.OpenAsync();
        await using var connection = house.Get<IDatabase>().Open(forWriting: true);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT concat_ws(' ', rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin,
                (SELECT COUNT(*) FROM pg_class c WHERE c.relowner = r.oid), (SELECT COUNT(*) FROM pg_auth_members m WHERE m.member = r.oid))
            FROM pg_roles r WHERE rolname = current_user AND current_user <> session_user
            """;

        Assert.Equal("f f f f f 0 0", await command.ExecuteScalarAsync(Cancel));
        foreach (var attempt in new[]
        {
            "ALTER TABLE messages DISABLE ROW LEVEL SECURITY", "ALTER TABLE messages NO FORCE ROW LEVEL SECURITY", "DROP POLICY tenant_wall ON messages",
            "CREATE POLICY more ON messages USING (true)", "CREATE VIEW mine AS SELECT * FROM messages", "TRUNCATE messages",
        })
        {
#pragma warning disable CA2100 // the test's own text
            command.CommandText = attempt;
#pragma warning restore CA2100
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    /// <summary>Each wall is needed, and each holds alone: a foreign row shows when just this one is gone, and not before or after.</summary>
    [Fact]
    public async Task Every_wall_alone_keeps_a_foreign_row_from_sql_without_a_condition_and_from_queries_without_their_filter()
    {
        var house = await walled.OpenAsync();
        var tables = await WalledHouse.TablesAsync(house);
        var entities = Entities(house);
        var (bySql, byEf) = (0, 0);
        foreach (var (table, tenant) in tables)
        {
            string[] own = [WalledHouse.Own.Value], both = [WalledHouse.Foreign.Value, WalledHouse.Own.Value];
            Assert.Equal(own, await SeenBySqlAsync(house, table, tenant));
            Assert.Equal(own, await SeenByEfAsync(house, entities[table]));

            await WalledHouse.AskOwnerAsync(house, $"ALTER POLICY tenant_wall ON {table} USING (true) WITH CHECK (true)");
            bySql += both.SequenceEqual(await SeenBySqlAsync(house, table, tenant)) ? 1 : 0;
            byEf += both.SequenceEqual(await SeenByEfAsync(house, entities[table])) ? 1 : 0;

            var wall = $"{tenant} = current_setting('assistant.tenant', true) OR current_setting('assistant.scope', true) = 'installation'";
            await WalledHouse.AskOwnerAsync(house, $"ALTER POLICY tenant_wall ON {table} USING ({wall}) WITH CHECK ({wall})");
            Assert.Equal(own, await SeenBySqlAsync(house, table, tenant));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{tables.Count} walls: without it a foreign row shows by SQL in {bySql}, by EF in {byEf}");
        Assert.True(tables.Count >= 30, "the tables are not found");
        Assert.Equal((tables.Count, tables.Count), (bySql, byEf));
    }

    [Fact]
    public async Task No_table_shows_a_row_or_takes_one_where_nobody_named_a_tenant_nor_once_the_transaction_is_over()
    {
        var house = await walled.OpenAsync();
        var database = house.Get<IDatabase>();
        using var session = new ReadableSession(database, database.Open(forWriting: true));
        foreach (var (table, tenant) in await WalledHouse.TablesAsync(house))
        {
            var count = $"SELECT COUNT(*) FROM {table}";
            Assert.Equal(1, session.InSnapshot(Own, own => own.QueryFirst(count, r => r.GetInt64(0))));
            Assert.Equal(0, session.QueryFirst(count, r => r.GetInt64(0)));
            Assert.Equal(2, session.InSnapshot(TenantScope.System, all => all.QueryFirst(count, r => r.GetInt64(0))));
            Assert.Equal(0, session.Execute($"DELETE FROM {table}"));
            Assert.Equal(0, session.Execute($"UPDATE {table} SET {tenant} = {tenant}"));
        }
    }

    [Fact]
    public async Task No_table_takes_a_row_of_a_foreign_tenant_nor_lets_one_be_changed_or_deleted()
    {
        var house = await walled.OpenAsync();
        var writes = house.Get<IWriteQueue>();
        foreach (var (table, tenant) in await WalledHouse.TablesAsync(house))
        {
            var foreign = WalledHouse.Foreign.Value;
            Assert.Equal((0, 0), await writes.ExecuteAsync(
                Own,
                session => (
                    session.Execute($"UPDATE {table} SET {tenant} = {tenant} WHERE {tenant} = @p0", foreign),
                    session.Execute($"DELETE FROM {table} WHERE {tenant} = @p0", foreign)),
                Cancel));

            var given = await Assert.ThrowsAsync<PostgresException>(
                () => writes.ExecuteAsync(Own, session => session.Execute($"UPDATE {table} SET {tenant} = @p0", foreign), Cancel));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, given.SqlState);
            Assert.Contains("row-level security", given.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Units_of_many_tenants_share_a_transaction_and_each_sees_its_own_rows()
    {
        var house = await walled.OpenAsync();
        var writes = house.Get<IWriteQueue>();
        using var gate = new ManualResetEventSlim();
        var first = writes.ExecuteAsync(TenantScope.System, session => Transaction(session, gate), Cancel);
        TenantScope[] scopes = [Own, TenantScope.Of(WalledHouse.Foreign), TenantScope.System];
        var units = Enumerable.Range(0, 30).Select(i => writes.ExecuteAsync(
            scopes[i % 3],
            session => (Transaction(session, gate), string.Join(' ', session.Query("SELECT tenant_id FROM messages ORDER BY tenant_id", r => r.GetString(0)))),
            Cancel)).ToList();
        gate.Set();

        var seen = await Task.WhenAll(units);
        var transaction = await first;

        Assert.All(seen, unit => Assert.Equal(transaction, unit.Item1));
        Assert.All(seen.Index(), unit => Assert.Equal(new[] { "own", "foreign", "foreign own" }[unit.Index % 3], unit.Item.Item2));
    }

    [Fact]
    public async Task A_part_of_a_unit_may_reach_further_and_the_rest_does_not_with_or_without_a_context()
    {
        var house = await walled.OpenAsync();

        var seen = await house.Get<IWriteQueue>().ExecuteAsync(
            Own,
            session =>
            {
                var before = Count(session);
                var wide = session.Within(TenantScope.System, Count);
                var inContext = session.WithContext(Own, context => (
                    Count(session), TenantsOf<Tenancy.TenantRow>(context).Count, session.Within(TenantScope.System, Count),
                    TenantsOf<Tenancy.TenantRow>(context).Count));
                return $"{before} {wide} {inContext} {Count(session)}";
            },
            Cancel);

        Assert.Equal("1 2 (1, 1, 2, 1) 1", seen);
    }

    private static string Transaction(WriteSession session, ManualResetEventSlim gate)
    {
        gate.Wait(Cancel);
        return session.QueryFirst("SELECT pg_current_xact_id()::text", r => r.GetString(0))!;
    }

    private static long Count(WriteSession session) => session.QueryFirst("SELECT COUNT(*) FROM tenants", r => r.GetInt64(0));

    private static async Task<List<string>> SeenBySqlAsync(TestHouse house, string table, string tenant)
        => await house.Get<IReadPool>().ReadAsync(Own, session => session.Query($"SELECT {tenant} FROM {table} ORDER BY {tenant}", r => r.GetString(0)), Cancel);

    private static async Task<List<string>> SeenByEfAsync(TestHouse house, Type entity)
    {
        await using var context = house.Get<IDatabase>().OpenContext(Own);
        return (List<string>)s_tenantsOf.MakeGenericMethod(entity).Invoke(null, [context])!;
    }

    private static List<string> TenantsOf<T>(AssistantDbContext context) where T : class
    {
        var column = typeof(T) == typeof(Tenancy.TenantRow) ? "Id" : "TenantId";
        return [.. context.Set<T>().IgnoreQueryFilters().Select(row => EF.Property<string>(row, column)).OrderBy(tenant => tenant)];
    }

    private static Dictionary<string, Type> Entities(TestHouse house)
    {
        using var context = house.Get<IDatabase>().OpenContext(Own);
        return context.Model.GetEntityTypes().ToDictionary(entity => entity.GetTableName()!, entity => entity.ClrType);
    }

    /// <summary>A session nobody named a tenant for.</summary>
    private sealed class ReadableSession(IDatabase database, System.Data.Common.DbConnection connection) : SqlSession(database, connection);
}

using System.Reflection;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>The query filter keeps tenants apart in every type of row, where no wall of the database does.</summary>
public sealed class TenantQueryFilterTests
{
    private static readonly TenantId Own = new("own");
    private static readonly TenantId Foreign = new("foreign");

    private static readonly MethodInfo s_tenantsOf =
        typeof(TenantQueryFilterTests).GetMethod(nameof(TenantsOf), BindingFlags.Static | BindingFlags.NonPublic)!;

    private static readonly MethodInfo s_textOf =
        typeof(TenantQueryFilterTests).GetMethod(nameof(TextOf), BindingFlags.Static | BindingFlags.NonPublic)!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_without_a_condition_sees_the_rows_of_its_tenant_alone_in_every_table()
    {
        await using var stores = await Stores.CreateAsync(onPostgres: false, TimeProvider.System);
        await using var own = stores.Database.OpenContext(TenantScope.Of(Own));
        await using var all = stores.Database.OpenContext(TenantScope.System);
        var rows = own.Model.GetEntityTypes().Where(e => typeof(ITenantRow).IsAssignableFrom(e.ClrType)).ToDictionary(e => e.GetTableName()!, e => e.ClrType);
        Assert.True(rows.Count >= 30, "the tables are not found");
        await FillAsync(stores, rows.Keys);

        foreach (var (table, row) in rows)
        {
            Assert.Equal([Foreign.Value, Own.Value], Seen(all, row));
            Assert.True(Seen(own, row) is [var only] && only == Own.Value, $"{table} shows another tenant's rows");
        }
    }

    [Fact]
    public async Task The_filter_is_a_bare_comparison_which_an_index_answers()
    {
        await using var stores = await Stores.CreateAsync(onPostgres: false, TimeProvider.System);
        await using var own = stores.Database.OpenContext(TenantScope.Of(Own));
        await using var all = stores.Database.OpenContext(TenantScope.System);
        foreach (var row in own.Model.GetEntityTypes().Select(e => e.ClrType).Where(typeof(ITenantRow).IsAssignableFrom))
        {
            var text = Text(own, row);
            Assert.Contains("\"tenant_id\" = @", text, StringComparison.Ordinal);
            Assert.DoesNotContain(" OR ", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"tenant_id\" = ", Text(all, row), StringComparison.Ordinal);
        }
    }

    // Values mean nothing: foreign keys are not looked at, and nothing reads these rows but for whose they are.
    private static async Task FillAsync(Stores stores, IEnumerable<string> tables)
    {
        await using var connection = stores.Database.Open(forWriting: true);
        await using var command = connection.CreateCommand();
        async Task<List<string>> AskAsync(string sql)
        {
#pragma warning disable CA2100 // the test's own text
            command.CommandText = sql;
#pragma warning restore CA2100
            var lines = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            while (await reader.ReadAsync(Cancel))
            {
                lines.Add(reader.GetString(0));
            }

            return lines;
        }

        await AskAsync("PRAGMA foreign_keys=OFF");
        foreach (var table in tables)
        {
            var columns = (await AskAsync($"SELECT name || ' ' || type FROM pragma_table_info('{table}') WHERE \"notnull\" = 1")).ConvertAll(line => line.Split(' '));
            foreach (var (tenant, number) in new[] { (Own, 1), (Foreign, 2) })
            {
                var values = columns.Select(c => c[0] == "tenant_id" ? $"'{tenant}'" : c[1] == "BLOB" ? $"x'0{number}'" : $"'{number}'");
                await AskAsync($"INSERT INTO {table} ({string.Join(", ", columns.Select(c => c[0]))}) VALUES ({string.Join(", ", values)})");
            }
        }
    }

    private static List<string> Seen(AssistantDbContext context, Type row) => (List<string>)s_tenantsOf.MakeGenericMethod(row).Invoke(null, [context])!;

    private static string Text(AssistantDbContext context, Type row) => (string)s_textOf.MakeGenericMethod(row).Invoke(null, [context])!;

    private static string TextOf<T>(AssistantDbContext context) where T : class, ITenantRow => context.Set<T>().Select(row => row.TenantId).ToQueryString();

    // Other filters are not asked about.
    private static List<string> TenantsOf<T>(AssistantDbContext context) where T : class, ITenantRow
        => [.. context.Set<T>().AsNoTracking().IgnoreQueryFilters([AssistantDbContext.ForgottenFilter]).Select(row => row.TenantId).OrderBy(tenant => tenant)];
}

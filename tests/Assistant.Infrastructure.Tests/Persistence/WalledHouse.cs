using System.Globalization;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>One PostgreSQL database in which every table with a tenant has a row of each of two tenants.</summary>
public sealed class WalledHouse : IAsyncDisposable
{
    internal static readonly TenantId Own = new("own");
    internal static readonly TenantId Foreign = new("foreign");

    private readonly SemaphoreSlim _turn = new(1);
    private TestHouse? _house;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Made by the first test that asks, so that a missing server skips the tests.</summary>
    internal async Task<TestHouse> OpenAsync()
    {
        await _turn.WaitAsync(Cancel);
        try
        {
            if (_house is null)
            {
                var house = await TestHouse.OnPostgresAsync();
                await FillAsync(house);
                _house = house;
            }

            return _house;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Every table that carries a tenant, with the column that does.</summary>
    internal static async Task<List<(string Table, string Tenant)>> TablesAsync(TestHouse house)
        => [.. (await AskOwnerAsync(
            house,
            "SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            + "AND (column_name = 'tenant_id' OR (table_name = 'tenants' AND column_name = 'id')) ORDER BY table_name")).Select(line => (line.Split(' ')[0], line.Split(' ')[1]))];

    /// <summary>What the owner of the tables, here a superuser, reads: one column of text.</summary>
    internal static async Task<List<string>> AskOwnerAsync(TestHouse house, string sql)
    {
        await using var context = house.Get<IDatabase>().OpenSchemaContext();
        await context.Database.OpenConnectionAsync(Cancel);
        await using var command = context.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var lines = new List<string>();
        while (await reader.ReadAsync(Cancel))
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        if (_house is not null)
        {
            await _house.DisposeAsync();
        }

        _turn.Dispose();
    }

    // Values mean nothing: foreign keys are not looked at, and nothing reads these rows but for whose they are.
    private static async Task FillAsync(TestHouse house)
    {
        var script = new List<string> { "SET session_replication_role = replica" };
        foreach (var (table, tenantColumn) in await TablesAsync(house))
        {
            var columns = (await AskOwnerAsync(
                house,
                $"SELECT column_name || ' ' || udt_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '{table}' "
                + "AND is_nullable = 'NO' AND column_default IS NULL ORDER BY ordinal_position")).ConvertAll(line => (Name: line.Split(' ')[0], Type: line.Split(' ')[1]));
            foreach (var (tenant, number) in new[] { (Own, 1), (Foreign, 2) })
            {
                script.Add(
                    $"INSERT INTO {table} ({string.Join(", ", columns.Select(c => c.Name))}) VALUES "
                    + $"({string.Join(", ", columns.Select(c => c.Name == tenantColumn ? $"'{tenant}'" : Value(c.Type, number)))}) ON CONFLICT DO NOTHING");
            }
        }

        await using var context = house.Get<IDatabase>().OpenSchemaContext();
        await context.Database.OpenConnectionAsync(Cancel);
        await using var batch = new NpgsqlBatch((NpgsqlConnection)context.Database.GetDbConnection());
        foreach (var statement in script)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        await batch.ExecuteNonQueryAsync(Cancel);
    }

    private static string Value(string type, int number) => type switch
    {
        "text" or "varchar" => $"'v{number}'",
        "uuid" => $"'01900000-0000-7000-8000-00000000000{number}'",
        "bytea" => $@"'\x0{number}'",
        "bool" => "true",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };
}

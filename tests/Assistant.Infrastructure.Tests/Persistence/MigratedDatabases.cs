using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Tests.Persistence;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(MigratedDatabases))]

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>A database of either kind that has been through all migrations, made once for all tests; each test is given a copy.</summary>
/// <remarks>
/// Going through the migrations takes most of a second, copying what comes of them a fraction of that, and most tests want nothing but the newest schema.
/// Grants and policies are part of a PostgreSQL database and are copied with it; the role they name is the whole server's.
/// Made when the first test asks. Safe for concurrent use, also by several processes at one server: each makes its own.
/// </remarks>
public sealed class MigratedDatabases : IAsyncDisposable
{
    private static readonly Lazy<Task<byte[]>> s_file = new(MigrateFileAsync);
    private static readonly Lazy<Task<string>> s_template = new(MigrateTemplateAsync);

    /// <summary>The connection string of the tests' server; skips the test with the reason when there is none.</summary>
    internal static string Server()
    {
        var server = Environment.GetEnvironmentVariable("ASSISTANT_TEST_POSTGRES");
        Assert.SkipWhen(string.IsNullOrEmpty(server), "PostgreSQL is missing: ASSISTANT_TEST_POSTGRES is not set (tests/run.sh provides it).");
        return server!;
    }

    /// <summary>Puts a migrated SQLite file into a folder that has none.</summary>
    internal static async Task CopyToAsync(DataFolder folder)
    {
        folder.Prepare();
        await File.WriteAllBytesAsync(folder.DatabaseFile, await s_file.Value);
    }

    /// <summary>A new migrated PostgreSQL database of this name.</summary>
    /// <returns>Its connection string.</returns>
    internal static async Task<string> CopyToAsync(string name)
    {
        var server = Server();
        // By way of the log: the other way, file by file, makes the server write everything of everybody to disk twice.
        await RunAsync(server, $"CREATE DATABASE {name} TEMPLATE {await s_template.Value} STRATEGY wal_log");
        return For(server, name);
    }

    internal static Task DropAsync(string name) => RunAsync(Server(), $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    public async ValueTask DisposeAsync()
    {
        if (s_template.IsValueCreated)
        {
            await DropAsync(await s_template.Value);
        }
    }

    private static async Task<byte[]> MigrateFileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("assistant-test-");
        try
        {
            var data = new DataFolder(folder.FullName);
            var database = new SqliteDatabase(data);
            await database.MigrateAsync(CancellationToken.None);
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            await using (var connection = database.Open(forWriting: true))
            await using (var command = connection.CreateCommand())
            {
                // All of it into the one file.
                command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
                await command.ExecuteNonQueryAsync();
            }

            return await File.ReadAllBytesAsync(data.DatabaseFile);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> MigrateTemplateAsync()
    {
        var server = Server();
        var name = $"test_{Guid.CreateVersion7():N}";
        await RunAsync(server, $"CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log");
        await using (var database = new PostgresDatabase(For(server, name)))
        {
            await database.MigrateAsync(CancellationToken.None);
        }

        // It can be copied while nobody is in it, so nobody is let in any more.
        await RunAsync(server, $"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false");
        return name;
    }

    // Nobody kills the server under these tests, so a commit need not wait for its disk. Tests of the whole program leave it as it ships.
    private static string For(string server, string name)
        => new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 10, Options = "-c synchronous_commit=off" }.ConnectionString;

    private static async Task RunAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

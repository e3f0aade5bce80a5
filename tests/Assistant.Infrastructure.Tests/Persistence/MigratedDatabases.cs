using System.Collections.Concurrent;
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
/// A PostgreSQL copy that still has this schema when its test is over is emptied and given to another, which takes less than a further copy.
/// Grants and policies are part of a PostgreSQL database and are copied with it; the role they name is the whole server's.
/// Made when the first test asks. Safe for concurrent use, also by several processes at one server: each makes its own.
/// </remarks>
public sealed class MigratedDatabases : IAsyncDisposable
{
    private static readonly Lazy<Task<byte[]>> s_file = new(MigrateFileAsync);
    private static readonly Lazy<Task<(string Name, string Catalog)>> s_template = new(MigrateTemplateAsync);
    private static readonly ConcurrentQueue<string> s_empty = [];

    // The server takes a moment to see that nobody is in one any more, and renaming it before is tried again only a tenth of a second later.
    private const int Spare = 3;

    // Whoever changes a table, a policy, a function or a grant writes a new row here; nothing else does.
    private const string CatalogSql =
        """
        SELECT concat_ws(' ',
            (SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_class), (SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_attribute),
            (SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_proc), (SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_policy),
            (SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_trigger), (SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_constraint),
            (SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_namespace), (SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_index))
        """;

    // What a test has left connected goes first. Foreign keys are not asked in which order.
    private const string EmptySql =
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
        SET session_replication_role = replica;
        DO $$
        DECLARE t regclass;
        BEGIN
            FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '__EFMigrationsHistory' LOOP
                EXECUTE 'DELETE FROM ' || t;
            END LOOP;
        END $$;
        """;

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

    /// <summary>A migrated PostgreSQL database in which nothing is.</summary>
    /// <returns>Its connection string, for <see cref="GiveBackAsync"/> when the test is over.</returns>
    internal static async Task<string> TakeAsync()
    {
        var server = Server();
        var name = NewName();
        if (s_empty.Count > Spare && s_empty.TryDequeue(out var empty))
        {
            // What the last test left running does not find it under a new name.
            await RunAsync(server, $"ALTER DATABASE {empty} RENAME TO {name}");
        }
        else
        {
            // By way of the log: the other way, file by file, makes the server write everything of everybody to disk twice.
            await RunAsync(server, $"CREATE DATABASE {name} TEMPLATE {(await s_template.Value).Name} STRATEGY wal_log");
        }

        return For(server, name);
    }

    /// <summary>Empties the database for the next test, or drops it when its schema is not the newest any more.</summary>
    internal static async Task GiveBackAsync(string database)
    {
        var name = new NpgsqlConnectionStringBuilder(database).Database!;
        if (await EmptyAsync(database))
        {
            s_empty.Enqueue(name);
        }
        else
        {
            await DropAsync(name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (s_template.IsValueCreated)
        {
            await DropAsync((await s_template.Value).Name);
        }

        foreach (var name in s_empty)
        {
            await DropAsync(name);
        }
    }

    private static string NewName() => $"test_{Guid.CreateVersion7():N}";

    internal static Task DropAsync(string name) => RunAsync(Server(), $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    private static async Task<bool> EmptyAsync(string database)
    {
        var builder = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false)); // text is all it reads
        await using var source = builder.Build();
        await using var connection = await source.OpenConnectionAsync();
        await using var catalog = new NpgsqlCommand(CatalogSql, connection);
        if ((string?)await catalog.ExecuteScalarAsync() != (await s_template.Value).Catalog)
        {
            return false;
        }

        await using var empty = new NpgsqlCommand(EmptySql, connection);
        await empty.ExecuteNonQueryAsync();
        return true;
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

    private static async Task<(string Name, string Catalog)> MigrateTemplateAsync()
    {
        var server = Server();
        var name = NewName();
        await RunAsync(server, $"CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log");
        await using (var database = new PostgresDatabase(For(server, name)))
        {
            await database.MigrateAsync(CancellationToken.None);
        }

        string catalog;
        await using (var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false }.ConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(CatalogSql, connection);
            catalog = (string)(await command.ExecuteScalarAsync())!;
        }

        // It can be copied while nobody is in it, so nobody is let in any more.
        await RunAsync(server, $"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false");
        return (name, catalog);
    }

    // Nobody kills the server under these tests, so a commit need not wait for its disk. Tests of the whole program leave it as it ships.
    internal static string For(string server, string name)
        => new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 10, Options = "-c synchronous_commit=off" }.ConnectionString;

    internal static async Task RunAsync(string server, string sql)
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

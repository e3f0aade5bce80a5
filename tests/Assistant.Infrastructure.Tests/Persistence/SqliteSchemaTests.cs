using System.Globalization;
using System.Text;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>A new SQLite file is made from a schema that is kept; it must be what the migrations amount to.</summary>
public sealed class SqliteSchemaTests : IDisposable
{
    private const string Head = "-- What the migrations make of a new file. Made by SqliteSchemaTests: ASSISTANT_WRITE_DOCS=1 writes it anew.\n\n";

    // EF's lock of its migrations: made where they are run, and only there.
    private const string MigrationsLock = "__EFMigrationsLock";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_kept_schema_is_what_the_migrations_make()
    {
        var made = Head + Describe(await MigrateAsync("migrated"));

        if (Environment.GetEnvironmentVariable("ASSISTANT_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(Path.Combine(SharedFolder.Checkout()!, "Assistant.Infrastructure", "Persistence", "Sqlite", "Schema.sql"), made, Cancel);
        }

        Assert.True(made == SqliteSchema.Read(), "Schema.sql is not what the migrations make: write it anew with ASSISTANT_WRITE_DOCS=1.");
    }

    [Fact]
    public async Task A_new_file_is_like_one_that_went_through_the_migrations_and_did_not()
    {
        var migrated = await MigrateAsync("migrated");
        var folder = NewFolder("new");

        await new SqliteDatabase(folder).MigrateAsync(Cancel);

        Assert.Equal(Describe(migrated), Describe(folder));
        Assert.Equal(Properties(migrated), Properties(folder));
        Assert.Contains(MigrationsLock, Tables(migrated));
        Assert.DoesNotContain(MigrationsLock, Tables(folder));
    }

    [Fact]
    public async Task Several_first_starts_at_once_make_one_schema()
    {
        var folder = NewFolder("new");

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => new SqliteDatabase(folder).MigrateAsync(Cancel), Cancel)));

        Assert.Equal(SqliteSchema.Read(), Head + Describe(folder));
    }

    [Fact]
    public async Task A_file_that_holds_anything_is_not_taken_for_a_new_one()
    {
        var folder = await MigrateAsync("migrated");
        using var connection = Open(folder);
        Query(connection, "INSERT INTO tenants (id, display_name, created_at) VALUES ('home', 'Home', 0) RETURNING id");

        Assert.False(SqliteSchema.TryCreate(connection));

        Assert.Equal(["home"], Query(connection, "SELECT id FROM tenants").Select(row => (string)row[0]));
    }

    private DataFolder NewFolder(string name)
    {
        var folder = new DataFolder(Path.Combine(_folder.FullName, name));
        folder.Prepare();
        return folder;
    }

    // The way every file went before its schema was kept, and an older one still goes.
    private async Task<DataFolder> MigrateAsync(string name)
    {
        var folder = NewFolder(name);
        var database = new SqliteDatabase(folder);
        database.Open(forWriting: true).Dispose();
        await using var context = database.OpenSchemaContext();
        await context.Database.MigrateAsync(Cancel);
        return folder;
    }

    private static SqliteConnection Open(DataFolder folder)
    {
        var connection = new SqliteConnection($"Data Source={folder.DatabaseFile};Pooling=False");
        connection.Open();
        return connection;
    }

    private static List<string> Tables(DataFolder folder)
    {
        using var connection = Open(folder);
        return [.. Query(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").Select(row => (string)row[0])];
    }

    /// <summary>All statements that make the file anew: its tables, what else there is, and the rows the migrations leave in it.</summary>
    private static string Describe(DataFolder folder)
    {
        using var connection = Open(folder);
        var script = new StringBuilder();
        foreach (var row in Query(connection, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> '" + MigrationsLock + "' ORDER BY type <> 'table', name"))
        {
            script.Append(CultureInfo.InvariantCulture, $"{row[0]};\n");
        }

        foreach (var table in Query(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '" + MigrationsLock + "' ORDER BY name"))
        {
            foreach (var row in Query(connection, $"SELECT * FROM \"{table[0]}\" ORDER BY 1"))
            {
                script.Append(CultureInfo.InvariantCulture, $"INSERT INTO \"{table[0]}\" VALUES ({string.Join(", ", row.Select(Literal))});\n");
            }
        }

        return script.Replace("\r", "").ToString();
    }

    private static string Literal(object value) => value switch
    {
        DBNull => "NULL",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        byte[] bytes => $"x'{Convert.ToHexString(bytes)}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static List<object> Properties(DataFolder folder)
    {
        using var connection = Open(folder);
        string[] names = ["page_size", "auto_vacuum", "encoding", "user_version", "application_id", "journal_mode", "integrity_check"];
        return [.. names.Select(name => Query(connection, "PRAGMA " + name).Single()[0])];
    }

    private static List<object[]> Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}

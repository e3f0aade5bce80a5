using System.Text;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Forgetting;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Assistant.Infrastructure.Tests.Forgetting;

/// <summary>What deleted rows leave in a SQLite file, and that it is overwritten while others go on writing.</summary>
public sealed class SqliteStorageRestTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");
    private readonly SqliteDatabase _database;
    private readonly SqliteConnection _writer;

    public SqliteStorageRestTests()
    {
        _database = new SqliteDatabase(new DataFolder(_folder.FullName));
        _writer = (SqliteConnection)_database.Open(forWriting: true);
        Execute(_writer, "PRAGMA synchronous=OFF"); // nobody cuts the power here, and thousands of commits wait for the disk otherwise
        Execute(_writer, "CREATE TABLE names (id TEXT PRIMARY KEY, name TEXT, body TEXT); CREATE INDEX names_name ON names (name);");
    }

    private string DatabaseFile => new DataFolder(_folder.FullName).DatabaseFile;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _writer.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task What_rows_left_behind_when_pages_were_divided_is_overwritten(int seed)
    {
        var (there, gone) = Churn(_writer, new Random(seed), 3000, "name");
        Execute(_writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        Assert.Contains(Read(), gone.Contains); // otherwise this shows nothing: secure_delete alone has sufficed

        Assert.Equal(StorageRest.Overwritten, await SettleAsync());

        var found = Read();
        Assert.DoesNotContain(found, gone.Contains);
        Assert.Subset(found, there);
        AssertIntact(there);
    }

    [Fact]
    public async Task Somebody_writing_meanwhile_loses_nothing_and_brings_nothing_back()
    {
        var (there, gone) = Churn(_writer, new Random(1), 3000, "name");
        using var stop = new CancellationTokenSource();
        var later = Task.Run(async () =>
        {
            var random = new Random(2);
            var (stay, leave) = (new HashSet<string>(), new HashSet<string>());
            for (var round = 0; !stop.IsCancellationRequested; round++)
            {
                var (added, removed) = Churn(_writer, random, 40, $"r{round}x");
                stay.UnionWith(added);
                leave.UnionWith(removed);
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
            }

            return (Stayed: stay, Left: leave);
        });
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(StorageRest.Overwritten, await SettleAsync());
        }

        await stop.CancelAsync();
        var (stayed, left) = await later;

        Assert.NotEmpty(left);
        AssertIntact([.. there, .. stayed]);
        Assert.DoesNotContain(Read(), gone.Contains);
        Assert.Equal(StorageRest.Overwritten, await SettleAsync());
        Assert.DoesNotContain(Read(), left.Contains);
    }

    [Fact]
    public async Task A_reader_that_stays_is_waited_for_and_then_told_of()
    {
        Churn(_writer, new Random(1), 50, "name");
        using var reader = (SqliteConnection)_database.Open(forWriting: false);
        using var reading = reader.BeginTransaction(deferred: true);
        using var command = reader.CreateCommand();
        command.Transaction = reading;
        command.CommandText = "SELECT COUNT(*) FROM names";
        command.ExecuteScalar();
        Churn(_writer, new Random(2), 50, "more");
        using var rest = new SqliteStorageRest(_database, new HurriedClock(), NullLogger<SqliteStorageRest>.Instance);

        Assert.Equal(StorageRest.Left, await rest.SettleAsync(Cancel));
    }

    [Fact]
    public void What_is_no_tree_page_stays_as_it_is()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var page = new byte[4096];
            random.NextBytes(page);
            page[0] = (byte)(i % 16);
            var before = page.ToArray();

            Assert.False(SqliteUnallocatedSpace.Clear(page), $"page {i}");
            Assert.Equal(before, page);
        }
    }

    [Fact]
    public async Task The_writer_overwrites_also_after_plain_rows_were_sealed()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await house.Get<ITenantDirectory>().EnsureAsync(TenantId.Default, "Home", Cancel);
        await house.SealPlainAsync(Cancel);

        var isOn = await house.Get<IWriteQueue>().ExecuteAsync(
            TenantScope.System, session => session.Query("PRAGMA secure_delete", row => row.GetInt64(0)).Single(), Cancel);

        Assert.Equal(1, isOn);
    }

    // Rows come, grow, shrink and go, so that pages are divided and joined.
    private static (HashSet<string> There, HashSet<string> Gone) Churn(SqliteConnection connection, Random random, int rows, string prefix)
    {
        var (there, gone) = (new List<(string Id, string Name)>(), new HashSet<string>());
        for (var i = 0; i < rows; i++)
        {
            var (id, name) = ($"{random.NextInt64():x16}{random.NextInt64():x16}", $"{prefix}{i:d5}{random.NextInt64():x16}!");
            Execute(connection, "INSERT INTO names VALUES ($a, $b, $c)", id, name, new string('x', random.Next(10, 400)));
            there.Add((id, name));
            if (random.Next(10) < 3)
            {
                Execute(connection, "UPDATE names SET body = $b WHERE id = $a", there[random.Next(there.Count)].Id, new string('y', random.Next(10, 600)));
            }

            if (random.Next(10) < 4)
            {
                var at = random.Next(there.Count);
                Execute(connection, "DELETE FROM names WHERE id = $a", there[at].Id);
                gone.Add(there[at].Name);
                there.RemoveAt(at);
            }
        }

        return ([.. there.Select(row => row.Name)], gone);
    }

    private static void Execute(SqliteConnection connection, string sql, params string[] values)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this file
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (value, at) in values.Select((value, at) => (value, at)))
        {
            command.Parameters.AddWithValue("$" + (char)('a' + at), value);
        }

        command.ExecuteNonQuery();
    }

    private async Task<StorageRest> SettleAsync()
    {
        using var rest = new SqliteStorageRest(_database, TimeProvider.System, NullLogger<SqliteStorageRest>.Instance);
        return await rest.SettleAsync(Cancel);
    }

    /// <summary>Every name that occurs in the bytes of the database file, its log included.</summary>
    private HashSet<string> Read()
    {
        var bytes = new StringBuilder();
        foreach (var file in new[] { DatabaseFile, DatabaseFile + "-wal" })
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            bytes.Append(reader.ReadToEnd());
        }

        return [.. System.Text.RegularExpressions.Regex.Matches(bytes.ToString(), "(name|more|r[0-9]+x)[0-9]{5}[0-9a-f]{16}!").Select(match => match.Value)];
    }

    private void AssertIntact(HashSet<string> names)
    {
        using var fresh = (SqliteConnection)_database.Open(forWriting: true);
        using var check = fresh.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", check.ExecuteScalar());
        check.CommandText = "SELECT name FROM names";
        using var row = check.ExecuteReader();
        var found = new HashSet<string>();
        while (row.Read())
        {
            found.Add(row.GetString(0));
        }

        Assert.True(names.SetEquals(found));
    }

    /// <summary>Lets nobody wait.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
            => base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}

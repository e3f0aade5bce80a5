using Assistant.Domain.Diagnostics;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Diagnostics;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Tests.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Assistant.Infrastructure.Tests.Diagnostics;

/// <summary>Either database can be opened where it may not be written all the same: nothing would be stored, and nobody told.</summary>
public sealed class DatabaseDiagnosticTests : IAsyncLifetime
{
    private const int ReadOnlyCode = 8; // SQLITE_READONLY: https://www.sqlite.org/rescode.html#readonly

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DataFolder Data => new(_folder.FullName);

    // A file's mode does not bind root: asked for in the address, reading alone binds everybody. What is appended to it is no parameter of SQLite's.
    private DataFolder ReadOnly => new($"file:{Data.DatabaseFile}?mode=ro&name=");

    public async ValueTask InitializeAsync() => await MigratedDatabases.CopyToAsync(Data);

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void A_file_that_may_only_be_read_is_not_opened_for_writing()
    {
        new SqliteDatabase(ReadOnly).Open(forWriting: false).Dispose();

        var refusal = Assert.Throws<SqliteException>(() => new SqliteDatabase(ReadOnly).Open(forWriting: true));

        Assert.Equal(ReadOnlyCode, refusal.SqliteErrorCode);
    }

    [Fact]
    public async Task The_doctor_tells_of_a_file_that_may_only_be_read()
    {
        Assert.Equal(FindingLevel.Fine, Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data), Data).RunAsync(Cancel)).Level);

        Assert.Equal(FindingLevel.Failed, Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(ReadOnly), Data).RunAsync(Cancel)).Level);
    }

    [Fact]
    public async Task The_doctor_tells_that_nothing_was_started_yet_rather_than_what_the_database_lacks()
    {
        var empty = new DataFolder(_folder.CreateSubdirectory("new").FullName);
        var fresh = new SqliteDatabase(empty);

        var finding = Assert.Single(await new DatabaseDiagnostic(fresh, empty).RunAsync(Cancel));

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.Contains("was not started here", Text(finding), StringComparison.Ordinal);
        Assert.False(await new SchemaState(fresh).IsCurrentAsync(Cancel));
        Assert.True(await new SchemaState(new SqliteDatabase(Data)).IsCurrentAsync(Cancel));
    }

    [Fact]
    public async Task The_doctor_tells_of_a_file_with_a_damaged_page_that_answers_all_the_same()
    {
        DamagedFile.Damage(Data, "facts");

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data), Data).RunAsync(Cancel));

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.Contains("is damaged", Text(finding), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_tells_damage_from_a_database_that_does_not_answer()
    {
        await File.WriteAllTextAsync(Data.DatabaseFile, new string('x', 8192), Cancel);

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data), Data).RunAsync(Cancel));

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.Contains("is damaged", Text(finding), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_says_when_it_had_no_time_to_look_for_damage()
    {
        DamagedFile.Damage(Data, "facts");

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data), Data) { Patience = TimeSpan.Zero }.RunAsync(Cancel));

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains("too few", Text(finding), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_not_taken_for_one_that_holds_nothing()
    {
        var asked = new DataFolder($"file:{Data.DatabaseFile}.none?mode=rw&name="); // refused, as a file of another account is; root is refused none

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(asked), Data).RunAsync(Cancel));

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.Contains("cannot be used", Text(finding), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "installation-id")]
    [InlineData(false, "installation-id")]
    [InlineData(true, "assistant.db-wal")]
    public async Task Where_a_database_is_missing_no_other_is_made(bool isGone, string left)
    {
        await File.WriteAllTextAsync(Path.Combine(Data.Path, left), "of the one before", Cancel);
        await File.WriteAllBytesAsync(Data.DatabaseFile, [], Cancel);
        if (isGone)
        {
            File.Delete(Data.DatabaseFile);
        }

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data), Data).RunAsync(Cancel));
        var refused = await Assert.ThrowsAsync<InstallationException>(() => new SqliteDatabase(Data).MigrateAsync(Cancel));

        Assert.Equal($"{Text(finding)} {LostDatabase.Advice}", refused.Message);
        Assert.Contains("is missing, and this folder was used", refused.Message, StringComparison.Ordinal);
        Assert.Equal((!isGone, "of the one before"), (File.Exists(Data.DatabaseFile), await File.ReadAllTextAsync(Path.Combine(Data.Path, left), Cancel)));
    }

    [Fact]
    public async Task Who_only_reads_makes_no_database_and_a_first_start_that_was_killed_goes_on()
    {
        var empty = new DataFolder(_folder.CreateSubdirectory("new").FullName);

        Assert.Throws<SqliteException>(() => new SqliteDatabase(empty).Open(forWriting: false));
        Assert.Empty(Directory.GetFiles(empty.Path));

        // A first start that was killed behind the key and in the middle of making the file.
        await File.WriteAllTextAsync(Path.Combine(empty.Path, "master.key"), "key", Cancel);
        await File.WriteAllBytesAsync(empty.DatabaseFile, [], Cancel);
        await new SqliteDatabase(empty).MigrateAsync(Cancel);
        Assert.True(await new SchemaState(new SqliteDatabase(empty)).IsCurrentAsync(Cancel));
    }

    [Fact]
    public async Task A_restore_that_was_cut_off_is_told_from_a_database_that_is_missing()
    {
        File.Delete(Data.DatabaseFile);
        await File.WriteAllTextAsync(Path.Combine(Data.Path, "installation-id"), "this", Cancel);
        await File.WriteAllTextAsync(Path.Combine(Data.Path, "restore.json"), "{}", Cancel);

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data), Data).RunAsync(Cancel));

        Assert.StartsWith("A restore has not come to its end", Text(finding), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_tells_of_a_server_that_lets_one_only_read()
    {
        var connection = await MigratedDatabases.TakeAsync();
        try
        {
            await using var writable = new PostgresDatabase(connection);
            await using var readOnly = new PostgresDatabase(
                new NpgsqlConnectionStringBuilder(connection) { Options = "-c default_transaction_read_only=on" }.ConnectionString);

            Assert.Equal(FindingLevel.Fine, Assert.Single(await new DatabaseDiagnostic(writable, Data).RunAsync(Cancel)).Level);

            Assert.Equal(FindingLevel.Failed, Assert.Single(await new DatabaseDiagnostic(readOnly, Data).RunAsync(Cancel)).Level);
        }
        finally
        {
            await MigratedDatabases.GiveBackAsync(connection);
        }
    }

    [Fact]
    public async Task A_server_that_lets_one_only_read_is_not_ready_and_is_again_once_it_lets_one_write()
    {
        var connection = await MigratedDatabases.TakeAsync();
        try
        {
            await using var database = new PostgresDatabase(connection);
            using var reads = new ReadPool(database, Options.Create(new DatabaseOptions { Readers = 1 }));
            var check = new DatabaseHealthCheck(database, reads);
            Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new HealthCheckContext(), Cancel)).Status);
            await reads.ReadAsync(TenantScope.System, session => session.Execute("SELECT set_config('default_transaction_read_only', 'on', false)"), Cancel);

            Assert.Equal(HealthStatus.Unhealthy, (await check.CheckHealthAsync(new HealthCheckContext(), Cancel)).Status);
            Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new HealthCheckContext(), Cancel)).Status);
        }
        finally
        {
            await MigratedDatabases.GiveBackAsync(connection);
        }
    }

    [Fact]
    public async Task The_doctor_tells_of_a_database_that_lacks_letters()
    {
        var server = MigratedDatabases.Server();
        var name = $"test_{Guid.CreateVersion7():N}";
        await MigratedDatabases.RunAsync(server, $"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0 STRATEGY wal_log");
        try
        {
            await using var database = new PostgresDatabase(MigratedDatabases.For(server, name));

            var finding = Assert.Single(await new DatabaseDiagnostic(database, Data).RunAsync(Cancel));

            Assert.Equal(FindingLevel.Failed, finding.Level);
            Assert.Equal("PostgreSQL keeps text as LATIN1, which lacks the letters of most languages.", Text(finding));
        }
        finally
        {
            await MigratedDatabases.DropAsync(name);
        }
    }

    private static string Text(Finding finding) => Assert.IsType<Phrase.Verbatim>(finding.Detail).Text;
}

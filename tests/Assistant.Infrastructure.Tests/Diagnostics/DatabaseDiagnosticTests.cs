using Assistant.Domain.Diagnostics;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Diagnostics;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Tests.Persistence;
using Microsoft.Data.Sqlite;
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
        Assert.Equal(FindingLevel.Fine, Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data)).RunAsync(Cancel)).Level);

        Assert.Equal(FindingLevel.Failed, Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(ReadOnly)).RunAsync(Cancel)).Level);
    }

    [Fact]
    public async Task The_doctor_tells_that_nothing_was_started_yet_rather_than_what_the_database_lacks()
    {
        var fresh = new SqliteDatabase(new DataFolder(_folder.CreateSubdirectory("new").FullName));

        var finding = Assert.Single(await new DatabaseDiagnostic(fresh).RunAsync(Cancel));

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.Contains("was not started here", Text(finding), StringComparison.Ordinal);
        Assert.False(await new SchemaState(fresh).IsCurrentAsync(Cancel));
        Assert.True(await new SchemaState(new SqliteDatabase(Data)).IsCurrentAsync(Cancel));
    }

    [Fact]
    public async Task The_doctor_tells_of_a_file_with_a_damaged_page_that_answers_all_the_same()
    {
        DamagedFile.Damage(Data, "facts");

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data)).RunAsync(Cancel));

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.Contains("is damaged", Text(finding), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_tells_damage_from_a_database_that_does_not_answer()
    {
        await File.WriteAllTextAsync(Data.DatabaseFile, new string('x', 8192), Cancel);

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data)).RunAsync(Cancel));

        Assert.Equal(FindingLevel.Failed, finding.Level);
        Assert.Contains("is damaged", Text(finding), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_says_when_it_had_no_time_to_look_for_damage()
    {
        DamagedFile.Damage(Data, "facts");

        var finding = Assert.Single(await new DatabaseDiagnostic(new SqliteDatabase(Data)) { Patience = TimeSpan.Zero }.RunAsync(Cancel));

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains("too few", Text(finding), StringComparison.Ordinal);
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

            Assert.Equal(FindingLevel.Fine, Assert.Single(await new DatabaseDiagnostic(writable).RunAsync(Cancel)).Level);

            Assert.Equal(FindingLevel.Failed, Assert.Single(await new DatabaseDiagnostic(readOnly).RunAsync(Cancel)).Level);
        }
        finally
        {
            await MigratedDatabases.GiveBackAsync(connection);
        }
    }

    private static string Text(Finding finding) => Assert.IsType<Phrase.Verbatim>(finding.Detail).Text;
}

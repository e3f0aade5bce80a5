using System.Data.Common;
using Assistant.Domain.Diagnostics;
using Assistant.Infrastructure.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Assistant.Infrastructure.Diagnostics;

/// <summary>Whether the data folder can be written and has room.</summary>
internal sealed class DataFolderDiagnostic(DataFolder folder) : IDiagnostic
{
    private const long LowSpaceBytes = 500L << 20;

    // The database's log alone may take so much before it is cut.
    private const long TooLittleSpaceBytes = 64L << 20;

    private const int ProbeBytes = 64 << 10;

    // man 3 errno: of Linux and macOS alike
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;

    public int Order => 10;

    internal Func<FileSystemInfo, bool> MayUse { get; init; } = ForeignFiles.MayUse;

    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<Finding>>([CheckOwner(CheckWriting()), .. CheckSpace()]);

    // A folder that is full or may only be read says so; what is in it would only repeat that.
    private Finding CheckOwner(Finding folderItself)
        => folderItself.Level == FindingLevel.Fine && ForeignFiles.FindFirst(folder, MayUse) is { } foreign
            ? Finding.Failed("data folder", $"{foreign} cannot be read and written.", folder.HowToOwn)
            : folderItself;

    private Finding CheckWriting()
    {
        var probe = Path.Combine(folder.Path, $".doctor-{Guid.CreateVersion7():N}");
        try
        {
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.Write(new byte[ProbeBytes]); // an empty file finds room on a full disk
            return Finding.Fine("data folder", $"{folder.Path} can be written.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return OfRefusal(folder, error);
        }
    }

    /// <summary>What is to be said of a folder in which no file can be made; a disk's fault is no account's.</summary>
    internal static Finding OfRefusal(DataFolder folder, Exception error)
        => Finding.Failed("data folder", $"{folder.Path} cannot be written: {error.Message}", error.HResult switch
        {
            NoSpace when !OperatingSystem.IsWindows() => "Make room: a full disk stops every answer.",
            ReadOnlyFileSystem when !OperatingSystem.IsWindows() => "Mount its file system so that it can be written; one that became so by itself may have a fault.",
            _ => "Create it and give it to the account the assistant runs under.",
        });

    private Finding[] CheckSpace()
        => OfSpace(Directory.Exists(folder.Path) ? new DriveInfo(folder.Path).AvailableFreeSpace : long.MaxValue) is { } finding ? [finding] : [];

    /// <summary>What is to be said of so many free bytes; <see langword="null"/> when they are enough.</summary>
    internal static Finding? OfSpace(long free)
    {
        var (detail, fix) = ($"Only {free >> 20} MB are free there.", "Make room: a full disk stops every answer.");
        return free < TooLittleSpaceBytes ? Finding.Failed("data folder", detail, fix)
            : free < LowSpaceBytes ? Finding.Warning("data folder", detail, fix)
            : null;
    }
}

/// <summary>Whether the database answers, keeps every letter, has the schema of this build, may be written and, where it is a file, is whole.</summary>
internal sealed class DatabaseDiagnostic(IDatabase database, DataFolder folder) : IDiagnostic
{
    // A standby says that it is read-only as well.
    private const string AskWriting = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'";

    public int Order => 20;

    /// <summary>How long a file is read to find damage; the verb has half a minute for all of this.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var kind = database.IsPostgres ? "PostgreSQL" : "SQLite";
        try
        {
            if (!database.IsPostgres && CheckFile(kind) is { } unusable)
            {
                return [unusable];
            }

            await using var context = database.OpenSchemaContext();
            if (database.IsPostgres && await FindEncodingFaultAsync(context, cancellationToken) is { } fault)
            {
                return [Finding.Failed("database", $"{kind} {fault}", TextEncoding.Advice)];
            }

            if (await SchemaUpgrade.FindUnknownAsync(context, cancellationToken) is { } newer)
            {
                return [Finding.Failed(
                    "database", $"{kind} was last used by a newer version (it has the change {newer}).", "Start that version, or restore the backup made before the upgrade.")];
            }

            var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
            return pending == 0 ? [database.IsPostgres ? CheckWriting(kind) : CheckSoundness(cancellationToken) ?? Answers(kind)]
                : pending == context.Database.GetMigrations().Count()
                ? [HoldsNothing(kind)]
                : [Finding.Failed("database", $"{kind} lacks {pending} schema changes of this build.", "Start the assistant once: it applies them.")];
        }
        catch (SqliteException error) when (SqliteSoundness.IsOfDamage(error))
        {
            return [Damaged(error.Message.TrimEnd('.'))];
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            return [Finding.Failed("database", $"{kind} does not answer: {error.Message}", "Check Assistant:Database and that the server runs.")];
        }
    }

    private Finding? CheckFile(string kind)
    {
        if (LostDatabase.Find(folder) is { } lost)
        {
            return RestoreFolder.IsPending(folder)
                ? Finding.Failed("database", "A restore has not come to its end.", "If no process is at it any more, start the assistant: it goes on.")
                : Finding.Failed("database", lost, LostDatabase.Advice);
        }

        if (new FileInfo(folder.DatabaseFile) is not { Exists: true, Length: > 0 })
        {
            return HoldsNothing(kind);
        }

        // Before EF Core looks: to it, a file that cannot be opened is one that holds nothing.
        return CheckWriting(kind) is { Level: FindingLevel.Failed } refused ? refused : null;
    }

    private static async Task<string?> FindEncodingFaultAsync(AssistantDbContext context, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)context.Database.GetDbConnection(); // which the context goes on using
        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return null; // the first start makes it
        }

        return await TextEncoding.FindFaultAsync(connection, cancellationToken);
    }

    private static Finding Answers(string kind) => Finding.Fine("database", $"{kind} answers and its schema is current.");

    private static Finding HoldsNothing(string kind)
        => Finding.Failed("database", $"{kind} holds nothing yet: the assistant was not started here.", "Start it once: it makes what it needs.");

    // What may only be read answers as well as any other.
    private Finding CheckWriting(string kind)
    {
        try
        {
            using var session = new SqlSession(database, database.Open(forWriting: true));
            var (isStandby, isReadOnly) = database.IsPostgres ? session.QueryFirst(AskWriting, row => (row.GetBoolean(0), row.GetBoolean(1))) : default;
            if (isStandby)
            {
                return Finding.Failed("database", $"{kind} is a standby, which can be read but not written.", "Name the primary in Assistant__Database__ConnectionString.");
            }

            if (isReadOnly)
            {
                return Finding.Failed(
                    "database", $"{kind} can be read but not written.", "Take default_transaction_read_only off the user, the database and the connection string.");
            }

            // The owner of the tables has found them already.
            return database.IsPostgres && !database.Schema.IsThatOf(session)
                ? Finding.Failed("database", $"{kind} answers, and whom the program works as does not find its tables.", "Start the assistant: it says what is missing.")
                : Answers(kind);
        }
        catch (SqliteException error) when (!SqliteSoundness.IsOfDamage(error))
        {
            return Finding.Failed("database", $"{kind} cannot be used: {error.Message}.", "Give the database's file and its folder to the account the assistant runs under.");
        }
    }

    // PostgreSQL looks after its own files.
    private Finding? CheckSoundness(CancellationToken cancellationToken)
    {
        if (database.IsPostgres)
        {
            return null;
        }

        using var enough = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            using var connection = (SqliteConnection)database.Open(forWriting: false);
            return SqliteSoundness.FindDamage(connection, either.Token) is { } damage ? Damaged(damage) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Warning(
                "database", $"SQLite answers and its schema is current; {Patience.TotalSeconds:0} s were too few to read its file to the end and see whether it is damaged.",
                "Make a backup: it reads all of the file, and is refused when that is damaged.");
        }
    }

    private static Finding Damaged(string how)
        => Finding.Failed("database", $"The file of SQLite is damaged: {how}.", "Stop the assistant and restore the last backup.");
}

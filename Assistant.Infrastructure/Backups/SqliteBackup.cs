using Assistant.Domain.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Backups;

/// <inheritdoc cref="IDatabaseBackup"/>
/// <remarks>
/// SQLite copies itself, in one read transaction, into a file in the data folder, which is where its content lies anyway: the medium the backup
/// goes to never sees it open. A restored database is a file like any other. Damaged pages are copied as readily as others: a backup of them would
/// take the place of the last one that can be restored, so the copy is examined before anything is written.
/// </remarks>
internal sealed class SqliteBackup(IDatabase database, DataFolder folder) : IDatabaseBackup
{
    private const string Newest = "SELECT MAX(\"MigrationId\") FROM \"__EFMigrationsHistory\"";

    public string Kind => "sqlite";

    public IReadOnlyList<string> Files { get; } = [.. new[] { "", "-wal", "-shm" }.Select(end => Path.GetFileName(folder.DatabaseFile) + end)];

    public async Task<IDatabaseSnapshot> BeginAsync(CancellationToken cancellationToken)
    {
        var spool = BackupSpool.Take(folder);
        try
        {
            await using (var copy = new SqliteConnection($"Data Source={spool.Path};Pooling=False"))
            {
                await copy.OpenAsync(cancellationToken);
                await using (var source = (SqliteConnection)database.Open(forWriting: false))
                {
                    source.BackupDatabase(copy);
                }

                await RunAsync(copy, "PRAGMA journal_mode=DELETE", cancellationToken); // one file without a log beside it
                if (SqliteSoundness.FindDamage(copy, cancellationToken) is { } damage)
                {
                    throw new BackupRefusedException(
                        BackupFault.Database, $"The database is damaged: {damage}. Nothing was written: keep the last backup, and restore it.");
                }

                var schema = await AskAsync<string>(copy, Newest, cancellationToken) ?? "";
                var key = await AskAsync<byte[]>(copy, InstallationKey.Select, cancellationToken) ?? [];
                return new Snapshot(spool, Path.GetFileName(folder.DatabaseFile), schema, await LogHeads.ReadAsync(copy, cancellationToken), key);
            }
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    public async Task<StandingDatabase> LookAsync(CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        var known = context.Database.GetMigrations().ToList();
        return File.Exists(folder.DatabaseFile)
            ? new StandingDatabase(IsEmpty: false, await FindHeadsAsync(cancellationToken), known)
            : new StandingDatabase(IsEmpty: true, [], known);
    }

    public Task<IDatabaseRestore?> BeginRestoreAsync(BackupManifest manifest, Guid restore, CancellationToken cancellationToken)
        => Task.FromResult<IDatabaseRestore?>(null);

    public Task<bool> HasTakenAsync(Guid restore, CancellationToken cancellationToken) => Task.FromResult(false);

    // One that is damaged may be what the restore is for.
    private async Task<IReadOnlyList<LogHead>> FindHeadsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = database.Open(forWriting: false);
            return await LogHeads.ReadAsync(connection, cancellationToken);
        }
        catch (SqliteException)
        {
            return [];
        }
    }

    private static async Task<T?> AskAsync<T>(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        return await command.ExecuteScalarAsync(cancellationToken) is T answer ? answer : default;
    }

    private static async Task RunAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // constant text
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private sealed record Snapshot(BackupSpool Spool, string Name, string Schema, IReadOnlyList<LogHead> Logs, byte[] WrappedKey) : IDatabaseSnapshot
    {
        public async Task WriteAsync(BackupArchiveWriter archive, CancellationToken cancellationToken)
        {
            await using var file = new FileStream(Spool.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
            await archive.AddAsync(Name, [], file, cancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            Spool.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A file in the data folder that holds a copy of the database while a backup is made; overwritten and deleted afterwards.</summary>
internal sealed class BackupSpool : IDisposable
{
    private const string Name = "backup.spool";

    private readonly FileStream _turn;

    private BackupSpool(DataFolder folder, FileStream turn) => (Path, _turn) = (PathIn(folder), turn);

    public string Path { get; }

    /// <exception cref="BackupRefusedException">Another process makes a backup, or one of another account has left what this one may not touch.</exception>
    public static BackupSpool Take(DataFolder folder)
    {
        try
        {
            var spool = TryTake(folder) ?? throw new BackupRefusedException(BackupFault.File, "Another backup is being made from this data folder. Wait for its end.");
            using (new FileStream(spool.Path, PrivateFile.Options(FileMode.CreateNew)))
            {
                return spool;
            }
        }
        catch (UnauthorizedAccessException error)
        {
            throw new BackupRefusedException(BackupFault.File, $"{error.Message} {folder.HowToOwn}", error);
        }
    }

    /// <summary>Takes away what a killed process left, unless somebody is at it.</summary>
    public static void Discard(DataFolder folder)
    {
        try
        {
            if (File.Exists(PathIn(folder)))
            {
                TryTake(folder)?.Dispose();
            }
        }
        catch (UnauthorizedAccessException)
        {
            // Another account's. It keeps nobody from serving, and the doctor tells of it.
        }
    }

    public void Dispose()
    {
        Overwrite();
        _turn.Dispose();
    }

    private static string PathIn(DataFolder folder) => System.IO.Path.Combine(folder.Path, Name);

    private static BackupSpool? TryTake(DataFolder folder)
    {
        FileStream? turn = null;
        try
        {
            turn = new FileStream(System.IO.Path.Combine(folder.Path, "backup.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var spool = new BackupSpool(folder, turn);
            spool.Overwrite();
            return spool;
        }
        catch (IOException)
        {
            turn?.Dispose();
            return null;
        }
        catch
        {
            turn?.Dispose();
            throw;
        }
    }

    // What is forgotten tomorrow must not be found in the remains of today's copy.
    private void Overwrite()
    {
        foreach (var path in new[] { $"{Path}-journal", Path }.Where(File.Exists))
        {
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
            {
                var zeros = new byte[1 << 16];
                for (var left = file.Length; left > 0; left -= zeros.Length)
                {
                    file.Write(zeros, 0, (int)long.Min(left, zeros.Length));
                }

                file.Flush(flushToDisk: true);
            }

            File.Delete(path);
        }
    }
}

using System.Data.Common;
using System.Globalization;
using Assistant.Domain.Forgetting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <inheritdoc cref="IStorageRest"/>
/// <remarks>
/// SQLite overwrites what it deletes (the writer's <c>secure_delete</c>) but not what its pages held when rows moved between them: that is done
/// here, and its write-ahead log is carried over and cut to nothing.
/// </remarks>
internal sealed partial class SqliteStorageRest(IDatabase database, TimeProvider clock, ILogger<SqliteStorageRest> logger) : IStorageRest, IDisposable
{
    private const int Tries = 20;

    // Bytes of the file gone through while nobody else writes: some hundredths of a second.
    private const long SliceSize = 16 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // Two at once would only be in each other's way.
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<StorageRest> SettleAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await OverwriteAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    // In slices, for nobody else writes during one. Rows that stay may be copied into pages already done: none of those that are gone.
    private async Task<StorageRest> OverwriteAsync(CancellationToken cancellationToken)
    {
        await using var connection = database.Open(forWriting: true);
        await HurryAsync(connection, cancellationToken);
        var space = new SqliteUnallocatedSpace(connection);
        for (long at = 0; at < space.Length && space.IsKnown; at += SliceSize)
        {
            var from = at;
            if (!await TryAsync(connection, () => Overwrite(connection, space, from), cancellationToken))
            {
                return StorageRest.Left;
            }
        }

        return await TryAsync(connection, () => true, cancellationToken) && space.IsKnown ? StorageRest.Overwritten : StorageRest.Left;
    }

    // A reader of an older state keeps the log from being cut: short reads end, so it is tried again for some seconds.
    private async Task<bool> TryAsync(DbConnection connection, Func<bool> act, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            if (IsCut(connection) && act())
            {
                return true;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }

        LogBusy(logger);
        return false;
    }

    // While a checkpoint waits for readers it keeps writers out: better a short wait often than a long one.
    private static async Task HurryAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout=50";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static bool IsCut(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        using var row = command.ExecuteReader();
        return row.Read() && row.GetInt64(0) == 0; // busy, pages in the log, pages carried over
    }

    /// <returns>False when somebody wrote between the log's being cut and the lock's being taken.</returns>
    private bool Overwrite(DbConnection connection, SqliteUnallocatedSpace space, long from)
    {
        using var transaction = database.BeginWrite(connection);
        if (new FileInfo(connection.DataSource + "-wal") is { Exists: true, Length: > 0 })
        {
            return false;
        }

        if (space.Overwrite(from, from + SliceSize) > 0)
        {
            Touch(connection, transaction);
        }

        transaction.Commit();
        return true;
    }

    // Any commit has the other connections read their pages again.
    private static void Touch(DbConnection connection, DbTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
#pragma warning disable CA2100 // a number
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={version}");
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database's log was in use for seconds and could not be cut after an erasure; deleted text lies in it until the next checkpoint")]
    private static partial void LogBusy(ILogger logger);
}

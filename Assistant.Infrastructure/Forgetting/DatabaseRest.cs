using System.Data.Common;
using Assistant.Domain.Forgetting;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Forgetting;

/// <inheritdoc cref="IStorageRest"/>
/// <remarks>
/// SQLite overwrites what it deletes (the writer's <c>secure_delete</c>); here its write-ahead log is carried over and cut to nothing.
/// PostgreSQL frees the space of deleted rows when it is vacuumed, which only a table's owner may ask for.
/// </remarks>
internal sealed partial class DatabaseRest(IDatabase database, TimeProvider clock, ILogger<DatabaseRest> logger) : IStorageRest, IDisposable
{
    private const int Tries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // Two at once would only be in each other's way.
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<StorageRest> SettleAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await (database.IsPostgres ? VacuumAsync(cancellationToken) : EmptyLogAsync(cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    // A reader of an older state keeps the log from being cut: short reads end, so it is tried again for some seconds.
    private async Task<StorageRest> EmptyLogAsync(CancellationToken cancellationToken)
    {
        await using var connection = database.Open(forWriting: true);
        for (var i = 0; i < Tries; i++)
        {
            if (await IsCutAsync(connection, cancellationToken))
            {
                return StorageRest.Overwritten;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }

        LogBusy(logger);
        return StorageRest.Left;
    }

    private static async Task<bool> IsCutAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) && row.GetInt64(0) == 0; // busy, pages in the log, pages carried over
    }

    private async Task<StorageRest> VacuumAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Not as the role the program works as: it owns nothing and would be passed over.
            await using var context = database.OpenSchemaContext();
            await context.Database.OpenConnectionAsync(cancellationToken);
            await using var command = context.Database.GetDbConnection().CreateCommand();
            var tables = ForgettableTables.All.Select(table => table.Table).Concat(ForgettableTables.Others.Keys).Append("person_keys").Distinct(StringComparer.Ordinal);
#pragma warning disable CA2100 // names of a constant list
            command.CommandText = $"VACUUM {string.Join(", ", tables)}";
#pragma warning restore CA2100
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return StorageRest.Vacuumed; // a table of somebody else's is passed over with a warning
        }
        catch (DbException refused)
        {
            LogNotVacuumed(logger, refused);
            return StorageRest.Left;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database's log was in use for seconds and could not be cut after an erasure; deleted text lies in it until the next checkpoint")]
    private static partial void LogBusy(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database could not be vacuumed after an erasure; it frees the space by itself later")]
    private static partial void LogNotVacuumed(ILogger logger, Exception error);
}

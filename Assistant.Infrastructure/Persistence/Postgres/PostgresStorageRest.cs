using System.Data.Common;
using Assistant.Domain.Forgetting;
using Assistant.Infrastructure.Forgetting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <inheritdoc cref="IStorageRest"/>
/// <remarks>PostgreSQL frees the space of deleted rows when it is vacuumed, which only a table's owner may ask for. Two at once wait for each other there.</remarks>
internal sealed partial class PostgresStorageRest(IDatabase database, ILogger<PostgresStorageRest> logger) : IStorageRest
{
    public async Task<StorageRest> SettleAsync(CancellationToken cancellationToken)
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database could not be vacuumed after an erasure; it frees the space by itself later")]
    private static partial void LogNotVacuumed(ILogger logger, Exception error);
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>The right to change the schema of a PostgreSQL database, held by one process at a time and given back with its connection.</summary>
/// <remarks>
/// EF locks the table of migrations (https://learn.microsoft.com/ef/core/managing-schemas/migrations/applying), which on a new database several
/// processes would first make at once. The database itself is made before anybody can wait in it.
/// </remarks>
internal static class PostgresUpgradeTurn
{
    private const string Take = "SELECT pg_advisory_lock(hashtext('assistant schema upgrade'))";

    /// <summary>Makes the database where it is missing; that another process makes it meanwhile is no error.</summary>
    public static async Task MakeDatabaseAsync(AssistantDbContext context, CancellationToken cancellationToken)
    {
        var server = (IRelationalDatabaseCreator)context.GetService<IDatabaseCreator>();
        try
        {
            if (!await server.ExistsAsync(cancellationToken))
            {
                var settings = RelationalOptionsExtension.Extract(context.GetService<IDbContextOptions>());
                await TextEncoding.MakeDatabaseAsync(settings.ConnectionString, context.Database.GetDbConnection().Database, cancellationToken);
            }
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // It is there now.
        }
    }

    /// <summary>Waits for the turn, however long another's upgrade takes; whoever has it looks what is left to do.</summary>
    /// <returns>The turn; disposing it gives it back.</returns>
    public static async Task<IAsyncDisposable> TakeAsync(string ownerConnectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ownerConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(Take, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

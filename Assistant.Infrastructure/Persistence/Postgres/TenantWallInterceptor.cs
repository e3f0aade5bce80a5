using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>Names the context's scope in front of every query, in the same round trip and the same transaction.</summary>
/// <remarks>
/// For contexts that read: what they save would count its results from the wrong one. A query for one value (<c>ExecuteScalar</c>)
/// is left as it is and sees no tenant's row; EF asks that only for the schema.
/// </remarks>
internal sealed class TenantWallInterceptor : DbCommandInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Enter(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Enter(command, eventData);
        return ValueTask.FromResult(result);
    }

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        result.NextResult(); // over what naming the scope answered
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        await result.NextResultAsync(cancellationToken);
        return result;
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Enter(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Enter(command, eventData);
        return ValueTask.FromResult(result);
    }

    private static void Enter(DbCommand command, CommandEventData eventData)
    {
        var scope = ((AssistantDbContext)eventData.Context!).Scope;
        command.Parameters.Add(new NpgsqlParameter(TenantWall.TenantParameter, TenantWall.TenantOf(scope)));
        command.Parameters.Add(new NpgsqlParameter(TenantWall.ReachParameter, TenantWall.ReachOf(scope)));
#pragma warning disable CA2100 // constant text in front of a statement of EF's
        command.CommandText = TenantWall.Enter + command.CommandText;
#pragma warning restore CA2100
    }
}

/// <summary>Lets the connection that changes the schema see every tenant's rows: a migration moves them all.</summary>
internal sealed class SchemaConnectionInterceptor : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = new NpgsqlCommand(TenantWall.OpenSession, (NpgsqlConnection)connection);
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = new NpgsqlCommand(TenantWall.OpenSession, (NpgsqlConnection)connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>PostgreSQL: the tenant's audit head row, locked first in each writing transaction, puts writers of several nodes in line.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly Lazy<DbContextOptions<PostgresAssistantDbContext>> _contextOptions;

    public PostgresDatabase(string connectionString)
    {
        // Statements repeat; let the driver prepare them by itself.
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2 };
        _source = NpgsqlDataSource.Create(builder.ConnectionString);
        _contextOptions = new(() => new DbContextOptionsBuilder<PostgresAssistantDbContext>().UseNpgsql(_source).Options);
    }

    public bool IsPostgres => true;

    public string ForUpdate => " FOR UPDATE";

    public DbConnection Open(bool forWriting) => _source.OpenConnection();

    public DbTransaction BeginWrite(DbConnection connection) => connection.BeginTransaction(System.Data.IsolationLevel.ReadCommitted);

    public AssistantDbContext OpenContext(TenantScope scope) => new PostgresAssistantDbContext(_contextOptions.Value, scope);

    public AssistantDbContext EnlistContext(DbConnection connection, DbTransaction transaction, TenantScope scope)
    {
        var context = new PostgresAssistantDbContext(
            new DbContextOptionsBuilder<PostgresAssistantDbContext>().UseNpgsql(connection).Options, scope);
        context.Database.UseTransaction(transaction);
        return context;
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var context = OpenContext(TenantScope.System);
        await context.Database.MigrateAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}

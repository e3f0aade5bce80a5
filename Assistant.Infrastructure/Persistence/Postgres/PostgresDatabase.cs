using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>PostgreSQL: the tenant's audit head row, locked first in each writing transaction, puts writers of several nodes in line.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly string _where;
    private readonly Lazy<DbContextOptions<PostgresAssistantDbContext>> _contextOptions;

    public PostgresDatabase(string connectionString)
    {
        // Statements repeat; let the driver prepare them by itself.
        var builder = Parse(connectionString);
        (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (200, 2);
        _where = $"{builder.Host}:{builder.Port}/{builder.Database}";
        _source = NpgsqlDataSource.Create(builder.ConnectionString);
        _contextOptions = new(() => new DbContextOptionsBuilder<PostgresAssistantDbContext>().UseNpgsql(_source).Options);
    }

    public bool IsPostgres => true;

    public string ForUpdate => " FOR UPDATE";

    public DbConnection Open(bool forWriting) => _source.OpenConnection();

    public SqlStatement Prepare(DbConnection connection, string sql, int parameters)
        => new PostgresStatement((NpgsqlConnection)connection, sql, parameters);

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
        try
        {
            await using var context = OpenContext(TenantScope.System);
            await SchemaUpgrade.ApplyAsync(context, cancellationToken);
        }
        catch (Exception error) when (Fault(error) is { } fault)
        {
            throw new InstallationException(
                $"PostgreSQL at {_where} {(fault is PostgresException refusal ? $"refuses: {refusal.MessageText}" : $"cannot be reached: {Reason(fault)}")}. "
                + "Check that it runs, and Assistant__Database__ConnectionString.", error);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException error)
        {
            // Not the text itself: it may hold a password.
            throw new InstallationException(
                $"Assistant__Database__ConnectionString cannot be read: {error.Message.TrimEnd('.')}. It looks like "
                + "Host=localhost;Database=assistant;Username=assistant;Password=…", error);
        }
    }

    // The driver's exception may come wrapped by EF, and hold the socket's within.
    private static NpgsqlException? Fault(Exception? error) => error is null ? null : error as NpgsqlException ?? Fault(error.InnerException);

    private static string Reason(NpgsqlException fault) => (fault.InnerException ?? fault).Message.TrimEnd('.');
}

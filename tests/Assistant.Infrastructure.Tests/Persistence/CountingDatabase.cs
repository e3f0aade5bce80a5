using System.Data.Common;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>Counts the connections and transactions opened on a database.</summary>
internal sealed class CountingDatabase(IDatabase inner) : IDatabase
{
    public int Opened { get; private set; }

    public int Transactions { get; private set; }

    public bool IsPostgres => inner.IsPostgres;

    public string ForUpdate => inner.ForUpdate;

    public SchemaVersion Schema => inner.Schema;

    /// <summary>Contexts of EF Core, each of which may have it make its model.</summary>
    public int Contexts { get; private set; }

    public DbConnection Open(bool forWriting)
    {
        Opened++;
        return inner.Open(forWriting);
    }

    public SqlStatement Prepare(DbConnection connection, string sql, int parameters) => inner.Prepare(connection, sql, parameters);

    public DbTransaction BeginWrite(DbConnection connection)
    {
        Transactions++;
        return inner.BeginWrite(connection);
    }

    public AssistantDbContext OpenContext(TenantScope scope)
    {
        Contexts++;
        return inner.OpenContext(scope);
    }

    public AssistantDbContext OpenSchemaContext()
    {
        Contexts++;
        return inner.OpenSchemaContext();
    }

    public AssistantDbContext EnlistContext(DbConnection connection, DbTransaction transaction, TenantScope scope)
    {
        Contexts++;
        return inner.EnlistContext(connection, transaction, scope);
    }

    public Task MigrateAsync(CancellationToken cancellationToken) => inner.MigrateAsync(cancellationToken);
}

using System.Data.Common;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>Counts the connections and transactions opened on a database, and loses the answer to a commit when asked to.</summary>
internal sealed class CountingDatabase(IDatabase inner) : IDatabase
{
    public int Opened { get; private set; }

    public int Transactions { get; private set; }

    public bool IsPostgres => inner.IsPostgres;

    public string ForUpdate => inner.ForUpdate;

    public SchemaVersion Schema => inner.Schema;

    /// <summary>Whether the next commit happens and its answer is lost with the connection.</summary>
    public bool LosesNextAnswer { get; set; }

    /// <summary>Contexts of EF Core, each of which may have it make its model.</summary>
    public int Contexts { get; private set; }

    public DbConnection Open(bool forWriting)
    {
        Opened++;
        return inner.Open(forWriting);
    }

    public void ForgetConnections() => inner.ForgetConnections();

    public SqlStatement Prepare(DbConnection connection, string sql, int parameters) => inner.Prepare(connection, sql, parameters);

    public DbTransaction BeginWrite(DbConnection connection)
    {
        Transactions++;
        var transaction = inner.BeginWrite(connection);
        return LosesNextAnswer ? new LosingTransaction(this, transaction) : transaction;
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

    private sealed class LosingTransaction(CountingDatabase database, DbTransaction inner) : DbTransaction
    {
        public override System.Data.IsolationLevel IsolationLevel => inner.IsolationLevel;

        protected override DbConnection? DbConnection => inner.Connection;

        public override void Commit()
        {
            var connection = inner.Connection!;
            inner.Commit();
            database.LosesNextAnswer = false;
            connection.Close();
            throw new LostAnswerException();
        }

        public override void Rollback() => inner.Rollback();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>The connection ended before the answer to a commit came.</summary>
internal sealed class LostAnswerException() : DbException("The connection was lost.");

using System.Data.Common;

namespace Assistant.Infrastructure.Persistence;

/// <summary>One of the twin databases: how to reach it and where its SQL differs.</summary>
/// <remarks>All SQL of the stores is common to both dialects except for what is named here and in search.</remarks>
internal interface IDatabase
{
    bool IsPostgres { get; }

    /// <summary>Appended to a SELECT whose row the transaction will change; empty where the write lock already covers it.</summary>
    string ForUpdate { get; }

    /// <summary>The schema of this build.</summary>
    SchemaVersion Schema { get; }

    /// <summary>An open connection, tuned and ready. The caller owns it.</summary>
    DbConnection Open(bool forWriting);

    /// <summary>Closes what lies open and unused, and what is in use once it is given back: whoever opens one from here on gets a new one.</summary>
    void ForgetConnections();

    /// <summary>A statement kept prepared on a connection of this database. The caller owns it.</summary>
    /// <param name="sql">Constant text; nothing of a value is ever joined into it.</param>
    SqlStatement Prepare(DbConnection connection, string sql, int parameters);

    /// <summary>Begins the writer's transaction, taking the write lock where there is one.</summary>
    DbTransaction BeginWrite(DbConnection connection);

    /// <summary>A context of its own connection, for reads. The caller disposes it.</summary>
    AssistantDbContext OpenContext(TenantScope scope);

    /// <summary>A context on the writer's connection and transaction.</summary>
    AssistantDbContext EnlistContext(DbConnection connection, DbTransaction transaction, TenantScope scope);

    /// <summary>A context of its own connection that may change the schema and sees every tenant's rows. The caller disposes it.</summary>
    AssistantDbContext OpenSchemaContext();

    /// <summary>Applies outstanding migrations, and makes sure that the database keeps tenants apart where it can.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);
}

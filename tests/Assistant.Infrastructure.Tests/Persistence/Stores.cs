using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit;
using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tenancy;
using Assistant.Infrastructure.Tests.Security;
using Assistant.Testing;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>A database of its own with some tenants, gone afterwards.</summary>
internal sealed class Stores : IAsyncDisposable
{
    private Stores() { }

    private Func<Task> Drop { get; init; } = () => Task.CompletedTask;

    public required IDatabase Database { get; init; }

    public required WriteQueue Writes { get; init; }

    public required ReadPool Reads { get; init; }

    public required SqlAuditLog Audit { get; init; }

    public required AuditKeys AuditKeys { get; init; }

    public static Task<Stores> CreateAsync(bool onPostgres, TimeProvider clock, params TenantId[] tenants)
        => CreateAsync(onPostgres, clock, Sealing.Key(1), tenants);

    /// <param name="master">Above the keys of the audit log, which are made with the tenants.</param>
    public static async Task<Stores> CreateAsync(bool onPostgres, TimeProvider clock, MasterKey master, params TenantId[] tenants)
    {
        IDatabase database;
        Func<Task> drop;
        if (onPostgres)
        {
            var connection = await MigratedDatabases.TakeAsync();
            database = new PostgresDatabase(connection);
            drop = () => MigratedDatabases.GiveBackAsync(connection);
        }
        else
        {
            var folder = new DataFolder(Path.Combine(Path.GetTempPath(), $"store_{Guid.CreateVersion7():N}"));
            await MigratedDatabases.CopyToAsync(folder);
            drop = () =>
            {
                Directory.Delete(folder.Path, recursive: true);
                return Task.CompletedTask;
            };
            database = new SqliteDatabase(folder);
        }

        var options = Options.Create(new DatabaseOptions());
        var auditKeys = new AuditKeys(master, clock);
        var writes = new WriteQueue(database, new InMemoryLiveFeed(), auditKeys, options, NullLogger<WriteQueue>.Instance);
        var reads = new ReadPool(database, options);
        var stores = new Stores
        {
            Database = database,
            Writes = writes,
            Reads = reads,
            Audit = new SqlAuditLog(database, reads, writes, auditKeys, clock),
            AuditKeys = auditKeys,
            Drop = drop,
        };
        foreach (var tenant in tenants)
        {
            await new SqlTenantDirectory(reads, writes, clock).EnsureAsync(tenant, tenant.Value, CancellationToken.None);
        }

        return stores;
    }

    /// <summary>The writer of a second process over the same database.</summary>
    public WriteQueue OpenSecondQueue()
        => new(Database, new InMemoryLiveFeed(), new AuditKeys(Sealing.Key(1), TimeProvider.System), Options.Create(new DatabaseOptions()), NullLogger<WriteQueue>.Instance);

    public async ValueTask DisposeAsync()
    {
        await Writes.DisposeAsync();
        Reads.Dispose();
        if (Database is IAsyncDisposable closable)
        {
            await closable.DisposeAsync();
        }

        await Drop();
    }
}

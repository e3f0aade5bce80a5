using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Checkpoints;
using Assistant.Infrastructure.Audit.Tree;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Audit;

public abstract class SqlAuditTreeStoreTests(bool onPostgres) : AuditTreeStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    protected override async Task<(IAuditTreeStore Store, IAuditLog Log)> CreateAsync(params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, TimeProvider.System, tenants);
        return (new SqlAuditTreeStore(_stores.Reads, _stores.Writes), _stores.Audit);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}

public sealed class SqliteAuditTreeStoreTests() : SqlAuditTreeStoreTests(onPostgres: false);

public sealed class PostgresAuditTreeStoreTests() : SqlAuditTreeStoreTests(onPostgres: true);

public abstract class SqlCheckpointStoreTests(bool onPostgres) : CheckpointStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    protected override async Task<ICheckpointStore> CreateAsync(params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, TimeProvider.System, tenants);
        return new SqlCheckpointStore(_stores.Reads, _stores.Writes);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}

public sealed class SqliteCheckpointStoreTests() : SqlCheckpointStoreTests(onPostgres: false);

public sealed class PostgresCheckpointStoreTests() : SqlCheckpointStoreTests(onPostgres: true);

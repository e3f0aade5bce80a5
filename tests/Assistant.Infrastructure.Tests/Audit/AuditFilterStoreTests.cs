using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Filters;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Infrastructure.Tests.Security;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;

namespace Assistant.Infrastructure.Tests.Audit;

/// <summary>Keeps the fake honest.</summary>
public sealed class InMemoryAuditFilterStoreTests : AuditFilterStoreContract
{
    protected override Task<IAuditFilterStore> CreateAsync(params TenantId[] tenants) => Task.FromResult<IAuditFilterStore>(new InMemoryAuditFilterStore());
}

public abstract class SqlAuditFilterStoreTests(bool onPostgres) : AuditFilterStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    protected override async Task<IAuditFilterStore> CreateAsync(params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, TimeProvider.System, tenants);
        var keys = new Sealing(_stores);
        return new SqlAuditFilterStore(_stores.Reads, _stores.Writes, keys.Writes, keys.Sealer);
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

public sealed class SqliteAuditFilterStoreTests() : SqlAuditFilterStoreTests(onPostgres: false);

public sealed class PostgresAuditFilterStoreTests() : SqlAuditFilterStoreTests(onPostgres: true);

using Assistant.Domain.Ai;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Infrastructure.Tests.Security;
using Assistant.Testing.Ai;
using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Ai;

/// <summary>Keeps the fake honest.</summary>
public sealed class InMemoryEngineStoreTests : EngineStoreContract
{
    protected override Task<IEngineStore> CreateAsync(params TenantId[] tenants) => Task.FromResult<IEngineStore>(new InMemoryEngineStore());
}

public abstract class SqlEngineStoreTests(bool onPostgres) : EngineStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected override async Task<IEngineStore> CreateAsync(params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, TimeProvider.System, tenants);
        var keys = new Sealing(_stores);
        return new SqlEngineStore(_stores.Reads, _stores.Writes, keys.Sealer, keys.Writes, new EngineChanges());
    }
}

public sealed class SqliteEngineStoreTests() : SqlEngineStoreTests(onPostgres: false);

public sealed class PostgresEngineStoreTests() : SqlEngineStoreTests(onPostgres: true);

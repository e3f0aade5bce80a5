using Assistant.Domain.Ai;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Ai;
using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Ai;

/// <summary>Keeps the fake honest.</summary>
public sealed class InMemoryEngineStoreTests : EngineStoreContract
{
    protected override Task<IEngineStore> CreateAsync(params TenantId[] tenants) => Task.FromResult<IEngineStore>(new InMemoryEngineStore());
}

public abstract class EfEngineStoreTests(bool onPostgres) : EngineStoreContract, IAsyncDisposable
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
        return new EfEngineStore(_stores.Database, _stores.Writes, new ReversingSealer(), new EngineChanges());
    }

    /// <summary>Stores bytes back to front: enough to show that what is stored is what was sealed.</summary>
    private sealed class ReversingSealer : ISecretSealer
    {
        public Task<byte[]> SealAsync(TenantId tenant, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
            => Task.FromResult<byte[]>([.. plaintext.ToArray().Reverse()]);

        public Task<byte[]> OpenAsync(TenantId tenant, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken)
            => Task.FromResult<byte[]>([.. sealedBytes.ToArray().Reverse()]);
    }
}

public sealed class SqliteEngineStoreTests() : EfEngineStoreTests(onPostgres: false);

public sealed class PostgresEngineStoreTests() : EfEngineStoreTests(onPostgres: true);

using Assistant.Domain.Ai;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Tenancy;
using Assistant.Testing.Ai;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Ai;

/// <summary>Keeps the fake honest.</summary>
public sealed class InMemoryEngineStoreTests : EngineStoreContract
{
    protected override Task<IEngineStore> CreateAsync(params TenantId[] tenants) => Task.FromResult<IEngineStore>(new InMemoryEngineStore());
}

public sealed class SqliteEngineStoreTests : EngineStoreContract, IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("engines-");
    private WriteQueue? _writes;

    public async ValueTask DisposeAsync()
    {
        if (_writes is not null)
        {
            await _writes.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    protected override async Task<IEngineStore> CreateAsync(params TenantId[] tenants)
    {
        var database = new SqliteDatabase(new DataFolder(_folder.FullName));
        await using (var context = database.OpenContext(TenantScope.System))
        {
            await context.Database.EnsureCreatedAsync();
            foreach (var tenant in tenants)
            {
                context.Add(new TenantRow { Id = tenant.Value, DisplayName = tenant.Value, CreatedAt = DateTimeOffset.UnixEpoch });
            }

            await context.SaveChangesAsync();
        }

        _writes = new WriteQueue(database, new RecordedSignals(), Options.Create(new DatabaseOptions()), NullLogger<WriteQueue>.Instance);
        return new EfEngineStore(database, _writes, new ReversingSealer(), new EngineChanges());
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

using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.ApiKeys;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

public abstract class SqlApiKeyStoreTests(bool onPostgres) : ApiKeyStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    protected override async Task<(IApiKeyStore Keys, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, clock, tenants);
        return (new SqlApiKeyStore(_stores.Reads, _stores.Writes, clock, NullLogger<SqlApiKeyStore>.Instance), _stores.Audit);
    }

    [Fact]
    public async Task A_key_lets_in_while_its_use_cannot_be_stored()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (keys, _) = await CreateAsync(TimeProvider.System, TenantId.Default);
        var (secret, now) = (ApiKeySecret.Create(), TimeProvider.System.GetUtcNow());
        var key = new ApiKey(ApiKeyId.Create(), TenantId.Default, "script", Roles.Viewer, secret.Hint, now, null, null);
        await keys.AddAsync(
            key, secret, new AuditDraft(TenantId.Default, now, Actor.System, AuditActions.ApiKeyCreated, "apikey/x", "local", AuditDraft.NoDetails), cancel);
        var withoutSpace = new SqlApiKeyStore(_stores!.Reads, new FullDisk(), TimeProvider.System, NullLogger<SqlApiKeyStore>.Instance);

        Assert.Equal(key.Id, (await withoutSpace.FindAsync(secret, cancel))?.Id);
        Assert.Null(await withoutSpace.FindAsync(ApiKeySecret.Create(), cancel));
    }

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private sealed class FullDisk : IWriteQueue
    {
        public Task<T> ExecuteAsync<T>(TenantScope scope, Func<WriteSession, T> unit, CancellationToken cancellationToken)
            => Task.FromException<T>(new IOException("The disk is full."));
    }
}

public sealed class SqliteApiKeyStoreTests() : SqlApiKeyStoreTests(onPostgres: false);

public sealed class PostgresApiKeyStoreTests() : SqlApiKeyStoreTests(onPostgres: true);

public sealed class InMemoryApiKeyStoreTests : ApiKeyStoreContract
{
    protected override Task<(IApiKeyStore Keys, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        var audit = new InMemoryAuditLog();
        return Task.FromResult<(IApiKeyStore, IAuditLog)>((new InMemoryApiKeyStore(audit, clock), audit));
    }
}

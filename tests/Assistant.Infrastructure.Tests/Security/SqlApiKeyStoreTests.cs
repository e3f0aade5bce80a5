using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.ApiKeys;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;

namespace Assistant.Infrastructure.Tests.Security;

public abstract class SqlApiKeyStoreTests(bool onPostgres) : ApiKeyStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    protected override async Task<(IApiKeyStore Keys, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, clock, tenants);
        return (new SqlApiKeyStore(_stores.Reads, _stores.Writes, clock), _stores.Audit);
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

using Assistant.Domain.Audit;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.StepUp;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;

namespace Assistant.Infrastructure.Tests.Security;

public abstract class SqlStepUpStoreTests(bool onPostgres) : StepUpStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    protected override async Task<(IStepUpStore Store, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, clock, tenants);
        return (new SqlStepUpStore(_stores.Reads, _stores.Writes), _stores.Audit);
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

public sealed class SqliteStepUpStoreTests() : SqlStepUpStoreTests(onPostgres: false);

public sealed class PostgresStepUpStoreTests() : SqlStepUpStoreTests(onPostgres: true);

public sealed class InMemoryStepUpStoreTests : StepUpStoreContract
{
    protected override Task<(IStepUpStore Store, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        var audit = new InMemoryAuditLog();
        return Task.FromResult<(IStepUpStore, IAuditLog)>((new InMemoryStepUpStore(audit), audit));
    }
}

using Assistant.Domain.Audit;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.Invitations;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;

namespace Assistant.Infrastructure.Tests.Security;

public abstract class SqlInvitationStoreTests(bool onPostgres) : InvitationStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    protected override async Task<(IInvitationStore Invitations, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, clock, tenants);
        return (new SqlInvitationStore(_stores.Database, _stores.Writes), _stores.Audit);
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

public sealed class SqliteInvitationStoreTests() : SqlInvitationStoreTests(onPostgres: false);

public sealed class PostgresInvitationStoreTests() : SqlInvitationStoreTests(onPostgres: true);

public sealed class InMemoryInvitationStoreTests : InvitationStoreContract
{
    protected override Task<(IInvitationStore Invitations, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants)
    {
        var audit = new InMemoryAuditLog();
        return Task.FromResult<(IInvitationStore, IAuditLog)>((new InMemoryInvitationStore(audit), audit));
    }
}

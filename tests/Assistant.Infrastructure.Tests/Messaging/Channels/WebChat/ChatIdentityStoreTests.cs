using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Channels.WebChat;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Infrastructure.Tests.Security;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WebChat;

public abstract class SqlChatIdentityStoreTests(bool onPostgres) : ChatIdentityStoreContract, IAsyncDisposable
{
    private Stores? _stores;
    private SqlConnectionStore? _connections;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected override IAuditLog Log => _stores!.Audit;

    protected override async Task<IChatIdentityStore> CreateAsync(params Connection[] connections)
    {
        _stores = await Stores.CreateAsync(onPostgres, TimeProvider.System, [.. connections.Select(connection => connection.Tenant)]);
        var keys = new Sealing(_stores);
        _connections = new SqlConnectionStore(_stores.Reads, _stores.Writes, keys.Sealer, keys.Writes);
        foreach (var connection in connections)
        {
            await _connections.PutAsync(connection, Audit(connection, AuditActions.ConnectionSaved), Cancel);
        }

        return new SqlChatIdentityStore(_stores.Reads, keys.Writes, keys.Sealer, TimeProvider.System);
    }

    [Fact]
    public async Task A_key_is_sealed_and_goes_with_its_connection()
    {
        var key = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
        var store = await CreateAsync(Desk, Shop);
        await store.AddAsync(Desk, key, Cancel);
        var stored = await _stores!.Reads.ReadAsync(
            TenantScope.System,
            session => session.QueryFirst("SELECT sealed_private_key FROM chat_identities WHERE connection_id = @p0", row => row.GetBytes(0), "desk"), Cancel);
        Assert.Equal(-1, stored.AsSpan().IndexOf(key.AsSpan(0, 8)));

        Assert.True(await _connections!.DeleteAsync(Desk.Tenant, Desk.Id, Audit(Desk, AuditActions.ConnectionDeleted), Cancel));

        Assert.Null(await store.FindAsync(Desk, Cancel));
    }

    /// <summary>Sealed for this tenant, and yet in a row of another.</summary>
    [Fact]
    public async Task A_key_in_another_tenants_row_is_not_given_out()
    {
        var store = await CreateAsync(Desk, Shop);
        await store.AddAsync(Desk, new byte[32], Cancel);
        await _stores!.Writes.ExecuteAsync(
            TenantScope.System, session => session.Execute("UPDATE chat_identities SET tenant_id = @p0", Shop.Tenant.Value), Cancel);

        Assert.Null(await store.FindAsync(Desk, Cancel));
        await Assert.ThrowsAsync<SealBrokenException>(() => store.AddAsync(Desk, new byte[32], Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private static AuditDraft Audit(Connection connection, string action)
        => new(connection.Tenant, default, Actor.System, action, $"connection/{connection.Id}", "local", AuditDraft.NoDetails);
}

public sealed class SqliteChatIdentityStoreTests() : SqlChatIdentityStoreTests(onPostgres: false);

public sealed class PostgresChatIdentityStoreTests() : SqlChatIdentityStoreTests(onPostgres: true);

public sealed class InMemoryChatIdentityStoreTests : ChatIdentityStoreContract
{
    private readonly InMemoryAuditLog _log = new();

    protected override Task<IChatIdentityStore> CreateAsync(params Connection[] connections)
        => Task.FromResult<IChatIdentityStore>(new InMemoryChatIdentityStore(_log));

    protected override IAuditLog Log => _log;
}

using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of web chats' identity keys must do.</summary>
public abstract class ChatIdentityStoreContract
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];

    protected static Connection Desk { get; } = Make("desk", TenantId.Default);

    protected static Connection Shop { get; } = Make("shop", new TenantId("other"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store in which the connections and their tenants exist.</summary>
    protected abstract Task<IChatIdentityStore> CreateAsync(params Connection[] connections);

    /// <summary>Where the store of the last <see cref="CreateAsync"/> writes its events.</summary>
    protected abstract IAuditLog Log { get; }

    [Fact]
    public async Task A_key_is_kept_as_it_was_given()
    {
        var store = await CreateAsync(Desk, Shop);
        Assert.Null(await store.FindAsync(Desk, Cancel));

        Assert.Equal(Key, await store.AddAsync(Desk, Key, Cancel));

        Assert.Equal(Key, await store.FindAsync(Desk, Cancel));
        Assert.Null(await store.FindAsync(Shop, Cancel));
    }

    [Fact]
    public async Task The_first_key_stays()
    {
        var store = await CreateAsync(Desk, Shop);
        await store.AddAsync(Desk, Key, Cancel);

        Assert.Equal(Key, await store.AddAsync(Desk, OtherKey, Cancel));
        Assert.Equal(Key, await store.FindAsync(Desk, Cancel));
        Assert.Equal(OtherKey, await store.AddAsync(Shop, OtherKey, Cancel));
    }

    [Fact]
    public async Task Of_several_at_once_all_are_given_the_same()
    {
        var store = await CreateAsync(Desk, Shop);

        var given = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.AddAsync(Desk, Enumerable.Repeat((byte)i, 32).ToArray(), Cancel)));

        Assert.Single(given.Select(Convert.ToHexString).Distinct());
    }

    [Fact]
    public async Task A_connection_of_the_same_name_in_another_tenant_has_not_this_key()
    {
        var store = await CreateAsync(Desk, Shop);
        await store.AddAsync(Desk, Key, Cancel);

        Assert.Null(await store.FindAsync(Desk with { Tenant = Shop.Tenant }, Cancel));
    }

    [Fact]
    public async Task A_replaced_key_is_the_one_from_then_on_and_the_event_says_so()
    {
        var store = await CreateAsync(Desk, Shop);
        await store.AddAsync(Desk, Key, Cancel);
        await store.AddAsync(Shop, Key, Cancel);

        Assert.True(await store.ReplaceAsync(Desk, OtherKey, Replaced(Desk), Cancel));

        Assert.Equal(OtherKey, await store.FindAsync(Desk, Cancel));
        Assert.Equal(OtherKey, await store.AddAsync(Desk, Key, Cancel));
        Assert.Equal(Key, await store.FindAsync(Shop, Cancel));
        Assert.Equal("connection/desk", Assert.Single(await ReplacementsAsync(Desk.Tenant)).What.Subject);
    }

    [Fact]
    public async Task Where_there_is_no_key_none_is_replaced()
    {
        var store = await CreateAsync(Desk, Shop);
        await store.AddAsync(Desk, Key, Cancel);
        var foreign = Desk with { Tenant = Shop.Tenant };

        Assert.False(await store.ReplaceAsync(Shop, OtherKey, Replaced(Shop), Cancel));
        Assert.False(await store.ReplaceAsync(foreign, OtherKey, Replaced(foreign), Cancel));

        Assert.Null(await store.FindAsync(Shop, Cancel));
        Assert.Equal(Key, await store.FindAsync(Desk, Cancel));
        Assert.Empty(await ReplacementsAsync(Shop.Tenant));
    }

    private async Task<IReadOnlyList<AuditEvent>> ReplacementsAsync(TenantId tenant)
        => (await Log.ListAsync(tenant, new AuditFilter(Action: AuditActions.ChatKeyReplaced), null, 10, Cancel)).Items;

    private static AuditDraft Replaced(Connection connection) => new(
        connection.Tenant, DateTimeOffset.UnixEpoch, Actor.System, AuditActions.ChatKeyReplaced, $"connection/{connection.Id}", "local", AuditDraft.NoDetails);

    private static Connection Make(string name, TenantId tenant) => new(
        new ConnectionId(name), tenant, WebChatProfile.ChannelType, name, AccessPolicy.Open, IsEnabled: true, IsProvisioned: false, SettingValues.Empty, default, default);
}

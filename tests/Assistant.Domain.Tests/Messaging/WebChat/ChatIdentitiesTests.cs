using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security;
using Assistant.Domain.Security.EndToEnd;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Xunit;

namespace Assistant.Domain.Tests.Messaging.WebChat;

public sealed class ChatIdentitiesTests
{
    private static readonly Connection Desk = Make("desk", TenantId.Default, WebChatProfile.ChannelType);
    private static readonly Connection Shop = Make("shop", new TenantId("other"), WebChatProfile.ChannelType);
    private static readonly Connection Phone = Make("phone", TenantId.Default, "telegram");

    private readonly InMemoryConnections _connections = new(new InMemoryAuditLog());
    private readonly InMemoryAuditLog _log = new();
    private readonly InMemoryChatIdentityStore _keys;
    private readonly ChatIdentities _identities;

    public ChatIdentitiesTests()
    {
        _connections.Put(Desk);
        _connections.Put(Shop);
        _connections.Put(Phone);
        _keys = new InMemoryChatIdentityStore(_log);
        _identities = new ChatIdentities(_keys, _connections, new PlainKeyAgreement());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chat_has_one_key_and_no_other_chat_has_it()
    {
        var first = await _identities.OfAsync(Desk, Cancel);

        Assert.Equal(first.Public.ToArray(), (await _identities.OfAsync(Desk, Cancel)).Public.ToArray());
        Assert.NotEqual(first.Public.ToArray(), (await _identities.OfAsync(Shop, Cancel)).Public.ToArray());
    }

    [Fact]
    public async Task What_is_shown_is_the_key_that_answers()
    {
        var key = (await _identities.OfAsync(Desk, Cancel)).Public;

        var shown = await _identities.ShowAsync(By(Permissions.ChannelsRead), Desk.Id, Cancel);

        Assert.Equal(new ChatIdentity(System.Buffers.Text.Base64Url.EncodeToString(key.Span), SafetyNumber.Of(key.Span)), Assert.IsType<ChatKeyOutcome.Found>(shown).Identity);
    }

    [Fact]
    public async Task Asking_for_a_key_that_is_to_come_makes_none()
    {
        Assert.IsType<ChatKeyOutcome.NotYet>(await _identities.ShowAsync(By(Permissions.ChannelsRead), Desk.Id, Cancel));
        Assert.IsType<ChatKeyOutcome.NotYet>(await Keys.ShowAsync(By(Permissions.ChannelsRead), "desk", Cancel));

        Assert.Null(await _keys.FindAsync(Desk, Cancel));
    }

    [Fact]
    public async Task Nothing_is_shown_of_another_tenant_another_channel_or_a_chat_that_does_not_encrypt()
    {
        var caller = By(Permissions.ChannelsRead);
        Assert.IsType<ChatKeyOutcome.NotFound>(await _identities.ShowAsync(caller, Shop.Id, Cancel));
        Assert.IsType<ChatKeyOutcome.NotFound>(await _identities.ShowAsync(caller, Phone.Id, Cancel));
        Assert.IsType<ChatKeyOutcome.NotFound>(await _identities.ShowAsync(caller, new ConnectionId("unknown"), Cancel));

        _connections.Put(Desk with { Settings = new SettingValues([new("encryption", "off")]) });
        Assert.IsType<ChatKeyOutcome.NotFound>(await _identities.ShowAsync(caller, Desk.Id, Cancel));
    }

    [Fact]
    public async Task Only_who_may_see_connections_is_shown_a_key()
        => await Assert.ThrowsAsync<PermissionDeniedException>(() => _identities.ShowAsync(By(), Desk.Id, Cancel));

    [Fact]
    public async Task A_replaced_key_is_shown_answers_and_is_told_with_both_numbers()
    {
        var caller = By(Permissions.ChannelsRead, Permissions.ChannelsManage);
        var before = ChatIdentity.Of(await _identities.OfAsync(Desk, Cancel));

        var after = (await Keys.ReplaceAsync(caller, "desk", Cancel))!;

        Assert.NotEqual(before, after);
        Assert.Equal(new ChatKeyOutcome.Found(after), await Keys.ShowAsync(caller, "desk", Cancel));
        Assert.Equal(after, ChatIdentity.Of(await _identities.OfAsync(Desk, Cancel)));
        var told = Assert.Single(await EventsAsync()).What;
        Assert.Equal(("connection/desk", before.SafetyNumber, after.SafetyNumber), (told.Subject, told.Details["from"], told.Details["to"]));
    }

    [Theory]
    [InlineData("shop")] // of another tenant
    [InlineData("phone")]
    [InlineData("unknown")]
    [InlineData("No slug")]
    public async Task What_is_no_encrypting_chat_of_the_callers_has_no_key_to_replace(string name)
    {
        var shops = (await _identities.OfAsync(Shop, Cancel)).Public.ToArray();

        Assert.Null(await Keys.ReplaceAsync(By(Permissions.ChannelsManage), name, Cancel));

        Assert.Equal(shops, (await _identities.OfAsync(Shop, Cancel)).Public.ToArray());
        Assert.Empty(await EventsAsync());
    }

    [Fact]
    public async Task Only_who_may_change_connections_replaces_a_key()
        => await Assert.ThrowsAsync<PermissionDeniedException>(() => Keys.ReplaceAsync(By(Permissions.ChannelsRead), "desk", Cancel));

    private ChatKeyDesk Keys => new(_identities, _keys, new PlainKeyAgreement(), new OpenGuard(), TimeProvider.System);

    private async Task<IReadOnlyList<AuditEvent>> EventsAsync()
        => (await _log.ListAsync(TenantId.Default, new AuditFilter(Action: AuditActions.ChatKeyReplaced), null, 10, Cancel)).Items;

    private static Caller By(params string[] permissions) => new(Actor.System, TenantId.Default, permissions.ToHashSet(), "local");

    private static Connection Make(string name, TenantId tenant, string type) => new(
        new ConnectionId(name), tenant, type, name, AccessPolicy.Open, IsEnabled: true, IsProvisioned: false, SettingValues.Empty, default, default);
}

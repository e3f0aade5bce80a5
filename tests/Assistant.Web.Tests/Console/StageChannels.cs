using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Testing.Fakes;

namespace Assistant.Web.Tests.Console;

/// <summary>Two messengers that only describe themselves, and connections in each state a screen can show.</summary>
internal sealed class StageChannels(TimeProvider time) : IChannelCatalog, IConnectionHealth, IConnectionSupervisor
{
    private readonly Dictionary<string, ConnectionHealth> _health = new(StringComparer.Ordinal);

    public static ChannelManifest Telegram { get; } = new(
        "telegram", "Telegram", "M21.9 4.6 18.7 19.5c-.2 1-.9 1.3-1.7.8l-4.7-3.5-2.3 2.2c-.3.3-.5.5-1 .5l.4-4.9 8.9-8c.4-.3-.1-.5-.6-.2L6.7 13.3l-4.8-1.5c-1-.3-1-1 .2-1.5l18.5-7.1c.9-.3 1.6.2 1.3 1.4Z",
        new Uri("https://core.telegram.org/bots/features#botfather"), ChannelCapabilities.Webhook | ChannelCapabilities.Typing, new TextLimit(4096),
        [
            new("token", new("Bot token", "机器人令牌"), new("What @BotFather sent you: digits, a colon and letters.", "@BotFather 发给您的内容：数字、冒号和字母。"), SettingKind.Secret, IsRequired: true),
            new("mode", new("How to receive", "接收方式"), new("Polling needs no public address.", "轮询不需要公网地址。"), SettingKind.Choice, Default: "polling",
                Choices: [new("polling", new("Polling", "轮询")), new("webhook", new("Webhook", "Webhook"))]),
            new("apiBaseUrl", new("API address", "API 地址"), new("Only for a server of your own.", "仅在使用自建服务器时修改。"), SettingKind.Url, Default: "https://api.telegram.org"),
        ]);

    public static ChannelManifest WebChat { get; } = new(
        "webchat", "Web chat", "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H9l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Z", null,
        ChannelCapabilities.Streaming | ChannelCapabilities.Typing, new TextLimit(20000),
        [
            new("title", new("Title", "标题"), new("Shown at the top of the chat.", "显示在聊天窗口顶部。"), Default: "Assistant"),
            new("remember", new("Remember visitors", "记住访客"), new("They find their conversation again after closing the page.", "关闭页面后，访客仍能找回对话。"), SettingKind.Switch, Default: "true"),
        ]);

    public IReadOnlyList<IChannel> All { get; } = [new StageChannel(Telegram), new StageChannel(WebChat)];

    IChannel? IChannelCatalog.Find(string type) => All.FirstOrDefault(channel => channel.Manifest.Type == type);

    ConnectionHealth? IConnectionHealth.Find(ConnectionId id) => _health.GetValueOrDefault(id.Value);

    public bool HasStarted => true;

    public Task RefreshAsync(ConnectionId connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Fills the store with one connection in each state.</summary>
    public void Fill(FakeConnections connections)
    {
        Add(connections, "web", "webchat", "Website", AccessPolicy.Open, ConnectionState.Up, Phrase.Of("webchat.open", ("address", "/chat/web")), inbound: 2, outbound: 2, isProvisioned: false);
        Add(connections, "tg-support", "telegram", "Support bot", AccessPolicy.Pairing, ConnectionState.Up, Phrase.Of("telegram.polling", ("bot", "example_support_bot")), inbound: 7, outbound: 6, isProvisioned: false);
        Add(connections, "tg-family", "telegram", "Family", AccessPolicy.Allowlist, ConnectionState.Down, Phrase.Of("telegram.token-refused"), inbound: 190, outbound: 200, isProvisioned: false);
        Add(connections, "tg-declared", "telegram", "Announcements", AccessPolicy.Blocked, ConnectionState.Degraded, Phrase.Of("telegram.pause"), inbound: null, outbound: 1, isProvisioned: true);
    }

    private void Add(FakeConnections connections, string name, string type, string title, AccessPolicy access, ConnectionState state, Phrase detail, int? inbound, int? outbound, bool isProvisioned)
    {
        var now = time.GetUtcNow();
        var settings = new SettingValues(type == "telegram" ? [KeyValuePair.Create("token", "110201543:kept-secret")] : []);
        connections.Put(new Connection(new ConnectionId(name), TenantId.Default, type, title, access, true, isProvisioned, settings, now.AddDays(-20), now.AddDays(-20)));
        _health[name] = new ConnectionHealth(
            new ConnectionId(name), state, detail, now.AddMinutes(-30),
            inbound is { } i ? now.AddMinutes(-i) : null, outbound is { } o ? now.AddMinutes(-o) : null);
    }

    private sealed class StageChannel(ChannelManifest manifest) : IChannel
    {
        private static readonly Phrase SignIn = Phrase.Of("telegram.check-sign-in");
        private static readonly ConnectionCheck Receiving = new(Phrase.Of("telegram.check-receiving"), true, Phrase.Of("telegram.ready-to-poll", ("count", "0")));

        public ChannelManifest Manifest => manifest;

        public IChannelSession Open(Connection connection) => new FakeSession();

        public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => Task.FromResult(new ConnectionTest(
            settings.Find("token") is null or "good"
                ? [new(SignIn, true, Phrase.Of("telegram.bot-is", ("bot", "example_support_bot"))), Receiving]
                : [new(SignIn, false, Phrase.Of("telegram.token-refused"), Phrase.Of("telegram.token-fix")), Receiving],
            TimeSpan.FromMilliseconds(412)));
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Webhook;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;
using Assistant.Testing.Webhook;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Webhook;

/// <summary>A platform behind a mapping.</summary>
internal sealed class WebhookRig : ChannelRig
{
    private readonly MessengerHttp _http = new(
        TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);

    private readonly Dictionary<int, JsonObject> _lastSaid = [];

    private WebhookRig(PlatformEmulator platform, PublicFiles files, CallbackHouse house)
    {
        (Platform, Files) = (platform, files);
        Platform.Net = files.Net;
        Channel = new WebhookChannel(_http, TimeProvider.System);
        Connection = new(
            new ConnectionId("hook"), TenantId.Default, "webhook", "Our platform", AccessPolicy.Open, true, false, Mapping(), TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());
        House = house;
    }

    public PlatformEmulator Platform { get; }

    public CallbackHouse House { get; }

    public override PublicFiles Files { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Mapping(("sendUrl", "http://127.0.0.1:1/chats/{chat}/messages"));

    public override IReadOnlyList<string> ProofNames => ["x-signature"];

    public override TimeSpan? CallbackTolerance => WebhookProof.Tolerance;

    public static async Task<WebhookRig> NewAsync(CallbackHouse house)
    {
        var rig = new WebhookRig(await PlatformEmulator.StartAsync(), await PublicFiles.StartAsync(), house);
        await house.AdoptAsync(rig);
        rig.Platform.Callback = house.AddressOf(rig.Connection.Id);
        return rig;
    }

    public SettingValues Mapping(params IReadOnlyList<(string Key, string Value)> changes)
    {
        var values = new Dictionary<string, string>
        {
            ["secret"] = PlatformEmulator.Secret, ["signaturePrefix"] = "sha256=", ["signed"] = "{timestamp}.{body}", ["timestampHeader"] = "X-Time",
            ["id"] = "$.id", ["text"] = "$.text", ["chat"] = "$.channel.id", ["sender"] = "$.user.id", ["name"] = "$.user.name", ["title"] = "$.channel.name", ["time"] = "$.time",
            ["only"] = "$.type != hologram", ["edited"] = "$.type = edited", ["deleted"] = "$.type = deleted", ["bot"] = "$.user.is_bot",
            ["group"] = "$.channel.type != direct", ["mention"] = "@helper", ["challenge"] = "$.challenge",
            ["files"] = "$.files", ["fileUrl"] = "$.url", ["fileName"] = "$.name", ["fileType"] = "$.type",
            ["fileBody"] = """{"file": "{file}", "name": "{fileName}", "type": "{fileType}", "id": "{id}"}""",
            ["sendUrl"] = $"{Platform.Address}/chats/{{chat}}/messages", ["sendSecret"] = PlatformEmulator.Token,
            ["sentId"] = "$.message.id", ["sentOk"] = "$.ok", ["sentError"] = "$.error",
        };
        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

    public override ExternalChat ChatOf(int person) => new($"{person}");

    public override Task SayAsync(int person, string text) => DeliverAsync(_lastSaid[person] = Platform.NewMessage($"{person}", text));

    public override Task EditLastAsync(int person, string text)
        => DeliverAsync(Platform.NewMessage($"{person}", text, kind: "edited", id: (string)_lastSaid[person]["id"]!));

    public override Task DeleteLastAsync(int person) => DeliverAsync(Platform.NewMessage($"{person}", "", kind: "deleted", id: (string)_lastSaid[person]["id"]!));

    public override Task SayInGroupAsync(int person, string text, bool isMention)
        => DeliverAsync(Platform.NewMessage($"{person}", isMention ? $"@helper, {text}" : text, chat: "lobby", isGroup: true));

    public override Task SayAsBotAsync(string text) => DeliverAsync(Platform.NewMessage("6001", text, isBot: true));

    public override Task RedeliverLastAsync() => DeliverAsync(_lastSaid.Values.Last());

    public override Task SendUnknownAsync() => DeliverAsync(new JsonObject { ["type"] = "hologram", ["id"] = "h1", ["depth"] = new JsonArray(1, 2) });

    public override void RevokeCredentials() => Platform.IsRevoked = true;

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
    {
        var body = Encoding.UTF8.GetBytes(Platform.NewMessage($"{person}", text, id: "callback-1").ToJsonString());
        return new WebhookRequest("POST", Platform.Sign(body, TimeProvider.System.GetUtcNow() - age), new Dictionary<string, string>(), body);
    }

    public override IReadOnlyList<string> ShownTo(int person) => [.. Platform.Shown.Where(shown => shown.Chat == $"{person}").Select(shown => shown.Text)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Platform.ShownFiles.Where(shown => shown.Chat == $"{person}").Select(shown => (shown.Name, shown.Content))];

    public override string VoiceKind => "audio";

    public override Task SendFileAsync(int person, byte[] content) => DeliverAsync(_lastSaid[person] = Platform.NewFile($"{person}", "a.bin", "application/octet-stream", content));

    public override Task SendVoiceAsync(int person, byte[] content) => DeliverAsync(Platform.NewFile($"{person}", "voice.ogg", "audio/ogg", content));

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void FloodNextSend(int seconds) => Platform.Fail(context =>
    {
        (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (StatusCodes.Status429TooManyRequests, $"{seconds}");
        return Task.FromResult(false);
    });

    public override void BreakNextSend() => Platform.Fail(context =>
    {
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
        return Task.FromResult(false);
    });

    public override void LoseNextAnswer() => Platform.Fail(_ => Task.FromResult(true));

    public override void Refuse(int person) => Platform.Refuse($"{person}");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Platform.DisposeAsync();
        await Files.DisposeAsync();
        _http.Dispose();
    }

    private Task DeliverAsync(JsonObject platformEvent)
    {
        Platform.Deliver((JsonObject)platformEvent.DeepClone());
        return Task.CompletedTask;
    }
}

public sealed class WebhookContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await WebhookRig.NewAsync(_house);
}

using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Feishu;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

/// <summary>The Feishu channel with the emulator behind it.</summary>
internal sealed class FeishuRig : ChannelRig
{
    private readonly MessengerHttp _http;
    private readonly MessengerSockets _sockets = new(TestOutgoing.Default);
    private readonly TimeProvider _time;
    private readonly string _mode;

    private FeishuRig(FeishuEmulator emulator, string mode, FeishuOptions options, CallOptions calls, TimeProvider time)
    {
        (Emulator, _mode, _time) = (emulator, mode, time);
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(calls), time);
        Channel = new FeishuChannel(_http, _sockets, Options.Create(options), time);
        Connection = new Connection(
            new ConnectionId("feishu"), TenantId.Default, "feishu", "Feishu", AccessPolicy.Open, true, false, Settings(), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
    }

    public FeishuEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings(KeyValuePair.Create("appSecret", "secret-of-nobody"));

    public override IReadOnlyList<string> ProofNames => [FeishuProof.SignatureHeader, FeishuProof.TimestampHeader, FeishuProof.NonceHeader];

    public override TimeSpan? CallbackTolerance => TimeSpan.FromHours(8);

    public static async Task<FeishuRig> NewAsync(
        CallbackHouse? house = null, Action<FeishuOptions>? configure = null, TimeProvider? time = null, string mode = "webhook")
    {
        var options = new FeishuOptions();
        configure?.Invoke(options);
        var rig = new FeishuRig(
            await FeishuEmulator.StartAsync(), mode, options, new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }, time ?? TimeProvider.System);
        rig.Host.PublicBaseUrl = new Uri("https://assistant.test");
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            rig.Emulator.PostTo(house.AddressOf(rig.Connection.Id));
        }

        return rig;
    }

    /// <summary>One with a long connection.</summary>
    public static Task<FeishuRig> NewConnectedAsync(Action<FeishuOptions>? configure = null) => NewAsync(configure: configure, mode: "socket");

    public override ExternalChat ChatOf(int person) => new(FeishuEmulator.ChatOf(person));

    public override Task SayAsync(int person, string text) => Done(() => Emulator.Say(person, text));

    public override Task DeleteLastAsync(int person) => Done(() => Emulator.RecallLast(person));

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
        => Done(() => Emulator.React(person, message, emoji == "👍" ? "THUMBSUP" : "HEART", isTakenBack));

    public override Task RedeliverReactionAsync() => Done(Emulator.TellLastAnew);

    public override Task ReactAsAssistantAsync(int person, string message) => Done(() => Emulator.ReactAsApp(message, "OnIt"));

    public override Task PressAsync(int person, string data) => Done(() => Emulator.Press(person, data));

    public override Task SendFileAsync(int person, byte[] content) => Done(() => Emulator.SendFile(person, "img_v3_1", content));

    public override Task SendVoiceAsync(int person, byte[] content) => Done(() => Emulator.SendVoice(person, "file_v3_1", content));

    public override Task SayInGroupAsync(int person, string text, bool isMention) => Done(() => Emulator.SayInGroup(person, text, isMention));

    public override Task SayAsBotAsync(string text) => Done(() =>
    {
        var said = Emulator.NewSaid(6001, text);
        said["event"]!["sender"]!["sender_type"] = "app";
        Emulator.TellRaw(said);
    });

    public override Task EchoLastAsync() => Done(Emulator.EchoLast);

    public override Task RedeliverLastAsync() => Done(Emulator.TellLastAgain);

    public override Task SendUnknownAsync() => Done(() =>
    {
        Emulator.Tell("im.chat.updated_v1", new() { ["chat_id"] = "oc_1", ["operator_id"] = new JsonObject { ["open_id"] = "ou_1" } });
        Emulator.TellRaw(new() { ["ts"] = "1.0", ["uuid"] = "u1", ["token"] = Emulator.VerificationToken, ["type"] = "event_callback", ["event"] = new JsonObject { ["type"] = "message" } });
        Emulator.Send(5001, "hologram", new() { ["x"] = 1 });
    });

    public override void EndToken() => Emulator.EndToken();

    public override void RevokeCredentials() => Emulator.ChangeSecret();

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
        => _mode == "webhook" ? Signed(Emulator.NewSaid(person, text).ToJsonString(), age) : throw new NotSupportedException("The connection opens sockets.");

    /// <summary>A body as Feishu would post it.</summary>
    public WebhookRequest Signed(string body, TimeSpan age = default)
    {
        var bytes = Emulator.Encrypt(body);
        return new("POST", Emulator.Proof(bytes, _time.GetUtcNow() - age), new Dictionary<string, string>(), bytes);
    }

    public override IReadOnlyList<string> ShownTo(int person) => [.. Emulator.Shown.Where(m => m.Chat == FeishuEmulator.ChatOf(person)).Select(m => m.Seen)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.Shown.Where(m => m.Chat == FeishuEmulator.ChatOf(person)).Select(Emulator.FileOf).OfType<(string, byte[])>()];

    public override void FloodNextSend(int seconds) => Emulator.Fail("send", new FeishuFault.Flood(seconds));

    public override void BreakNextSend() => Emulator.Fail("send", new FeishuFault.Status(503));

    public override void LoseNextAnswer() => Emulator.Fail("send", new FeishuFault.Cut());

    public override void FloodNextFile(int seconds) => Emulator.Fail("upload", new FeishuFault.Flood(seconds, WithStatus: 400));

    public override void BreakNextFile() => Emulator.Fail("upload", new FeishuFault.Status(503));

    public override void LoseNextFileAnswer() => Emulator.Fail("send", new FeishuFault.Cut());

    public override void Refuse(int person) => Emulator.Refuse(FeishuEmulator.ChatOf(person), 230013);

    /// <summary>The settings that fit the emulator, with some of them changed.</summary>
    public SettingValues Settings(params IReadOnlyList<KeyValuePair<string, string>> changes)
    {
        var values = new Dictionary<string, string>
        {
            ["appId"] = Emulator.AppId, ["appSecret"] = Emulator.AppSecret, ["encryptKey"] = Emulator.EncryptKey,
            ["verificationToken"] = Emulator.VerificationToken, ["mode"] = _mode, ["apiBaseUrl"] = Emulator.ApiBaseUrl,
        };
        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

    /// <summary>A session with other settings.</summary>
    public IChannelSession OpenWith(params IReadOnlyList<KeyValuePair<string, string>> changes) => Channel.Open(Connection with { Settings = Settings(changes) });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Emulator.DisposeAsync();
        _sockets.Dispose();
        _http.Dispose();
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}

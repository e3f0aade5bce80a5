using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Slack;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;
using Assistant.Testing.Slack;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Slack;

/// <summary>The Slack channel with the emulator behind it.</summary>
internal sealed class SlackRig : ChannelRig
{
    private readonly MessengerHttp _http;
    private readonly MessengerSockets _sockets = new(TestOutgoing.Default);
    private readonly TimeProvider _time;
    private readonly string _mode;

    private SlackRig(SlackEmulator emulator, string mode, SlackOptions options, CallOptions calls, TimeProvider time)
    {
        (Emulator, _mode, _time) = (emulator, mode, time);
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(calls), time);
        Channel = new SlackChannel(_http, _sockets, Options.Create(options), time);
        Connection = ConnectionWith(Settings());
    }

    public SlackEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings(KeyValuePair.Create("botToken", "xoxb-of-nobody"));

    public override IReadOnlyList<string> ProofNames => [SlackSignature.SignatureHeader, SlackSignature.TimestampHeader];

    public override TimeSpan? CallbackTolerance => TimeSpan.FromMinutes(5);

    public static async Task<SlackRig> NewAsync(Action<SlackOptions>? configure = null, TimeProvider? time = null, TimeSpan? callTimeout = null)
    {
        var options = new SlackOptions();
        configure?.Invoke(options);
        return new SlackRig(
            await SlackEmulator.StartAsync(), "socket", options, new CallOptions { CallTimeout = callTimeout ?? TimeSpan.FromSeconds(5) }, time ?? TimeProvider.System);
    }

    /// <summary>One that is called, at a house.</summary>
    public static async Task<SlackRig> NewCalledAsync(CallbackHouse? house = null, TimeProvider? time = null)
    {
        var rig = new SlackRig(await SlackEmulator.StartAsync(), "webhook", new SlackOptions(), new CallOptions(), time ?? TimeProvider.System);
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            rig.Emulator.PostTo(house.AddressOf(rig.Connection.Id));
        }

        return rig;
    }

    public override ExternalChat ChatOf(int person) => new(SlackEmulator.ChatOf(person));

    public override Task SayAsync(int person, string text) => Done(() => Emulator.Say(person, text));

    public override Task EditLastAsync(int person, string text) => Done(() => Emulator.EditLast(person, text));

    public override Task DeleteLastAsync(int person) => Done(() => Emulator.DeleteLast(person));

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
        => Done(() => Emulator.React(person, SlackEmulator.UserOf(person), message, emoji == "👍" ? "+1::skin-tone-3" : "heart", isTakenBack));

    public override Task RedeliverReactionAsync() => Done(Emulator.TellLastAgain);

    public override Task ReactAsAssistantAsync(int person, string message) => Done(() => Emulator.React(person, SlackEmulator.BotUser, message, "eyes", isTakenBack: false));

    public override Task PressAsync(int person, string data) => Done(() => Emulator.Press(person, data));

    public override Task SendFileAsync(int person, byte[] content) => Done(() => Emulator.SendFile(person, "F1", content));

    public override Task SendVoiceAsync(int person, byte[] content) => Done(() => Emulator.SendFile(person, "F2", content, file =>
    {
        (file["name"], file["mimetype"], file["subtype"]) = ("audio_message.m4a", "audio/mp4", "slack_audio");
    }));

    public override Task SayInGroupAsync(int person, string text, bool isMention) => Done(() => Emulator.SayInGroup(person, text, isMention));

    public override Task SayAsBotAsync(string text) => Done(() => Emulator.Say(6001, text, message => message["bot_id"] = "B200"));

    public override Task EchoLastAsync() => Done(Emulator.EchoLast);

    public override Task RedeliverLastAsync() => Done(Emulator.TellLastAgain);

    public override Task SendUnknownAsync() => Done(() =>
    {
        Emulator.Tell(new() { ["type"] = "channel_created", ["channel"] = new System.Text.Json.Nodes.JsonObject { ["id"] = "C9" } });
        Emulator.Tell("hologram", new() { ["x"] = 1 });
    });

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
    {
        if (_mode != "webhook")
        {
            throw new NotSupportedException("The connection opens sockets.");
        }

        return Signed(Encoding.UTF8.GetBytes(Emulator.NewCallback(person, text).ToJsonString()), age);
    }

    /// <summary>A body as Slack would post it.</summary>
    public WebhookRequest Signed(byte[] body, TimeSpan age = default)
        => new("POST", Emulator.Proof(body, _time.GetUtcNow() - age), new Dictionary<string, string>(), body);

    public override IReadOnlyList<string> ShownTo(int person) => [.. Emulator.Shown.Where(m => m.Channel == SlackEmulator.ChatOf(person)).Select(m => m.Seen)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.Shared.Where(file => file.Channel == SlackEmulator.ChatOf(person)).Select(file => (file.Name, file.Content))];

    public override void FloodNextSend(int seconds) => Emulator.Fail("chat.postMessage", new SlackFault.Status(429, $"{seconds}"));

    public override void BreakNextSend() => Emulator.Fail("chat.postMessage", new SlackFault.Status(503));

    public override void LoseNextAnswer() => Emulator.Fail("chat.postMessage", new SlackFault.Cut());

    public override void FloodNextFile(int seconds) => Emulator.Fail("files.getUploadURLExternal", new SlackFault.Status(429, $"{seconds}"));

    public override void BreakNextFile() => Emulator.Fail("upload", new SlackFault.Status(503));

    public override void LoseNextFileAnswer() => Emulator.Fail("files.completeUploadExternal", new SlackFault.Cut());

    public override void Refuse(int person) => Emulator.Refuse(SlackEmulator.ChatOf(person), "is_archived");

    public override void RevokeCredentials() => Emulator.RevokeToken();

    public static Connection ConnectionWith(SettingValues settings) => new(
        new ConnectionId("slack"), TenantId.Default, "slack", "Slack", AccessPolicy.Open, true, false, settings, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>The settings that fit the emulator, with some of them changed.</summary>
    public SettingValues Settings(params IReadOnlyList<KeyValuePair<string, string>> changes)
    {
        var values = new Dictionary<string, string>
        {
            ["botToken"] = Emulator.BotToken, ["apiBaseUrl"] = Emulator.ApiBaseUrl, ["mode"] = _mode,
            ["appToken"] = Emulator.AppToken, ["signingSecret"] = Emulator.SigningSecret,
        };
        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

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

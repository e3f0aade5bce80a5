using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Discord;
using Assistant.Infrastructure.Tests.Messaging.Calls;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Discord;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Discord;

/// <summary>The Discord channel with the emulator behind it.</summary>
internal sealed class DiscordRig : ChannelRig
{
    private static readonly SigningKey Key = new();

    private readonly MessengerHttp _http;
    private readonly MessengerSockets _sockets = new(TestOutgoing.Default);

    private DiscordRig(DiscordEmulator emulator, DiscordOptions options, IReadOnlyList<KeyValuePair<string, string>> settings, CallOptions? calls = null)
    {
        Emulator = emulator;
        Emulator.VerifyKey = Key.Public;
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(calls ?? new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);
        Channel = new DiscordChannel(_http, _sockets, Options.Create(options), TimeProvider.System);
        Connection = ConnectionWith(Settings(settings));
    }

    public DiscordEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override string NeedsCursor => "Discord lists no direct chats to bots: which there are is in the cursor.";

    public override SettingValues WrongSettings => Settings([KeyValuePair.Create("token", "of.no.bot")]);

    public override IReadOnlyList<string> ProofNames => [Ed25519Proof.SignatureHeader, Ed25519Proof.TimestampHeader];

    public override TimeSpan? CallbackTolerance => TimeSpan.FromMinutes(5);

    public static async Task<DiscordRig> NewAsync(Action<DiscordOptions>? configure = null, params IReadOnlyList<KeyValuePair<string, string>> settings)
    {
        var options = new DiscordOptions { NewSessionPause = TimeSpan.FromMilliseconds(20) };
        configure?.Invoke(options);
        return new DiscordRig(await DiscordEmulator.StartAsync(), options, settings);
    }

    /// <summary>With another patience for calls.</summary>
    public static async Task<DiscordRig> NewAsync(CallOptions calls) => new(await DiscordEmulator.StartAsync(), new DiscordOptions(), [], calls);

    public override ExternalChat ChatOf(int person) => new(DiscordEmulator.ChatOf(person));

    public override Task SayAsync(int person, string text) => Done(() => Emulator.Say(person, text));

    public override Task EditLastAsync(int person, string text) => Done(() => Emulator.EditLast(person, text));

    public override Task DeleteLastAsync(int person) => Done(() => Emulator.DeleteLast(person));

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
        => Done(() => Emulator.React(person, DiscordEmulator.UserOf(person), message, emoji, isTakenBack));

    public override Task ReactAsAssistantAsync(int person, string message) => Done(() => Emulator.React(person, DiscordEmulator.Bot, message, "👀", isTakenBack: false));

    public override Task PressAsync(int person, string data) => Done(() => Emulator.Press(person, data));

    public override Task SendFileAsync(int person, byte[] content) => Done(() => Emulator.SendFile(person, content));

    public override Task SendVoiceAsync(int person, byte[] content) => Done(() => Emulator.SendFile(person, content, message =>
    {
        var file = message["attachments"]![0]!;
        (file["filename"], file["content_type"], file["waveform"], file["duration_secs"]) = ("voice-message.ogg", "audio/ogg", "AAAA", 2.0);
        message["flags"] = 1 << 13;
    }));

    public override Task SayInGroupAsync(int person, string text, bool isMention) => Done(() => Emulator.SayInGroup(person, text, isMention));

    public override Task SayAsBotAsync(string text) => Done(() => Emulator.Say(6001, text, message => message["author"]!["bot"] = true));

    public override Task EchoLastAsync() => Done(Emulator.EchoLast);

    public override Task RedeliverLastAsync() => Done(Emulator.TellLastAgain);

    public override Task SendUnknownAsync() => Done(() =>
    {
        Emulator.Tell("HOLOGRAM_CREATE", new() { ["x"] = 1 });
        Emulator.SendRaw("""{"op":99,"d":{}}""");
        Emulator.SendRaw("no frame");
    });

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age) => Signed(Emulator.NewCommand(person, "ask", text), age);

    /// <summary>An interaction as Discord would post it.</summary>
    public static WebhookRequest Signed(JsonNode interaction, TimeSpan age = default) => Signed(Encoding.UTF8.GetBytes(interaction.ToJsonString()), age);

    /// <summary>Any bytes as Discord would post them.</summary>
    public static WebhookRequest Signed(byte[] body, TimeSpan age = default)
    {
        var timestamp = (TimeProvider.System.GetUtcNow() - age).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new WebhookRequest("POST", Key.Proof(timestamp, body), new Dictionary<string, string>(), body);
    }

    public override IReadOnlyList<string> ShownTo(int person) => [.. Emulator.Shown.Where(m => m.File is null && m.Channel == DiscordEmulator.ChatOf(person)).Select(m => m.Text)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.Shown.Where(m => m.Channel == DiscordEmulator.ChatOf(person)).Select(m => m.File).OfType<(string, byte[])>()];

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void FloodNextSend(int seconds) => Emulator.Fail("post", new DiscordFault.Flood(seconds));

    public override void BreakNextSend() => Emulator.Fail("post", new DiscordFault.Answer(503, ""));

    public override void LoseNextAnswer() => Emulator.Fail("post", new DiscordFault.Cut());

    public override void Refuse(int person) => Emulator.Refuse(DiscordEmulator.ChatOf(person));

    public override void RevokeCredentials() => Emulator.RevokeToken();

    public static Connection ConnectionWith(SettingValues settings) => new(
        new ConnectionId("discord"), TenantId.Default, "discord", "Discord", AccessPolicy.Open, true, false, settings, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>The settings that fit the emulator, with some of them changed.</summary>
    public SettingValues Settings(IReadOnlyList<KeyValuePair<string, string>> changes)
    {
        var values = new Dictionary<string, string>
        {
            ["token"] = Emulator.Token, ["apiBaseUrl"] = Emulator.ApiBaseUrl, ["readAll"] = "true", ["publicKey"] = Key.Public,
        };
        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
        }
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

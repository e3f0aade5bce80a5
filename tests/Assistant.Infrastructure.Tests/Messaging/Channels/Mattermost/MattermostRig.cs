using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Mattermost;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Mattermost;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mattermost;

/// <summary>The Mattermost channel with the emulator behind it.</summary>
internal sealed class MattermostRig : ChannelRig
{
    private readonly MessengerHttp _http;
    private readonly Dictionary<int, string> _last = [];
    private readonly MessengerSockets _sockets = new(TestOutgoing.Default);

    private MattermostRig(MattermostEmulator emulator, MattermostOptions options)
    {
        Emulator = emulator;
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);
        Channel = new MattermostChannel(_http, _sockets, Options.Create(options), TimeProvider.System);
        Connection = ConnectionWith(Settings());
    }

    public MattermostEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings(KeyValuePair.Create("token", "tokenofnobody"));

    /// <param name="house">Where presses are called back; without one choices go as text.</param>
    public static async Task<MattermostRig> NewAsync(CallbackHouse? house = null, Action<MattermostOptions>? configure = null)
    {
        var options = new MattermostOptions();
        configure?.Invoke(options);
        var rig = new MattermostRig(await MattermostEmulator.StartAsync(), options);
        if (house is not null)
        {
            await house.AdoptAsync(rig);
        }

        return rig;
    }

    public override ExternalChat ChatOf(int person) => new(MattermostEmulator.ChatOf(person));

    public override Task SayAsync(int person, string text) => Done(() => _last[person] = Emulator.Say(MattermostEmulator.ChatOf(person), MattermostEmulator.UserOf(person), text));

    public override Task EditLastAsync(int person, string text) => Done(() => Emulator.Edit(_last[person], text));

    public override Task DeleteLastAsync(int person) => Done(() => Emulator.Delete(_last[person]));

    public override async Task PressAsync(int person, string data)
    {
        var post = Emulator.Shown(MattermostEmulator.ChatOf(person))[^1];
        var action = post["props"]!["attachments"]![0]!["actions"]!.AsArray().Single(action => (string?)action!["integration"]!["context"]!["data"] == data)!;
        await Emulator.PressAsync(MattermostEmulator.UserOf(person), post, (string)action["name"]!);
    }

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false) => Done(
        () => Emulator.React(MattermostEmulator.ChatOf(person), MattermostEmulator.UserOf(person), message, emoji == "👍" ? "+1" : "heart", isTakenBack));

    public override Task ReactAsAssistantAsync(int person, string message)
        => Done(() => Emulator.React(MattermostEmulator.ChatOf(person), MattermostEmulator.Bot, message, "eyes", isTakenBack: false));

    public override Task SendFileAsync(int person, byte[] content) => Done(() => Send(person, "ffile", "a.png", "image/png", content));

    // Without a table of types in its system a server has none for sound.
    public override Task SendVoiceAsync(int person, byte[] content) => Done(() => Send(person, "fvoice", "voice.ogg", "", content));

    public override string VoiceKind => "audio";

    private void Send(int person, string id, string name, string type, byte[] content)
    {
        Emulator.Keep(id, name, type, content);
        Emulator.Say(MattermostEmulator.ChatOf(person), MattermostEmulator.UserOf(person), "", post =>
        {
            post["file_ids"] = new JsonArray(id);
            post["metadata"] = new JsonObject
            {
                ["files"] = new JsonArray(new JsonObject
                {
                    ["id"] = id, ["user_id"] = MattermostEmulator.UserOf(person), ["name"] = name, ["extension"] = Path.GetExtension(name).TrimStart('.'), ["mime_type"] = type,
                    ["size"] = content.Length, ["mini_preview"] = null,
                }),
            };
        });
    }

    public override Task SayInGroupAsync(int person, string text, bool isMention)
        => Done(() => Emulator.Say(MattermostEmulator.Group, MattermostEmulator.UserOf(person), isMention ? $"@{MattermostEmulator.BotName} {text}" : text));

    public override Task SayAsBotAsync(string text) => Done(() =>
    {
        Emulator.Say(MattermostEmulator.ChatOf(5001), "u6001", text);
        Emulator.Say(MattermostEmulator.ChatOf(5001), MattermostEmulator.UserOf(5001), text, post => post["props"] = new JsonObject { ["from_webhook"] = "true" });
    });

    // The socket brings what the bot itself posted.
    public override Task EchoLastAsync() => Task.CompletedTask;

    public override Task SendUnknownAsync() => Done(() =>
    {
        Emulator.TellOther("hologram", new JsonObject { ["post"] = 5 });
        Emulator.TellOther("posted", new JsonObject { ["post"] = "{" });
        Emulator.Say(MattermostEmulator.ChatOf(5001), MattermostEmulator.UserOf(5001), "came in", post => post["type"] = "system_join_channel");
    });

    public override IReadOnlyList<string> ShownTo(int person) => [.. Shown(person).Where(post => !HasFile(post)).Select(post => (string)post["message"]!)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Shown(person).Where(HasFile).Select(post => Emulator.Kept((string)post["file_ids"]![0]!))];

    public override void FloodNextSend(int seconds) => Emulator.Fail("posts", new MattermostFault.Refusal(429, "api.rate_limit", $"{seconds}"));

    public override void BreakNextSend() => Emulator.Fail("posts", new MattermostFault.Answer(502, "<html>"));

    public override void LoseNextAnswer() => Emulator.Fail("posts", new MattermostFault.Cut());

    public override void FloodNextFile(int seconds) => Emulator.Fail("files", new MattermostFault.Refusal(429, "api.rate_limit", $"{seconds}"));

    public override void BreakNextFile() => Emulator.Fail("files", new MattermostFault.Answer(503, ""));

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void Refuse(int person) => Emulator.Refuse(MattermostEmulator.ChatOf(person));

    public override void RevokeCredentials() => Emulator.RevokeToken();

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age) => throw new NotSupportedException("Only presses are called back.");

    public static Connection ConnectionWith(SettingValues settings) => new(
        new ConnectionId("mattermost"), TenantId.Default, "mattermost", "Mattermost", AccessPolicy.Open, true, false, settings,
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>The settings that fit the emulator, with some of them changed.</summary>
    public SettingValues Settings(params IReadOnlyList<KeyValuePair<string, string>> changes)
    {
        var values = new Dictionary<string, string> { ["serverUrl"] = Emulator.ServerUrl, ["token"] = Emulator.Token };
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

    private IReadOnlyList<JsonObject> Shown(int person) => Emulator.Shown(MattermostEmulator.ChatOf(person));

    private static bool HasFile(JsonObject post) => post["file_ids"]!.AsArray().Count > 0;

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}

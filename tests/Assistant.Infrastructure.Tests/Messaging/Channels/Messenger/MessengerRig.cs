using System.Globalization;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Messenger;
using Assistant.Infrastructure.Messaging.Meta;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;
using Assistant.Testing.Messenger;
using Assistant.Testing.Meta;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Messenger;

/// <summary>The Facebook Messenger channel with the emulator behind it.</summary>
internal sealed class MessengerRig : ChannelRig
{
    private readonly MessengerHttp _http = new(
        TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);

    private readonly Dictionary<int, JsonObject> _lastSaid = [];
    private JsonObject? _lastReaction;
    private int _edits;

    private MessengerRig(MessengerEmulator emulator)
    {
        Emulator = emulator;
        Channel = new MessengerChannel(_http, TimeProvider.System);
        Connection = new(
            new ConnectionId("messenger"), TenantId.Default, "messenger", "Messenger", AccessPolicy.Open, true, false, Settings(), TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());
    }

    public MessengerEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings(("accessToken", "another-token"));

    public override IReadOnlyList<string> ProofNames => [MetaCallback.SignatureHeader];

    public static async Task<MessengerRig> NewAsync(CallbackHouse? house = null)
    {
        var emulator = new MessengerEmulator();
        await emulator.StartAsync();
        var rig = new MessengerRig(emulator);
        rig.Host.PublicBaseUrl = new Uri("https://assistant.example/");
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            emulator.Callback = house.AddressOf(rig.Connection.Id);
        }

        return rig;
    }

    public SettingValues Settings(params (string Key, string Value)[] changed)
    {
        var values = new Dictionary<string, string>
        {
            ["pageId"] = MessengerEmulator.PageId, ["accessToken"] = GraphEmulator.Token, ["appSecret"] = GraphEmulator.AppSecret,
            ["verifyToken"] = GraphEmulator.VerifyToken, ["apiBaseUrl"] = Emulator.ApiBaseUrl,
        };
        foreach (var (key, value) in changed)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

    public static string PersonOf(int person) => string.Create(CultureInfo.InvariantCulture, $"254384795640{person}");

    public override ExternalChat ChatOf(int person) => new(PersonOf(person));

    public override Task SayAsync(int person, string text) => DeliverAsync(_lastSaid[person] = Emulator.NewText(PersonOf(person), text));

    public override Task EditLastAsync(int person, string text)
    {
        var happened = Emulator.NewEvent(PersonOf(person));
        happened["message_edit"] = new JsonObject { ["mid"] = (string)_lastSaid[person]["message"]!["mid"]!, ["text"] = text, ["num_edit"] = ++_edits };
        return DeliverAsync(happened);
    }

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
    {
        _lastReaction = Emulator.NewEvent(PersonOf(person));
        _lastReaction["reaction"] = isTakenBack
            ? new JsonObject { ["mid"] = message, ["action"] = "unreact" }
            : new JsonObject { ["mid"] = message, ["action"] = "react", ["emoji"] = emoji, ["reaction"] = "other" };
        return DeliverAsync(_lastReaction);
    }

    public override Task RedeliverReactionAsync() => DeliverAsync(_lastReaction!);

    public override Task PressAsync(int person, string data)
    {
        var shown = Emulator.Shown.Last(shown => shown.To == PersonOf(person));
        var (title, payload) = shown.Choices.Single(choice => choice.Payload.Contains($"\n{data}\n", StringComparison.Ordinal));
        var happened = shown.HasQuickReplies ? Emulator.NewText(PersonOf(person), title) : Emulator.NewEvent(PersonOf(person));
        if (shown.HasQuickReplies)
        {
            happened["message"]!["quick_reply"] = new JsonObject { ["payload"] = payload };
        }
        else
        {
            happened["postback"] = new JsonObject { ["mid"] = "m_postback", ["title"] = title, ["payload"] = payload };
        }

        return DeliverAsync(happened);
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        Emulator.AddFile("a.bin", content);
        var happened = Emulator.NewEvent(PersonOf(person));
        happened["message"] = new JsonObject
        {
            ["mid"] = "m_file",
            ["attachments"] = new JsonArray(new JsonObject { ["type"] = "file", ["payload"] = new JsonObject { ["url"] = Emulator.AddressOf("a.bin") + "?oh=1&oe=2" } }),
        };
        return DeliverAsync(happened);
    }

    public override Task SendVoiceAsync(int person, byte[] content)
    {
        Emulator.AddFile("audioclip.mp4", content);
        var happened = Emulator.NewEvent(PersonOf(person));
        happened["message"] = new JsonObject
        {
            ["mid"] = "m_voice",
            ["attachments"] = new JsonArray(new JsonObject { ["type"] = "audio", ["payload"] = new JsonObject { ["url"] = Emulator.AddressOf("audioclip.mp4") + "?oh=1&oe=2" } }),
        };
        return DeliverAsync(happened);
    }

    public override Task EchoLastAsync() => DeliverAsync(MessengerEmulator.EchoOf(Emulator.Shown[^1]));

    public override Task RedeliverLastAsync() => DeliverAsync(_lastSaid.Values.Last());

    public override Task SendUnknownAsync()
    {
        var happened = Emulator.NewEvent(PersonOf(1));
        happened["hologram"] = new JsonObject { ["depth"] = 3 };
        return DeliverAsync(happened);
    }

    public override void RevokeCredentials() => Emulator.IsRevoked = true;

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age) => CallbackWith(MessengerEmulator.CallbackWith(Emulator.NewText(PersonOf(person), text)));

    /// <summary>A signed callback as it arrives.</summary>
    public static WebhookRequest CallbackWith(JsonNode content)
    {
        var body = GraphEmulator.BytesOf(content);
        return new WebhookRequest(
            "POST", new Dictionary<string, string> { [MetaCallback.SignatureHeader] = GraphEmulator.Sign(body) }, new Dictionary<string, string>(), body);
    }

    public override IReadOnlyList<string> ShownTo(int person) => [.. Emulator.Shown.Where(shown => shown.To == PersonOf(person)).Select(shown => shown.Text)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.Shown.Where(shown => shown.To == PersonOf(person)).Select(shown => shown.File).OfType<(string, byte[])>()];

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void FloodNextSend(int seconds) => Emulator.Fail(new GraphFault.Error(613, RetryAfter: seconds, Status: 429));

    public override void BreakNextSend() => Emulator.Fail(new GraphFault.Page(500));

    public override void LoseNextAnswer() => Emulator.Fail(new GraphFault.Cut());

    public override void Refuse(int person) => Emulator.Refuse(PersonOf(person), new GraphFault.Error(10, 2018278, "This message is sent outside of allowed window.", 403));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Assert.Equal(0, Emulator.LateAnswers);
        await Emulator.DisposeAsync();
        _http.Dispose();
    }

    private Task DeliverAsync(JsonObject happened)
    {
        Emulator.Deliver(MessengerEmulator.CallbackWith(happened));
        return Task.CompletedTask;
    }
}

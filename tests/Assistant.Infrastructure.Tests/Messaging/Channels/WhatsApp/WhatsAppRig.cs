using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.WhatsApp;
using Assistant.Infrastructure.Messaging.Meta;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;
using Assistant.Testing.Meta;
using Assistant.Testing.WhatsApp;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WhatsApp;

/// <summary>The WhatsApp channel with the emulator behind it.</summary>
internal sealed partial class WhatsAppRig : ChannelRig
{
    private readonly MessengerHttp _http = new(
        TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);

    private readonly Dictionary<int, JsonObject> _lastSaid = [];
    private JsonObject? _lastReaction;

    private WhatsAppRig(WhatsAppEmulator emulator)
    {
        Emulator = emulator;
        Channel = new WhatsAppChannel(_http, TimeProvider.System);
        Connection = new(
            new ConnectionId("whatsapp"), TenantId.Default, "whatsapp", "WhatsApp", AccessPolicy.Open, true, false, Settings(), TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());
    }

    public WhatsAppEmulator Emulator { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings(("accessToken", "another-token"));

    public override IReadOnlyList<string> ProofNames => [MetaCallback.SignatureHeader];

    public static async Task<WhatsAppRig> NewAsync(CallbackHouse? house = null)
    {
        var emulator = new WhatsAppEmulator();
        await emulator.StartAsync();
        var rig = new WhatsAppRig(emulator);
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
            ["phoneNumberId"] = WhatsAppEmulator.NumberId, ["accessToken"] = GraphEmulator.Token, ["appSecret"] = GraphEmulator.AppSecret,
            ["verifyToken"] = GraphEmulator.VerifyToken, ["apiBaseUrl"] = Emulator.ApiBaseUrl,
        };
        foreach (var (key, value) in changed)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

    public static string PhoneOf(int person) => string.Create(CultureInfo.InvariantCulture, $"1555010{person}");

    public override ExternalChat ChatOf(int person) => new(PhoneOf(person));

    public override Task SayAsync(int person, string text) => DeliverAsync(_lastSaid[person] = Emulator.NewText(PhoneOf(person), text));

    public override Task EditLastAsync(int person, string text)
    {
        var message = Emulator.NewMessage(PhoneOf(person), "edit");
        message["edit"] = new JsonObject
        {
            ["original_message_id"] = (string)_lastSaid[person]["id"]!, ["message"] = new JsonObject { ["type"] = "text", ["text"] = new JsonObject { ["body"] = text } },
        };
        return DeliverAsync(message);
    }

    public override Task DeleteLastAsync(int person)
    {
        var message = Emulator.NewMessage(PhoneOf(person), "revoke");
        message["revoke"] = new JsonObject { ["original_message_id"] = (string)_lastSaid[person]["id"]! };
        return DeliverAsync(message);
    }

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
    {
        _lastReaction = Emulator.NewMessage(PhoneOf(person), "reaction");
        _lastReaction["reaction"] = new JsonObject { ["message_id"] = message };
        if (!isTakenBack)
        {
            _lastReaction["reaction"]!["emoji"] = emoji;
        }

        return DeliverAsync(_lastReaction);
    }

    public override Task RedeliverReactionAsync() => DeliverAsync(_lastReaction!);

    public override Task PressAsync(int person, string data)
    {
        var shown = Emulator.Shown.Last(shown => shown.To == PhoneOf(person));
        var isList = (string?)shown.Message["interactive"]!["type"] == "list";
        var action = shown.Message["interactive"]!["action"]!;
        var choices = isList ? action["sections"]![0]!["rows"]!.AsArray() : [.. action["buttons"]!.AsArray().Select(button => button!["reply"]!.DeepClone())];
        var choice = choices.Single(choice => (string)choice!["id"]! == data)!;
        var message = Emulator.NewMessage(PhoneOf(person), "interactive");
        message["context"] = new JsonObject { ["from"] = WhatsAppEmulator.DisplayNumber, ["id"] = shown.Id };
        message["interactive"] = new JsonObject { ["type"] = isList ? "list_reply" : "button_reply", [isList ? "list_reply" : "button_reply"] = choice.DeepClone() };
        return DeliverAsync(message);
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        Emulator.AddFile("9001", content);
        var message = Emulator.NewMessage(PhoneOf(person), "document");
        message["document"] = new JsonObject { ["id"] = "9001", ["filename"] = "a.bin", ["mime_type"] = "application/octet-stream", ["sha256"] = "x" };
        return DeliverAsync(message);
    }

    public override Task SendVoiceAsync(int person, byte[] content)
    {
        Emulator.AddFile("9002", content);
        var message = Emulator.NewMessage(PhoneOf(person), "audio");
        message["audio"] = new JsonObject { ["id"] = "9002", ["mime_type"] = "audio/ogg; codecs=opus", ["sha256"] = "x", ["voice"] = true };
        return DeliverAsync(message);
    }

    public override Task RedeliverLastAsync() => DeliverAsync(_lastSaid.Values.Last());

    public override Task SendUnknownAsync()
    {
        Emulator.Deliver(WhatsAppEmulator.Wrap(WhatsAppEmulator.NumberId, new JsonObject { ["hologram"] = "x" }, field: "holograms"));
        var message = Emulator.NewMessage(PhoneOf(1), "hologram");
        message["hologram"] = new JsonObject { ["depth"] = 3 };
        return DeliverAsync(message);
    }

    public override void RevokeCredentials() => Emulator.IsRevoked = true;

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age) => CallbackWith(WhatsAppEmulator.CallbackWith(Emulator.NewText(PhoneOf(person), text)));

    /// <summary>A signed callback as it arrives.</summary>
    public static WebhookRequest CallbackWith(JsonNode content)
    {
        var body = GraphEmulator.BytesOf(content);
        return new WebhookRequest(
            "POST", new Dictionary<string, string> { [MetaCallback.SignatureHeader] = GraphEmulator.Sign(body) }, new Dictionary<string, string>(), body);
    }

    /// <summary>As a person sees it: marks are not shown.</summary>
    public override IReadOnlyList<string> ShownTo(int person)
        => [.. Emulator.Shown.Where(shown => shown.To == PhoneOf(person)).Select(shown => Bold().Replace(shown.Text, "$1"))];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person) =>
    [
        .. from shown in Emulator.Shown
           where shown.To == PhoneOf(person)
           let file = shown.Message[(string)shown.Message["type"]!]!
           where file["id"] is not null
           let upload = Emulator.Uploads[(string)file["id"]!]
           select ((string?)file["filename"] ?? upload.Name, upload.Content),
    ];

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void FloodNextSend(int seconds) => Emulator.Fail(new GraphFault.Error(130429, RetryAfter: seconds, Status: 429));

    public override void BreakNextSend() => Emulator.Fail(new GraphFault.Page(500));

    public override void LoseNextAnswer() => Emulator.Fail(new GraphFault.Cut());

    public override void Refuse(int person) => Emulator.Refuse(PhoneOf(person), new GraphFault.Error(131047, Message: "Re-engagement message"));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Assert.Equal(0, Emulator.LateAnswers);
        await Emulator.DisposeAsync();
        _http.Dispose();
    }

    private Task DeliverAsync(JsonObject message)
    {
        Emulator.Deliver(WhatsAppEmulator.CallbackWith(message));
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"\*(\w[^*\n]*)\*")]
    private static partial Regex Bold();
}

using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Telegram;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

/// <summary>The Telegram channel with the emulator behind it.</summary>
internal sealed class TelegramRig : ChannelRig
{
    private readonly TelegramHttp _http;
    private readonly int _pollSeconds;
    private readonly PublicAddressOptions _publicAddress = new();
    private readonly Dictionary<int, int> _lastSaid = [];

    private TelegramRig(TelegramEmulator emulator, bool usesWebhook, TelegramOptions options, TimeProvider time, int pollSeconds)
    {
        (Emulator, _pollSeconds) = (emulator, pollSeconds);
        _http = new TelegramHttp(TestOutgoing.Default, Options.Create(options));
        Channel = new TelegramChannel(_http, Options.Create(options), Options.Create(_publicAddress), time, NullLogger<TelegramChannel>.Instance);
        Connection = ConnectionWith(Settings(emulator.Token, usesWebhook ? "webhook" : "polling"), time);
    }

    public TelegramEmulator Emulator { get; }

    /// <summary>Where the Test button believes this installation to be.</summary>
    public Uri? PublicAddress { set => _publicAddress.BaseUrl = value; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("1234:not-this-bots", "polling");

    public static async Task<TelegramRig> NewAsync(bool usesWebhook = false, Action<TelegramOptions>? configure = null, TimeProvider? time = null, int pollSeconds = 20)
    {
        var options = new TelegramOptions { CallTimeout = TimeSpan.FromSeconds(5), CursorInterval = TimeSpan.Zero, ProbePatience = TimeSpan.FromSeconds(5) };
        configure?.Invoke(options);
        return new TelegramRig(await TelegramEmulator.StartAsync(), usesWebhook, options, time ?? TimeProvider.System, pollSeconds);
    }

    public override ExternalChat ChatOf(int person) => new(person.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public override Task SayAsync(int person, string text)
    {
        _lastSaid[person] = Emulator.Say(person, text);
        return Task.CompletedTask;
    }

    public override Task EditLastAsync(int person, string text)
    {
        Emulator.Edit(person, _lastSaid[person], text);
        return Task.CompletedTask;
    }

    public override Task ReactAsync(int person, string message, string emoji, bool isTakenBack = false)
    {
        Emulator.React(person, person, IdIn(message), isBot: false, isTakenBack ? [] : [emoji]);
        return Task.CompletedTask;
    }

    public override Task ReactAsAssistantAsync(int person, string message)
    {
        Emulator.React(person, Emulator.BotId, IdIn(message), isBot: true, "👀");
        return Task.CompletedTask;
    }

    private int IdIn(string message) => TelegramIds.TryParseMessage(message, Emulator.BotId, out _, out var id) ? id : throw new ArgumentException(message, nameof(message));

    public override Task PressAsync(int person, string data)
    {
        Emulator.Press(person, Emulator.SaidBy(person)[^1].Id, data);
        return Task.CompletedTask;
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        Emulator.AddFile("file-1", content);
        Emulator.Say(person, "", message => message["document"] = new JsonObject { ["file_id"] = "file-1", ["file_unique_id"] = "u1", ["file_size"] = content.Length });
        return Task.CompletedTask;
    }

    public override Task SendVoiceAsync(int person, byte[] content)
    {
        Emulator.AddFile("voice-1", content);
        Emulator.Say(person, "", message => message["voice"] = new JsonObject
        {
            ["file_id"] = "voice-1", ["file_unique_id"] = "u2", ["duration"] = 2, ["mime_type"] = "audio/ogg", ["file_size"] = content.Length,
        });
        return Task.CompletedTask;
    }

    public override Task SayInGroupAsync(int person, string text, bool isMention)
    {
        Emulator.SayInGroup(-77, person, isMention ? $"@{Emulator.BotUsername} {text}" : text, message =>
        {
            if (isMention)
            {
                message["entities"] = new JsonArray(new JsonObject { ["type"] = "mention", ["offset"] = 0, ["length"] = Emulator.BotUsername.Length + 1 });
            }
        });
        return Task.CompletedTask;
    }

    public override Task SayAsBotAsync(string text)
    {
        Emulator.Say(6001, text, message => message["from"]!["is_bot"] = true);
        return Task.CompletedTask;
    }

    public override Task SendUnknownAsync()
    {
        Emulator.Inject(new JsonObject { ["hologram"] = new JsonObject { ["id"] = 1 } });
        return Task.CompletedTask;
    }

    public override IReadOnlyList<string> ProofNames => [TelegramWebhook.SecretHeader];

    public override bool ProofCoversBody => false;

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age)
    {
        if (Connection.Settings.Find("mode") != "webhook")
        {
            throw new NotSupportedException("The connection polls.");
        }

        var update = new JsonObject
        {
            ["update_id"] = 800_001,
            ["message"] = new JsonObject
            {
                ["message_id"] = 11, ["date"] = 1_767_225_600, ["text"] = text,
                ["from"] = new JsonObject { ["id"] = person, ["is_bot"] = false, ["first_name"] = "Lin" },
                ["chat"] = new JsonObject { ["id"] = person, ["type"] = "private" },
            },
        };
        return new WebhookRequest(
            "POST",
            new Dictionary<string, string> { [TelegramWebhook.SecretHeader] = TelegramSettings.Read(Connection.Settings).WebhookSecret(Connection.Id) },
            new Dictionary<string, string>(),
            System.Text.Encoding.UTF8.GetBytes(update.ToJsonString()));
    }

    public override IReadOnlyList<string> ShownTo(int person) => [.. Emulator.SaidBy(person).Where(m => m.File is null).Select(m => m.Text)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.SaidBy(person).Select(m => m.File).OfType<EmulatedFile>().Select(file => (file.Name, file.Content))];

    public override void FloodNextFile(int seconds) => Emulator.Fail("sendDocument", TelegramFault.TooMany(seconds));

    public override void BreakNextFile() => Emulator.Fail("sendDocument", new TelegramFault.Error(500, "Internal Server Error"));

    public override void LoseNextFileAnswer() => Emulator.Fail("sendDocument", new TelegramFault.Cut(AfterEffect: true));

    public override void FloodNextSend(int seconds) => Emulator.Fail("sendMessage", TelegramFault.TooMany(seconds));

    public override void BreakNextSend() => Emulator.Fail("sendMessage", new TelegramFault.Error(500, "Internal Server Error"));

    public override void LoseNextAnswer() => Emulator.Fail("sendMessage", new TelegramFault.Cut(AfterEffect: true));

    public override void Refuse(int person) => Emulator.Block(person);

    public override void RevokeCredentials() => Emulator.Fail("sendMessage", new TelegramFault.Error(401, "Unauthorized"));

    public Connection ConnectionWith(SettingValues settings, TimeProvider time) => new(
        new ConnectionId("tg"), TenantId.Default, "telegram", "Telegram", AccessPolicy.Open, true, false, settings, time.GetUtcNow(), time.GetUtcNow());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Emulator.DisposeAsync();
        _http.Dispose();
    }

    private SettingValues Settings(string token, string mode) => new(new Dictionary<string, string>
    {
        ["token"] = token, ["apiBaseUrl"] = Emulator.BaseUrl, ["mode"] = mode, ["pollTimeout"] = $"{_pollSeconds}",
    });
}

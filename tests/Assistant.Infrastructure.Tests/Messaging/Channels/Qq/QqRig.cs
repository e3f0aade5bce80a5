using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Qq;
using Assistant.Infrastructure.Tests.Messaging.Calls;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;
using Assistant.Testing.Qq;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Qq;

/// <summary>The QQ channel with the emulator behind it.</summary>
internal sealed class QqRig : ChannelRig
{
    private static readonly SigningKey Key = new(QqKey.SeedOf("DG5g3B4j9X2KOErG"));

    private readonly MessengerHttp _http;

    private QqRig(PublicFiles files)
    {
        Files = files;
        Emulator = new QqEmulator(Key.Proof) { Net = files.Net };
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);
        Channel = new QqChannel(_http, TimeProvider.System);
    }

    public QqEmulator Emulator { get; }

    public override PublicFiles Files { get; }

    public override IChannel Channel { get; }

    public override Connection Connection => new(
        new ConnectionId("qq"), TenantId.Default, "qq", "QQ", AccessPolicy.Open, true, false, Settings("DG5g3B4j9X2KOErG"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    public override SettingValues WrongSettings => Settings("of no bot");

    public override IReadOnlyList<string> ProofNames => [Ed25519Proof.SignatureHeader, Ed25519Proof.TimestampHeader];

    public override TimeSpan? CallbackTolerance => TimeSpan.FromMinutes(10);

    /// <summary>One that is called at a house, or by nobody.</summary>
    public static async Task<QqRig> NewAsync(CallbackHouse? house = null)
    {
        var rig = new QqRig(await PublicFiles.StartAsync());
        await rig.Emulator.StartAsync();
        rig.Host.PublicBaseUrl = new Uri("https://assistant.test");
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            rig.Emulator.Callback = house.AddressOf(rig.Connection.Id);
        }

        return rig;
    }

    public override ExternalChat ChatOf(int person) => new(QqEmulator.UserOf(person));

    public override Task SayAsync(int person, string text) => Done(() => Emulator.Say(person, text));

    public override Task SendFileAsync(int person, byte[] content) => Done(() => Emulator.SendFile(person, content));

    public override Task SendVoiceAsync(int person, byte[] content) => Done(() => Emulator.SendFile(person, content, "voice", "a.amr"));

    public override Task SayInGroupAsync(int person, string text, bool isMention)
        => isMention ? Done(() => Emulator.SayInGroup(person, text)) : throw new NotSupportedException("QQ tells a bot of this group only what mentions it.");

    public override Task SayAsBotAsync(string text) => Done(() => Emulator.Say(6001, text, message => message["author"]!["bot"] = true));

    public override Task RedeliverLastAsync() => Done(Emulator.DeliverLastAgain);

    public override Task SendUnknownAsync() => Done(() => Emulator.Deliver(new() { ["op"] = 0, ["t"] = "HOLOGRAM_CREATE", ["d"] = new System.Text.Json.Nodes.JsonObject { ["id"] = "x" } }));

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age) => Signed(Encoding.UTF8.GetBytes(Emulator.NewEvent(person, text).ToJsonString()), age);

    /// <summary>Any bytes as QQ would post them.</summary>
    public static WebhookRequest Signed(byte[] body, TimeSpan age = default)
    {
        var timestamp = (TimeProvider.System.GetUtcNow() - age).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new WebhookRequest("POST", Key.Proof(timestamp, body), new Dictionary<string, string>(), body);
    }

    public override IReadOnlyList<string> ShownTo(int person) => [.. Emulator.Shown.Where(m => m.Chat == QqEmulator.UserOf(person) && m.File is null).Select(m => m.Text)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.Shown.Where(m => m.Chat == QqEmulator.UserOf(person)).Select(m => m.File).OfType<FoundFile>().Select(file => ("", file.Content))];

    public override string ShowsNoFileNames => "QQ shows pictures and films without names.";

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void FloodNextSend(int seconds) => Emulator.Fail(429, "", seconds);

    public override void BreakNextSend() => Emulator.Fail(503);

    public override void LoseNextAnswer() => Emulator.Cut();

    public override void Refuse(int person) => Emulator.Refuse(QqEmulator.UserOf(person));

    public override void EndToken() => Emulator.EndToken();

    public override void RevokeCredentials() => Emulator.Revoke();

    public SettingValues Settings(string secret) => new(
        [new("appId", QqEmulator.AppId), new("appSecret", secret), new("apiBaseUrl", Emulator.Address), new("tokenUrl", Emulator.TokenUrl)]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Emulator.DisposeAsync();
        await Files.DisposeAsync();
        _http.Dispose();
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}

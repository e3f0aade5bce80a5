using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Twilio;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;
using Assistant.Testing.Twilio;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Twilio;

/// <summary>The Twilio channel with the emulator behind it.</summary>
internal sealed class TwilioRig : ChannelRig
{
    private readonly MessengerHttp _http;
    private IReadOnlyList<KeyValuePair<string, string>> _last = [];

    private TwilioRig(TwilioEmulator emulator, PublicFiles files, TimeProvider time, params (string Key, string Value)[] changed)
    {
        (Emulator, Files) = (emulator, files);
        Emulator.Net = files.Net;
        _http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), time);
        Channel = new TwilioChannel(_http, time);
        Connection = new(
            new ConnectionId("twilio"), TenantId.Default, "twilio", "SMS", AccessPolicy.Open, true, false, Settings(changed), TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());
    }

    public TwilioEmulator Emulator { get; }

    public override PublicFiles Files { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings(("authToken", "another-token"));

    public override IReadOnlyList<string> ProofNames => [TwilioSession.SignatureHeader];

    /// <param name="retries">How often the callback address asks to be tried again.</param>
    public static async Task<TwilioRig> NewAsync(CallbackHouse? house = null, int retries = 5, TimeProvider? time = null, params (string Key, string Value)[] changed)
    {
        var rig = new TwilioRig(await TwilioEmulator.StartAsync(), await PublicFiles.StartAsync(), time ?? TimeProvider.System, changed);
        rig.Host.PublicBaseUrl = new Uri("https://assistant.example/");
        rig.Emulator.Callback = new Uri("https://assistant.example/webhooks/twilio");
        if (house is not null)
        {
            await house.AdoptAsync(rig);
            rig.Emulator.Callback = new Uri(house.AddressOf(rig.Connection.Id), string.Create(CultureInfo.InvariantCulture, $"#rc={retries}&rp=all"));
        }

        return rig;
    }

    public static string NumberOf(int person) => string.Create(CultureInfo.InvariantCulture, $"+1555020{person}");

    public SettingValues Settings(params (string Key, string Value)[] changed)
    {
        var values = new Dictionary<string, string>
        {
            ["accountSid"] = TwilioEmulator.AccountSid, ["authToken"] = TwilioEmulator.AuthToken, ["from"] = TwilioEmulator.Number, ["apiBaseUrl"] = Emulator.Address,
        };
        foreach (var (key, value) in changed)
        {
            values[key] = value;
        }

        return new SettingValues(values);
    }

    public override ExternalChat ChatOf(int person) => new($"{TwilioEmulator.Number}/{NumberOf(person)}");

    public override Task SayAsync(int person, string text)
    {
        _last = Emulator.FieldsOf(Emulator.Receive(NumberOf(person), text));
        return RedeliverLastAsync();
    }

    public override Task RedeliverLastAsync()
    {
        Emulator.Deliver(_last);
        return Task.CompletedTask;
    }

    public override Task SendFileAsync(int person, byte[] content)
    {
        Emulator.Deliver(Emulator.FieldsOf(Emulator.Receive(NumberOf(person), "", ("ME1", content))));
        return Task.CompletedTask;
    }

    public override Task SendVoiceAsync(int person, byte[] content)
    {
        Emulator.Deliver(Emulator.FieldsOf(Emulator.Receive(NumberOf(person), "", ("ME2voice", content))));
        return Task.CompletedTask;
    }

    public override string VoiceKind => "audio";

    public override Task SendUnknownAsync()
    {
        Emulator.Deliver([new("EventType", "hologram"), new("AccountSid", TwilioEmulator.AccountSid)]);
        return Task.CompletedTask;
    }

    public override void RevokeCredentials() => Emulator.IsRevoked = true;

    public override WebhookRequest NewCallback(int person, string text, TimeSpan age) => CallbackWith(Emulator.FieldsOf(Emulator.Receive(NumberOf(person), text)));

    /// <summary>A signed callback as it arrives.</summary>
    public WebhookRequest CallbackWith(IReadOnlyList<KeyValuePair<string, string>> fields) => new(
        "POST", new Dictionary<string, string> { [TwilioSession.SignatureHeader] = TwilioEmulator.Sign(Emulator.Callback!, fields) }, new Dictionary<string, string>(),
        Encoding.UTF8.GetBytes(string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"))));

    public override IReadOnlyList<string> ShownTo(int person) => [.. Emulator.Sent.Where(text => text.To == NumberOf(person) && text.Media is null).Select(text => text.Body)];

    public override IReadOnlyList<(string Name, byte[] Content)> FilesShownTo(int person)
        => [.. Emulator.Sent.Where(text => text.To == NumberOf(person)).Select(text => text.Media).OfType<FoundFile>().Select(file => ("", file.Content))];

    public override string ShowsNoFileNames => "Phones show what comes with a text message without its name.";

    public override void FloodNextFile(int seconds) => FloodNextSend(seconds);

    public override void BreakNextFile() => BreakNextSend();

    public override void LoseNextFileAnswer() => LoseNextAnswer();

    public override void FloodNextSend(int seconds) => Emulator.Fail(new TwilioFault.Error(20429, 429, seconds));

    public override void BreakNextSend() => Emulator.Fail(new TwilioFault.Page(500));

    public override void LoseNextAnswer() => Emulator.Fail(new TwilioFault.Cut());

    public override void Refuse(int person) => Emulator.Refuse(NumberOf(person), 21610);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Assert.Equal(0, Emulator.LateAnswers);
        await Emulator.DisposeAsync();
        await Files.DisposeAsync();
        _http.Dispose();
    }
}

using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>Text messages (SMS and MMS) through Twilio.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class TwilioChannel(MessengerHttp http, TimeProvider time) : IChannel
{
    public const string Name = "Twilio";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "twilio",
        DisplayName: "SMS (Twilio)",
        Glyph: "M4 4h16c1.100 0 2 .900 2 2v10c0 1.100-.900 2-2 2h-8l-5 4v-4H4c-1.100 0-2-.900-2-2V6c0-1.100.900-2 2-2zM6.500 9.500v3h3v-3zm4 0v3h3v-3zm4 0v3h3v-3z",
        SetupUrl: new Uri("https://www.twilio.com/docs/messaging/quickstart"),
        Capabilities: ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: TwilioText.Limit,
        Settings: TwilioSettings.Fields)
    {
        LargestFile = TwilioFiles.Largest,
        FileTypes = TwilioFiles.Types,
        FetchesFilesWithin = TwilioFiles.FetchedWithin,
        Readers = new(
            "Twilio and the phone companies of both sides read everything: text messages are not encrypted. Senders' numbers can be forged.",
            "Twilio 和双方的运营商都可以读取全部内容：短信未加密，且发件号码可以伪造。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new TwilioSession(connection, http.Of(connection.Id), time);

    /// <inheritdoc />
    public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var checks = await new TwilioCheck(new TwilioApi(TwilioSettings.Read(settings), http)).RunAsync(cancellationToken);
        return new ConnectionTest(checks, time.GetElapsedTime(started));
    }
}

using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>WhatsApp, as a business number on Meta's Cloud API.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class WhatsAppChannel(MessengerHttp http, TimeProvider time) : IChannel
{
    public const string Name = "WhatsApp";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "whatsapp",
        DisplayName: "WhatsApp",
        Glyph: "M12 2C6.5 2 2 6.5 2 12c0 1.800.5 3.500 1.300 4.900L2 22l5.200-1.300C8.700 21.500 10.300 22 12 22c5.500 0 10-4.500 10-10S17.500 2 12 2zM8.500 7h1.300l1 2.500-.900 1.300c.7 1.400 1.800 2.500 3.200 3.200l1.300-.900 2.500 1v1.300c0 1-1 1.700-2 1.600-4-.400-7.500-3.900-7.900-7.900C6.900 8 7.500 7 8.500 7z",
        SetupUrl: new Uri("https://developers.facebook.com/docs/whatsapp/cloud-api/get-started"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: WhatsAppRenderer.Limit,
        Settings: WhatsAppSettings.Fields)
    {
        LargestFile = WhatsAppFiles.Largest,
        ReplyWindow = TimeSpan.FromHours(24),
        Readers = new(
            "Meta reads everything: on the Cloud API messages are encrypted up to Meta's servers only, which answer for the business.",
            "Meta 可以读取全部内容：使用 Cloud API 时，消息只加密到代表企业的 Meta 服务器为止。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new WhatsAppSession(connection, http.Of(connection.Id), time);

    /// <inheritdoc />
    public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await new WhatsAppApi(WhatsAppSettings.Read(settings), http).ReadNumberAsync(cancellationToken);
        return new ConnectionTest([WhatsAppFaults.All.CheckOf(answer, WhatsAppApi.NameOf(answer))], time.GetElapsedTime(started));
    }
}

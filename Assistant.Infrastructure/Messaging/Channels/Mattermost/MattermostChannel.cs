using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Mattermost, over its WebSocket and REST API.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class MattermostChannel(MessengerHttp http, MessengerSockets sockets, IOptions<MattermostOptions> options, TimeProvider time) : IChannel
{
    /// <summary>As people know it.</summary>
    public const string Name = "Mattermost";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "mattermost",
        DisplayName: Name,
        Glyph: "M4 4H20V16H12L7 20V16H4ZM7 8V13H8.6V10.6L10.2 12.4H10.8L12.4 10.6V13H14V8H12.6L10.5 10.4 8.4 8Z",
        SetupUrl: new Uri("https://developers.mattermost.com/integrate/reference/bot-accounts/"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: MattermostText.Limit,
        Settings: MattermostSettings.Fields)
    {
        LargestFile = MattermostFiles.Largest,
        Readers = new(
            "The operators of the Mattermost server read everything: messages are not end-to-end encrypted.",
            "Mattermost 服务器的运营者可以读取全部内容：消息不是端到端加密的。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new MattermostSession(connection, http.Of(connection.Id), sockets, options.Value, time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        => new MattermostCheck(http, time).RunAsync(settings, cancellationToken);
}

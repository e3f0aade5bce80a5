using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Slack, over its Events API or Socket Mode and its Web API.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class SlackChannel(MessengerHttp http, MessengerSockets sockets, IOptions<SlackOptions> options, TimeProvider time) : IChannel
{
    /// <summary>As people know it.</summary>
    public const string Name = "Slack";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "slack",
        DisplayName: Name,
        Glyph: "M8.6 2.5H11L10.2 7.5H14.2L15 2.5H17.4L16.6 7.5H21V10H16.2L15.6 14H20V16.5H15.2L14.4 21.5H12L12.8 16.5H8.8L8 21.5H5.6L6.4 16.5H3V14H6.8L7.4 10H4V7.5H7.8Z"
            + "M9.8 10 9.2 14H13.2L13.8 10Z",
        SetupUrl: new Uri("https://api.slack.com/apps"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.InboundReactions | ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: SlackRenderer.Limit,
        Settings: SlackSettings.Fields)
    {
        LargestFile = SlackUploads.Largest,
        Readers = new(
            "Slack reads everything, and so can the owners of the workspace: messages are not end-to-end encrypted.",
            "Slack 可以读取全部内容，工作区的所有者也可以：消息不是端到端加密的。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new SlackSession(connection, http.Of(connection.Id), sockets, options.Value, time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => new SlackCheck(http, time).RunAsync(settings, cancellationToken);
}

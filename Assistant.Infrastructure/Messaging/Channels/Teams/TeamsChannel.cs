using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>Microsoft Teams, as a bot of its Bot Connector.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class TeamsChannel(MessengerHttp http, IOptions<CallOptions> options, TimeProvider time) : IChannel
{
    /// <summary>As people know it.</summary>
    public const string Name = "Microsoft Teams";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "teams",
        DisplayName: Name,
        Glyph: "M3 6H13V18H3ZM5.500 8.500V10H7.250V15.500H8.750V10H10.500V8.500ZM17 4A2.300 2.300 0 1 1 17 8.600 2.300 2.300 0 1 1 17 4ZM14.500 10H21V15.500A4 4 0 0 1 14.500 18.600ZM10 2.500A2 2 0 0 1 12 4.500H8A2 2 0 0 1 10 2.500Z",
        SetupUrl: new Uri("https://learn.microsoft.com/azure/bot-service/abs-quickstart"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: TeamsRenderer.Limit,
        Settings: TeamsSettings.Fields)
    {
        LargestFile = TeamsOffers.Largest,
        Readers = new(
            "Microsoft reads everything, and so can the administrators of the tenant: chats with bots are not end-to-end encrypted.",
            "Microsoft 可以读取全部内容，租户的管理员也可以：与机器人的聊天不是端到端加密的。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new TeamsSession(connection, http.Of(connection.Id), options.Value, time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => new TeamsCheck(http, options.Value, time).RunAsync(settings, cancellationToken);
}

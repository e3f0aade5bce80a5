using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Feishu (飞书), and Lark as it is called elsewhere: an app of a company's own, over its long connection or called by events.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class FeishuChannel(MessengerHttp http, MessengerSockets sockets, IOptions<FeishuOptions> options, TimeProvider time) : IChannel
{
    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "feishu",
        DisplayName: "Feishu 飞书 / Lark",
        Glyph: "M4 9.5C7.6 13.2 12.4 15.6 16.6 14.6 18 14.300 19 13.300 20 11.800 18.900 17 15.200 20.500 10.600 20.500 7.800 20.500 5.600 19.300 4 17.600ZM7 3.500H14C15.600 5.200 16.600 7.200 17 9.300 15.500 9.900 14 11 12.800 12.200 11.800 8.800 9.800 5.800 7 3.500Z"
            + "M18.300 9C20.200 8.700 21.700 9.200 23 10.200 21.600 11 20.800 12.400 19.800 13.200 17.600 14.700 15.400 14 14 13.300 15 11.300 16.500 9.600 18.300 9Z",
        SetupUrl: new Uri("https://open.feishu.cn/app"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.InboundDeletions | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions
            | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.IdempotentSend | ChannelCapabilities.Webhook,
        TextLimit: FeishuContent.Limit,
        Settings: FeishuSettings.Fields)
    {
        LargestFile = FeishuUploads.Largest,
        Readers = new(
            "Feishu reads everything: messages are not end-to-end encrypted. The company's administrators may archive conversations.",
            "飞书可以读取全部内容：消息不是端到端加密的。企业管理员可能会存档会话。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new FeishuSession(connection, http.Of(connection.Id), sockets, options.Value, time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => new FeishuCheck(http, time).RunAsync(settings, cancellationToken);
}

using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>DingTalk (钉钉): the robot of a company's own app, over Stream mode or called by DingTalk.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class DingTalkChannel(MessengerHttp http, MessengerSockets sockets, IOptions<DingTalkOptions> options, TimeProvider time) : IChannel
{
    /// <summary>As people know it.</summary>
    public const string Name = "DingTalk 钉钉";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "dingtalk",
        DisplayName: Name,
        Glyph: "M4 2.500C9 5.400 14 6.800 20.500 8.500 21.200 8.700 21.500 9.300 21.200 10 20.300 12.100 18.800 14.300 17.200 16H19.500L13 22.500 14.200 18H11.500L12.300 15.300C9.900 15.300 8.200 14.300 7.200 12.800L11 12.600C8.300 11.800 6.500 10.400 5.800 8.300L11.500 9C7.500 7.600 5 5.600 4 2.500Z",
        SetupUrl: new Uri("https://open-dev.dingtalk.com/"),
        Capabilities: ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: DingTalkText.Limit,
        Settings: DingTalkSettings.Fields)
    {
        LargestFile = DingTalkUploads.Largest,
        Readers = new(
            "DingTalk reads everything: messages are not end-to-end encrypted. The company's administrators may archive conversations.",
            "钉钉可以读取全部内容：消息不是端到端加密的。企业管理员可能会存档会话。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new DingTalkSession(connection, http.Of(connection.Id), sockets, options.Value, time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => new DingTalkCheck(http, time).RunAsync(settings, cancellationToken);
}

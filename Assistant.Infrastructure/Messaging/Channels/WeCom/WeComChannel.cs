using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>WeCom (企业微信), as an app of a company's own.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class WeComChannel(MessengerHttp http, TimeProvider time) : IChannel
{
    public const string Name = "WeCom";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "wecom",
        DisplayName: "WeCom 企业微信",
        Glyph: "M10 3C5.6 3 2 6 2 9.8 2 12 3.2 13.9 5 15.1L4.4 17.6 7.3 16.1C8.2 16.4 9 16.5 10 16.5 14.4 16.5 18 13.5 18 9.8 18 6 14.4 3 10 3ZM19 13 20.6 16.4 24 18 20.6 19.6 19 23 17.4 19.6 14 18 17.4 16.4Z",
        SetupUrl: new Uri("https://developer.work.weixin.qq.com/document/path/90226"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: WeComText.Limit,
        Settings: WeComSettings.Fields)
    {
        LargestFile = WeComUploads.Largest,
        Readers = new(
            "Tencent reads everything: WeCom is not end-to-end encrypted. The company's administrators may archive conversations.",
            "腾讯可以读取全部内容：企业微信不是端到端加密的。企业管理员可能会存档会话。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new WeComSession(connection, http.Of(connection.Id), time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        => new WeComCheck(http, time).RunAsync(settings, cancellationToken);
}

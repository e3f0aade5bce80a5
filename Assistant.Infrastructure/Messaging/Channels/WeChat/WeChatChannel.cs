using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>WeChat (微信), as an Official Account that answers by customer-service messages.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class WeChatChannel(MessengerHttp http, TimeProvider time) : IChannel
{
    public const string Name = "WeChat";

    /// <summary>What is longer is refused or cut, depending on who is asked: it is kept below both.</summary>
    public static TextLimit Limit { get; } = new(2048, LengthUnit.Utf8Bytes);

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "wechat",
        DisplayName: "WeChat 微信公众号",
        Glyph: "M9 3C4.6 3 1 5.9 1 9.5 1 11.6 2.2 13.4 4 14.6L3.4 16.8 5.9 15.5C6.9 15.8 7.9 16 9 16 9 12 12.5 9 17 9 16.7 5.6 13.2 3 9 3ZM17 10.5C13.7 10.5 11 12.7 11 15.4 11 18.1 13.7 20.3 17 20.3 17.7 20.3 18.4 20.2 19 20L21 21 20.5 19.3C22 18.4 23 17 23 15.4 23 12.7 20.3 10.5 17 10.5Z",
        SetupUrl: new Uri("https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html"),
        Capabilities: ChannelCapabilities.Typing | ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: Limit,
        Settings: WeChatSettings.Fields)
    {
        ReplyWindow = TimeSpan.FromHours(48),
        LargestFile = WeChatUploads.Largest,
        FileTypes = WeChatUploads.Types,
        Readers = new("Tencent reads everything: WeChat is not end-to-end encrypted.", "腾讯可以读取全部内容：微信不是端到端加密的。"),
    };

    /// <summary>A reply as it is shown: WeChat has no marks.</summary>
    public static string Plain(string markdown) => Rendered.Fit(markdown, Limit, PlainRenderer.Render, words => words);

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new WeChatSession(connection, http.Of(connection.Id), time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        => new WeChatCheck(http, time).RunAsync(settings, cancellationToken);
}

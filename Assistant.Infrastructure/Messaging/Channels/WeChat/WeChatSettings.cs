using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>The settings of one connection, read once.</summary>
/// <param name="IsEncrypted">Whether only what is encrypted is believed: the account is in secure or compatible mode.</param>
internal sealed record WeChatSettings(string AppId, string AppSecret, string Token, string EncodingAesKey, string ApiBaseUrl, bool IsEncrypted)
{
    private const string Encrypted = "encrypted";

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("appId", new("AppID", "AppID"), new("Basic configuration of the account.", "在公众平台的“基本配置”中查看。"), IsRequired: true),
        new("appSecret", new("AppSecret", "AppSecret"), new("Basic configuration of the account.", "在公众平台的“基本配置”中查看。"), SettingKind.Secret, IsRequired: true),
        new("token",
            new("Token", "Token"), new("Server configuration: the same text there and here.", "“服务器配置”中的令牌，两处须一致。"),
            SettingKind.Secret, IsRequired: true),
        new("mode",
            new("Messages are", "消息加解密方式"),
            new("As chosen in the server configuration. In plain mode the proof of a message does not cover what it says.",
                "与“服务器配置”中的选择一致。明文模式下，签名并不覆盖消息内容。"),
            SettingKind.Choice, Default: Encrypted, Choices:
            [
                new(Encrypted, new("Encrypted (secure or compatible mode)", "加密（安全模式或兼容模式）")),
                new("plain", new("Plain", "明文模式")),
            ],
            Protection: Encrypted),
        new("encodingAesKey",
            new("EncodingAESKey", "EncodingAESKey"), new("Needed unless messages are plain; 43 characters.", "非明文模式必填，43 个字符。"), SettingKind.Secret),
        new("apiBaseUrl",
            new("API address", "API 地址"), new("Another access point of WeChat, such as https://sh.api.weixin.qq.com.", "微信的其他接入点，如 https://sh.api.weixin.qq.com。"),
            SettingKind.Url, Default: "https://api.weixin.qq.com"),
    ];

    /// <summary>Whether callbacks can be read with these settings.</summary>
    public bool HasKeyForm => !IsEncrypted || WeixinCrypt.HasKeyForm(EncodingAesKey);

    /// <exception cref="ArgumentException">A required setting is missing.</exception>
    public static WeChatSettings Read(SettingValues values)
    {
        var settings = values.WithDefaults(Fields);
        return new WeChatSettings(
            settings.Require("appId").Trim(),
            settings.Require("appSecret").Trim(),
            settings.Require("token").Trim(),
            settings.Find("encodingAesKey")?.Trim() ?? "",
            settings.Require("apiBaseUrl").Trim().TrimEnd('/'),
            settings.Require("mode") == Encrypted);
    }

    public override string ToString() => $"WeChat account {AppId} (secrets not shown)";
}

using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>The settings of one connection, read once.</summary>
/// <param name="Secret">The app's; gives access tokens.</param>
/// <param name="Token">Signs callbacks.</param>
/// <param name="EncodingAesKey">Encrypts callbacks.</param>
internal sealed record WeComSettings(
    string CorpId, string AgentId, string Secret, string Token, string EncodingAesKey, string ApiBaseUrl, bool UsesMarkdown)
{
    private const string Markdown = "markdown";

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("corpId", new("Company ID", "企业 ID"), new("My Company, Company information.", "在“我的企业 → 企业信息”中查看。"), IsRequired: true),
        new("agentId", new("AgentId", "AgentId"), new("On the page of the app.", "在应用详情页查看。"), IsRequired: true),
        new("secret", new("App secret", "应用 Secret"), new("On the page of the app.", "在应用详情页查看。"), SettingKind.Secret, IsRequired: true),
        new("token",
            new("Callback token", "回调 Token"), new("Receive messages, Set API: the same text there and here.", "“接收消息 → 设置 API 接收”中的 Token，两处须一致。"),
            SettingKind.Secret, IsRequired: true),
        new("encodingAesKey",
            new("EncodingAESKey", "EncodingAESKey"), new("From the same page, 43 characters.", "与 Token 在同一页面，43 个字符。"),
            SettingKind.Secret, IsRequired: true),
        new("format",
            new("Show replies as", "回复格式"),
            new("Markdown is not shown to those who read WeCom inside WeChat.", "在微信中使用企业微信的成员看不到 Markdown 消息。"),
            SettingKind.Choice, Default: "text", Choices: [new("text", new("Text", "纯文本")), new(Markdown, new("Markdown", "Markdown"))]),
        new("apiBaseUrl",
            new("API address", "API 地址"), new("Only for a WeCom server of the company's own.", "仅在使用私有化部署的企业微信时修改。"),
            SettingKind.Url, Default: "https://qyapi.weixin.qq.com"),
    ];

    public bool HasKeyForm => WeixinCrypt.HasKeyForm(EncodingAesKey);

    /// <exception cref="ArgumentException">A required setting is missing.</exception>
    public static WeComSettings Read(SettingValues values)
    {
        var settings = values.WithDefaults(Fields);
        return new WeComSettings(
            settings.Require("corpId").Trim(),
            settings.Require("agentId").Trim(),
            settings.Require("secret").Trim(),
            settings.Require("token").Trim(),
            settings.Require("encodingAesKey").Trim(),
            settings.Require("apiBaseUrl").Trim().TrimEnd('/'),
            settings.Require("format") == Markdown);
    }

    public override string ToString() => $"WeCom app {AgentId} (secrets not shown)";
}

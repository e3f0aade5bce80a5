using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Meta;

/// <summary>How an app of Meta's is spoken for: the settings that all connections to Meta's messengers have.</summary>
/// <param name="Token">Speaks for the number or the page.</param>
/// <param name="AppSecret">Signs callbacks, and proves that a call is the app's own.</param>
/// <param name="VerifyToken">What Meta says when our address is entered in its console.</param>
/// <param name="ApiBaseUrl">With the version, and no slash at its end.</param>
internal sealed record MetaAccount(string Token, string AppSecret, string VerifyToken, string ApiBaseUrl)
{
    public static SettingField AppSecretField { get; } = new(
        "appSecret",
        new("App secret", "应用密钥"),
        new("On the page of the app: App settings, Basic.", "在应用页面的“应用设置 → 基本”中查看。"), SettingKind.Secret, IsRequired: true);

    public static SettingField VerifyTokenField { get; } = new(
        "verifyToken",
        new("Verify token", "验证令牌"),
        new("Any text of your own: the same here and beside the callback address in Meta's console.", "自行设定的任意文本，须与 Meta 控制台中回调地址旁填写的一致。"),
        SettingKind.Secret, IsRequired: true);

    public static SettingField ApiField { get; } = new(
        "apiBaseUrl",
        new("API address", "API 地址"),
        new("With its version. Only for another version, or a relay of your own.", "包含版本号。仅在使用其他版本或自建中转时修改。"),
        SettingKind.Url, Default: "https://graph.facebook.com/v24.0");

    /// <exception cref="ArgumentException">A required setting is missing.</exception>
    public static MetaAccount Read(SettingValues values) => new(
        values.Require("accessToken").Trim(),
        values.Require(AppSecretField.Key).Trim(),
        values.Require(VerifyTokenField.Key).Trim(),
        values.Require(ApiField.Key).Trim().TrimEnd('/'));

    public override string ToString() => "An app of Meta's (secrets not shown)";
}

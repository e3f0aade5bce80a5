using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class FeishuSettings
{
    private const string Feishu = "feishu";
    private const string Lark = "lark";

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("site",
            new("Platform", "平台"),
            new("Feishu (open.feishu.cn) in China, Lark (open.larksuite.com) elsewhere: where the app was created.",
                "应用在哪个开放平台创建就选哪个：国内为飞书（open.feishu.cn），海外为 Lark（open.larksuite.com）。"),
            SettingKind.Choice, Default: Feishu, Choices: [new(Feishu, new("Feishu", "飞书")), new(Lark, new("Lark", "Lark"))]),
        new("appId",
            new("App ID", "App ID"),
            new("From Credentials & Basic Info of the app, of the form cli_…", "在开发者后台应用的「凭证与基础信息」页面获取，形如 cli_…"),
            IsRequired: true),
        new("appSecret",
            new("App Secret", "App Secret"),
            new("Beside the App ID.", "与 App ID 在同一页面。"),
            SettingKind.Secret, IsRequired: true),
        new("encryptKey",
            new("Encrypt Key", "Encrypt Key"),
            new("From Events & Callbacks, Encryption Strategy. With it events come signed and encrypted. Recommended.",
                "在「事件与回调」的「加密策略」页面设置。设置后事件会经过签名和加密，建议填写。"),
            SettingKind.Secret),
        new("verificationToken",
            new("Verification Token", "Verification Token"),
            new("From the same page. Without an Encrypt Key it is the only proof of an event. With neither, no event is believed.",
                "在同一页面查看。未设置 Encrypt Key 时，事件只靠它校验；两者都未填写时，任何事件都不会被采信。"),
            SettingKind.Secret),
        new("apiBaseUrl",
            new("API address", "API 地址"),
            new("Only when Feishu is reached through a gateway of your own.", "仅在通过自建网关访问飞书时填写。"),
            SettingKind.Url),
        GroupRule.Field,
    ];

    private FeishuSettings(SettingValues values)
    {
        var isLark = values.Find("site") == Lark;
        Messenger = isLark ? "Lark" : "Feishu 飞书";
        AppId = values.Find("appId")?.Trim() ?? "";
        AppSecret = values.Find("appSecret")?.Trim() ?? "";
        EncryptKey = values.Find("encryptKey")?.Trim() ?? "";
        VerificationToken = values.Find("verificationToken")?.Trim() ?? "";
        var given = values.Find("apiBaseUrl")?.Trim();
        ApiBaseUrl = new Uri((string.IsNullOrEmpty(given) ? isLark ? "https://open.larksuite.com" : "https://open.feishu.cn" : given).TrimEnd('/') + "/");
        Groups = GroupRule.Of(values);
    }

    /// <summary>As people know it.</summary>
    public string Messenger { get; }

    public string AppId { get; }

    public string AppSecret { get; }

    public string EncryptKey { get; }

    public string VerificationToken { get; }

    /// <summary>Ends with a slash.</summary>
    public Uri ApiBaseUrl { get; }

    public GroupRule Groups { get; }

    /// <summary>Whether an event can be proven at all.</summary>
    public bool CanProve => EncryptKey.Length > 0 || VerificationToken.Length > 0;

    public static FeishuSettings Read(SettingValues values) => new(values.WithDefaults(Fields));
}

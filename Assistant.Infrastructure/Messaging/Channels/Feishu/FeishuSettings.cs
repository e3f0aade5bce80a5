using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class FeishuSettings
{
    private const string Feishu = "feishu";
    private const string Lark = "lark";
    private const string Socket = "socket";
    private const string Webhook = "webhook";

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
        new("mode",
            new("Receive by", "接收方式"),
            new("A long connection works behind any network. A webhook needs a public https address of this installation, and a proof of events.",
                "长连接无需公网地址，推荐使用；Webhook 需要本系统有公网 https 地址，并填写下面的校验信息。"),
            SettingKind.Choice, Default: Socket, Choices: [new(Socket, new("Long connection", "长连接")), new(Webhook, new("Webhook", "Webhook"))]),
        new("encryptKey",
            new("Encrypt Key", "Encrypt Key"),
            new("For a webhook: from Events & Callbacks, Encryption Strategy. With it events come signed and encrypted. Recommended.",
                "用于 Webhook：在「事件与回调」的「加密策略」页面设置。设置后事件会经过签名和加密，建议填写。"),
            SettingKind.Secret),
        new("verificationToken",
            new("Verification Token", "Verification Token"),
            new("For a webhook: from the same page. Without an Encrypt Key it is the only proof of an event. With neither, no event is believed.",
                "用于 Webhook：在同一页面查看。未设置 Encrypt Key 时，事件只靠它校验；两者都未填写时，任何事件都不会被采信。"),
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
        UsesWebhook = values.Find("mode") == Webhook;
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

    public bool UsesWebhook { get; }

    public string EncryptKey { get; }

    public string VerificationToken { get; }

    /// <summary>Ends with a slash.</summary>
    public Uri ApiBaseUrl { get; }

    public GroupRule Groups { get; }

    /// <summary>Whether an event can be proven at all.</summary>
    public bool CanProve => EncryptKey.Length > 0 || VerificationToken.Length > 0;

    /// <summary>Whether an address that Feishu named for a socket is one of its own: it holds a ticket.</summary>
    public bool IsOwnSocket(Uri address)
    {
        // An emulator, or a gateway of the house, speaks the scheme and has the host of the API's address.
        if (string.Equals(address.Host, ApiBaseUrl.Host, StringComparison.OrdinalIgnoreCase) && address.Port == ApiBaseUrl.Port)
        {
            return address.Scheme == "wss" || (address.Scheme == "ws" && ApiBaseUrl.Scheme == Uri.UriSchemeHttp);
        }

        return address.Scheme == "wss" && address.IsDefaultPort
            && (address.Host.EndsWith(".feishu.cn", StringComparison.OrdinalIgnoreCase) || address.Host.EndsWith(".larksuite.com", StringComparison.OrdinalIgnoreCase));
    }

    public static FeishuSettings Read(SettingValues values) => new(values.WithDefaults(Fields));
}

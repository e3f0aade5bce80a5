using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class QqSettings
{
    private QqSettings(SettingValues values)
    {
        AppId = values.Find("appId")?.Trim() ?? "";
        Secret = values.Find("appSecret")?.Trim() ?? "";
        ApiBaseUrl = new Uri(values.Require("apiBaseUrl").TrimEnd('/') + "/");
        TokenUrl = new Uri(values.Require("tokenUrl"));
        Groups = GroupRule.Of(values);
    }

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("appId",
            new("AppID", "AppID"),
            new("From the page for development settings of your bot at q.qq.com.", "在 q.qq.com 机器人的“开发设置”页面获取。"), IsRequired: true),
        new("appSecret",
            new("AppSecret", "AppSecret"),
            new("From the same page. Callbacks are checked with it as well.", "在同一页面获取；回调也用它校验。"),
            SettingKind.Secret, IsRequired: true),
        new("apiBaseUrl",
            new("API address", "API 地址"),
            new("https://sandbox.api.sgroup.qq.com while the bot is tried out.", "在沙箱环境调试时填写 https://sandbox.api.sgroup.qq.com。"),
            SettingKind.Url, Default: "https://api.sgroup.qq.com"),
        new("tokenUrl",
            new("Token address", "令牌地址"),
            new("Only for a relay of your own.", "仅在使用自建中转时修改。"),
            SettingKind.Url, Default: "https://bots.qq.com/app/getAppAccessToken"),
        GroupRule.Field,
    ];

    public string AppId { get; }

    public string Secret { get; }

    /// <summary>Ends with a slash.</summary>
    public Uri ApiBaseUrl { get; }

    public Uri TokenUrl { get; }

    public GroupRule Groups { get; }

    public static QqSettings Read(SettingValues values) => new(values.WithDefaults(Fields));

    /// <summary>Whether an address of a file is on QQ's own hosts.</summary>
    public bool IsOwnFile(Uri address)
        => (address.Scheme == "https" && address.IsDefaultPort && (IsWithin(address.Host, "qq.com") || IsWithin(address.Host, "qq.com.cn") || IsWithin(address.Host, "qpic.cn")))
            || (address.Scheme == ApiBaseUrl.Scheme && address.Port == ApiBaseUrl.Port && string.Equals(address.Host, ApiBaseUrl.Host, StringComparison.OrdinalIgnoreCase));

    private static bool IsWithin(string host, string domain)
        => host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
}

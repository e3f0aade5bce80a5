using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class DingTalkSettings
{
    private const string DefaultApiBaseUrl = "https://api.dingtalk.com";
    private const string OlderApiBaseUrl = "https://oapi.dingtalk.com";
    private const string Stream = "stream";
    private const string Webhook = "webhook";

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("clientId",
            new("Client ID (AppKey)", "Client ID（原 AppKey）"),
            new("From Credentials and Basic Info of the app in the developer console.", "在钉钉开发者后台应用的「凭证与基础信息」页面获取。"),
            IsRequired: true),
        new("clientSecret",
            new("Client Secret (AppSecret)", "Client Secret（原 AppSecret）"),
            new("Beside the Client ID. Callbacks are signed with it too.", "与 Client ID 在同一页面；HTTP 回调的签名也使用它。"),
            SettingKind.Secret, IsRequired: true),
        new("mode",
            new("Receive by", "接收方式"),
            new("Stream mode works behind any network. HTTP needs a public https address of this installation, and DingTalk signs no more than the time there.",
                "Stream 模式无需公网地址，推荐使用。HTTP 模式需要本系统有公网 https 地址，且钉钉只对时间戳签名，不对消息内容签名。"),
            SettingKind.Choice, Default: Stream, Choices: [new(Stream, new("Stream mode", "Stream 模式")), new(Webhook, new("HTTP", "HTTP 模式"))]),
        new("robotCode",
            new("Robot code", "机器人编码（robotCode）"),
            new("From the robot's page of the app. Empty: the Client ID, which it mostly is.", "在应用的「机器人」页面查看；通常与 Client ID 相同，此时可留空。")),
        new("apiBaseUrl",
            new("API address", "API 地址"),
            new("Only when DingTalk is reached through a gateway of your own.", "仅在通过自建网关访问钉钉时修改。"),
            SettingKind.Url, Default: DefaultApiBaseUrl),
        GroupRule.Field,
    ];

    private DingTalkSettings(SettingValues values)
    {
        ClientId = values.Find("clientId")?.Trim() ?? "";
        ClientSecret = values.Find("clientSecret")?.Trim() ?? "";
        UsesWebhook = values.Find("mode") == Webhook;
        RobotCode = values.Find("robotCode")?.Trim() is { Length: > 0 } code ? code : ClientId;
        var address = values.Require("apiBaseUrl").TrimEnd('/');
        ApiBaseUrl = new Uri(address + "/");
        UploadBaseUrl = new Uri((address == DefaultApiBaseUrl ? OlderApiBaseUrl : address) + "/");
        Groups = GroupRule.Of(values);
    }

    public string ClientId { get; }

    public string ClientSecret { get; }

    public bool UsesWebhook { get; }

    public string RobotCode { get; }

    /// <summary>Ends with a slash.</summary>
    public Uri ApiBaseUrl { get; }

    /// <summary>Where files are handed in: DingTalk's older interface has no successor there. Ends with a slash.</summary>
    public Uri UploadBaseUrl { get; }

    public GroupRule Groups { get; }

    public static DingTalkSettings Read(SettingValues values) => new(values.WithDefaults(Fields));

    /// <summary>Whether an address has the host of the interface: an emulator, or a gateway of the house, speaks its scheme.</summary>
    public bool IsApiHost(Uri address) => string.Equals(address.Host, ApiBaseUrl.Host, StringComparison.OrdinalIgnoreCase) && address.Port == ApiBaseUrl.Port;

    /// <summary>Whether an address that DingTalk named for a stream is one of its own: the ticket goes nowhere else.</summary>
    public bool IsOwnStream(Uri address)
        => IsApiHost(address)
            ? address.Scheme == "wss" || (address.Scheme == "ws" && ApiBaseUrl.Scheme == Uri.UriSchemeHttp)
            : address.Scheme == "wss" && address.Port == 443 && address.Host.EndsWith(".dingtalk.com", StringComparison.OrdinalIgnoreCase);
}

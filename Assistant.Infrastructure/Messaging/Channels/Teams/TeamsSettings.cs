using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class TeamsSettings
{
    /// <summary>Stands for every tenant.</summary>
    private const string Every = "*";

    /// <summary>Stands in for the tenant of a bot of many tenants; nobody is of it.</summary>
    private const string ManyTenants = "botframework.com";

    private readonly HashSet<string> _tenants;
    private readonly Uri? _own;

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("appId", new("App id", "应用 ID"),
            new("The Microsoft App ID of the bot: Azure portal, Azure Bot, Configuration.", "机器人的 Microsoft App ID：Azure 门户 > Azure 机器人 > 配置。"), IsRequired: true),
        new("appPassword", new("Client secret", "客户端密码"),
            new("The value (not the id) of a client secret of the app registration.", "应用注册中客户端密码的“值”（不是 ID）。"), SettingKind.Secret, IsRequired: true),
        new("tenantId", new("Tenant", "租户"),
            new("The directory (tenant) id the app is registered in. For an old multi-tenant bot: botframework.com.",
                "应用注册所在的目录（租户）ID。旧的多租户机器人填写 botframework.com。"), IsRequired: true),
        new("allowedTenants", new("Tenants that may write", "允许的租户"),
            new("Ids separated by commas, or * for all. Empty: only the tenant above.", "以逗号分隔的租户 ID，* 表示全部。留空则只允许上面的租户。"), Default: "", Protection: ""),
        new("cloud", new("Cloud", "云环境"),
            new("Where the tenant lives.", "租户所在的云环境。"), SettingKind.Choice, Default: "public", Choices:
            [
                new("public", new("Public", "全球版")),
                new("us-government", new("US government (GCC High, DoD)", "美国政府版（GCC High、DoD）")),
                new("china", new("China (21Vianet)", "中国版（世纪互联）")),
            ]),
        new("loginUrl", new("Address of sign-in", "登录地址"), new("Only for a relay of your own.", "仅在使用自建中转时修改。"), SettingKind.Url),
        new("keysUrl", new("Address of the keys", "密钥地址"), new("Only for a relay of your own.", "仅在使用自建中转时修改。"), SettingKind.Url),
        new("serviceUrl", new("Address of the connector", "连接器地址"),
            new("Only for a relay of your own. Our token also goes to this server.", "仅在使用自建中转时修改。令牌也会发送到此服务器。"), SettingKind.Url),
        GroupRule.Field,
    ];

    private TeamsSettings(SettingValues values)
    {
        AppId = values.Find("appId")?.Trim() ?? "";
        AppPassword = values.Find("appPassword")?.Trim() ?? "";
        TenantId = values.Find("tenantId")?.Trim() ?? "";
        _tenants = new((values.Find("allowedTenants") ?? TenantId).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
        Cloud = TeamsCloud.Of(values.Find("cloud"));
        Login = new Uri($"{(values.Find("loginUrl") ?? Cloud.Login.AbsoluteUri).TrimEnd('/')}/{Uri.EscapeDataString(TenantId)}/oauth2/v2.0/token");
        Keys = values.Find("keysUrl") is { } keys ? new Uri(keys) : Cloud.Keys;
        _own = values.Find("serviceUrl") is { } own ? new Uri(own) : null;
        Groups = GroupRule.Of(values);
    }

    public string AppId { get; }

    public string AppPassword { get; }

    public string TenantId { get; }

    public TeamsCloud Cloud { get; }

    /// <summary>Where tokens are had.</summary>
    public Uri Login { get; }

    public Uri Keys { get; }

    /// <summary>Where to send when no activity has said it yet; <see langword="null"/> where there is no such address.</summary>
    public Uri? Connector => _own ?? Cloud.Connector;

    public GroupRule Groups { get; }

    public static TeamsSettings Read(SettingValues values) => new(values.WithDefaults(Fields));

    /// <summary>Whether no tenant may write: that of a multi-tenant bot is nobody's.</summary>
    public bool AdmitsNobody => _tenants.All(tenant => tenant.Equals(ManyTenants, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether people of a tenant may write.</summary>
    public bool IsAllowed(string? tenant) => !string.IsNullOrEmpty(tenant) && (_tenants.Contains(Every) || _tenants.Contains(tenant));

    /// <summary>Whether an address is the connector's: our token goes nowhere else.</summary>
    public bool IsConnector(Uri address)
        => (_own is not null && address.GetLeftPart(UriPartial.Authority).Equals(_own.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase))
            || (address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort && address.UserInfo.Length == 0
                && Cloud.Hosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase));
}

using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class GoogleChatSettings
{
    private const string Project = "project";
    private const string Endpoint = "endpoint";

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("serviceAccount", new("Key of the service account", "服务账号密钥"),
            new("The whole content of the JSON key file.", "JSON 密钥文件的全部内容。"), SettingKind.Secret, IsRequired: true),
        new("audience", new("Authentication audience", "身份验证受众"),
            new("As chosen in the configuration of the Chat API. The project number is the stricter one: no other Chat app can name it.",
                "与 Chat API 配置中的选择一致。“项目编号”更严格：其他 Chat 应用无法冒用。"),
            SettingKind.Choice, Default: Project, Choices:
            [
                new(Project, new("Project number", "项目编号")),
                new(Endpoint, new("HTTP endpoint URL", "HTTP 端点网址")),
            ], Protection: Project),
        new("projectNumber", new("Project number", "项目编号"),
            new("Of the Google Cloud project, digits only. Needed for the audience of that name, and for add-ons.", "Google Cloud 项目的编号，仅数字。选择“项目编号”受众时必填，加载项也需要。")),
        new("endpointUrl", new("HTTP endpoint URL", "HTTP 端点网址"),
            new("As it stands in the configuration of the Chat API, if it is not the public address of this installation.", "与 Chat API 配置中的网址一致；若与本系统公网地址相同则留空。"), SettingKind.Url),
        new("apiBaseUrl", new("API address", "API 地址"), new("Only for a relay of your own.", "仅在使用自建中转时修改。"), SettingKind.Url, Default: "https://chat.googleapis.com"),
        new("keysUrl", new("Address of the keys", "密钥地址"), new("Only for a relay of your own.", "仅在使用自建中转时修改。"), SettingKind.Url),
        GroupRule.Field,
    ];

    private GoogleChatSettings(SettingValues values)
    {
        Account = GoogleServiceAccount.Parse(values.Find("serviceAccount") ?? "");
        UsesEndpoint = values.Find("audience") == Endpoint;
        ProjectNumber = values.Find("projectNumber")?.Trim() ?? "";
        EndpointUrl = values.Find("endpointUrl")?.Trim();
        ApiBaseUrl = values.Require("apiBaseUrl").TrimEnd('/');
        Keys = new Uri(values.Find("keysUrl") ?? (UsesEndpoint ? GoogleChatProof.IdentityKeys : GoogleChatProof.ChatKeys));
        Groups = GroupRule.Of(values);
    }

    /// <summary><see langword="null"/> when what was filled in is no key.</summary>
    public GoogleServiceAccount? Account { get; }

    public bool UsesEndpoint { get; }

    public string ProjectNumber { get; }

    /// <summary>As the operator says; <see langword="null"/> for our own public address.</summary>
    public string? EndpointUrl { get; }

    public string ApiBaseUrl { get; }

    public Uri Keys { get; }

    public GroupRule Groups { get; }

    public static GoogleChatSettings Read(SettingValues values) => new(values.WithDefaults(Fields));

    /// <summary>What is required beyond the key.</summary>
    public static string[] RequiredOf(SettingValues values) => values.WithDefaults(Fields).Find("audience") == Endpoint ? ["serviceAccount"] : ["serviceAccount", "projectNumber"];
}

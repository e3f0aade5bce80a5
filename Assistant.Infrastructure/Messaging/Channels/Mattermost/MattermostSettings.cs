using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class MattermostSettings
{
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("serverUrl",
            new("Server", "服务器"),
            new("The address of Mattermost, such as https://chat.example.org.", "Mattermost 的地址，例如 https://chat.example.org。"),
            SettingKind.Url, IsRequired: true),
        new("token",
            new("Bot token", "机器人令牌"),
            new("The access token of a bot account, from Integrations, Bot Accounts.", "机器人账号的访问令牌，在“集成 → 机器人账号”中获取。"),
            SettingKind.Secret, IsRequired: true),
        new("outgoingToken",
            new("Outgoing webhook token", "传出 Webhook 令牌"),
            new("Only if an outgoing webhook is to call this installation as well. Without it no such call is believed.",
                "仅当需要由传出 Webhook 调用本系统时填写。没有它，任何此类调用都不会被采信。"),
            SettingKind.Secret),
        GroupRule.Field,
    ];

    private MattermostSettings(SettingValues values)
    {
        Server = new Uri(values.Require("serverUrl").TrimEnd('/') + "/");
        Token = values.Find("token")?.Trim() ?? "";
        OutgoingToken = values.Find("outgoingToken")?.Trim() ?? "";
        Groups = GroupRule.Of(values);
    }

    /// <summary>Ends with a slash.</summary>
    public Uri Server { get; }

    public string Token { get; }

    /// <summary>Of outgoing webhooks; empty when none is to be believed.</summary>
    public string OutgoingToken { get; }

    public GroupRule Groups { get; }

    /// <summary>The address of the WebSocket.</summary>
    public Uri Socket => new UriBuilder(new Uri(Server, "api/v4/websocket")) { Scheme = Server.Scheme == Uri.UriSchemeHttp ? "ws" : "wss", Port = Server.Port }.Uri;

    public static MattermostSettings Read(SettingValues values) => new(values.WithDefaults(Fields));
}

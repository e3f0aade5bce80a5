using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class SlackSettings
{
    public const string DefaultApiBaseUrl = "https://slack.com/api";

    private const string Webhook = "webhook";
    private const string Socket = "socket";

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("botToken",
            new("Bot token", "机器人令牌"),
            new("From OAuth & Permissions of your app, of the form xoxb-…", "在应用的 OAuth & Permissions 页面获取，形如 xoxb-…"),
            SettingKind.Secret, IsRequired: true),
        new("mode",
            new("Receive by", "接收方式"),
            new("Socket Mode works behind any network and needs the app-level token. A webhook needs a public https address of this installation and the signing secret.",
                "Socket Mode 在任何网络都可用，需要应用级令牌；Webhook 需要本系统有公网 https 地址以及签名密钥。"),
            SettingKind.Choice, Default: Socket, Choices: [new(Socket, new("Socket Mode", "Socket Mode")), new(Webhook, new("Webhook", "Webhook"))]),
        new("appToken",
            new("App-level token", "应用级令牌"),
            new("For Socket Mode: from Basic Information of your app, with the scope connections:write, of the form xapp-…",
                "用于 Socket Mode：在应用的 Basic Information 页面创建，权限为 connections:write，形如 xapp-…"),
            SettingKind.Secret),
        new("signingSecret",
            new("Signing secret", "签名密钥"),
            new("For a webhook: from Basic Information of your app. Without it no callback is believed.",
                "用于 Webhook：在应用的 Basic Information 页面获取。没有它，任何回调都不会被采信。"),
            SettingKind.Secret),
        new("apiBaseUrl",
            new("API address", "API 地址"),
            new("Only for another Slack than slack.com, such as slack-gov.com.", "仅在使用 slack.com 以外的 Slack（例如 slack-gov.com）时修改。"),
            SettingKind.Url, Default: DefaultApiBaseUrl),
        GroupRule.Field,
    ];

    private SlackSettings(SettingValues values)
    {
        BotToken = values.Find("botToken")?.Trim() ?? "";
        AppToken = values.Find("appToken")?.Trim() ?? "";
        SigningSecret = values.Find("signingSecret")?.Trim() ?? "";
        UsesWebhook = values.Find("mode") == Webhook;
        ApiBaseUrl = new Uri(values.Require("apiBaseUrl").TrimEnd('/') + "/");
        Groups = GroupRule.Of(values);
    }

    public string BotToken { get; }

    public string AppToken { get; }

    public string SigningSecret { get; }

    public bool UsesWebhook { get; }

    /// <summary>Ends with a slash.</summary>
    public Uri ApiBaseUrl { get; }

    public GroupRule Groups { get; }

    /// <summary>What the chosen way in needs beside the bot token.</summary>
    public string RequiredKey => UsesWebhook ? "signingSecret" : "appToken";

    /// <summary>Whether <see cref="RequiredKey"/> is filled in.</summary>
    public bool IsComplete => (UsesWebhook ? SigningSecret : AppToken).Length > 0;

    public static SlackSettings Read(SettingValues values) => new(values.WithDefaults(Fields));

    /// <summary>Whether an address that Slack named is one of its own: a token or a socket goes nowhere else.</summary>
    /// <param name="isSocket">Whether it is to be a WebSocket's.</param>
    public bool IsOwnAddress(Uri address, bool isSocket)
    {
        // An emulator, or a gateway of the house, speaks the scheme and has the host of the API's address.
        var (secure, plain) = isSocket ? ("wss", "ws") : ("https", "http");
        if (string.Equals(address.Host, ApiBaseUrl.Host, StringComparison.OrdinalIgnoreCase) && address.Port == ApiBaseUrl.Port)
        {
            return address.Scheme == secure || (address.Scheme == plain && ApiBaseUrl.Scheme == Uri.UriSchemeHttp);
        }

        return address.Scheme == secure && address.IsDefaultPort && (IsWithin(address.Host, "slack.com") || IsWithin(address.Host, "slack-gov.com"));
    }

    private static bool IsWithin(string host, string domain)
        => host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
}

using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class DiscordSettings
{
    public const string DefaultApiBaseUrl = "https://discord.com/api/v10";

    private DiscordSettings(SettingValues values)
    {
        Token = values.Find("token")?.Trim() ?? "";
        PublicKey = Ed25519Proof.KeyOf(values.Find("publicKey")?.Trim());
        ReadsAll = bool.TryParse(values.Find("readAll"), out var readsAll) && readsAll;
        Command = values.Find("command")?.Trim().ToLowerInvariant() ?? "";
        ApiBaseUrl = new Uri(values.Require("apiBaseUrl").TrimEnd('/') + "/");
        Groups = GroupRule.Of(values);
    }

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("token",
            new("Bot token", "机器人令牌"),
            new("From the page Bot of your application in the Developer Portal.", "在 Developer Portal 中应用的 Bot 页面获取。"),
            SettingKind.Secret, IsRequired: true),
        new("readAll",
            new("Read everything in servers", "读取服务器中的全部消息"),
            new("Without it Discord shows the assistant only what mentions it, and direct chats. Needs the Message Content Intent on the page Bot.",
                "关闭时，Discord 只让助手看到提及它的消息和私聊。开启需要在 Bot 页面打开 Message Content Intent。"),
            SettingKind.Switch, Default: "false"),
        new("command",
            new("Slash command", "斜杠命令"),
            new("Name of a command to offer, such as ask: /ask and a question. Empty: none.", "要提供的命令名称，例如 ask：输入 /ask 加问题。留空则不提供。")),
        new("publicKey",
            new("Public key", "公钥"),
            new("From General Information, only when you enter an Interactions Endpoint URL there. Without it no callback is believed.",
                "在 General Information 页面获取，仅当在该页填写 Interactions Endpoint URL 时需要。没有它，任何回调都不会被采信。")),
        new("apiBaseUrl",
            new("API address", "API 地址"),
            new("Only for a relay of your own.", "仅在使用自建中转时修改。"),
            SettingKind.Url, Default: DefaultApiBaseUrl),
        GroupRule.Field,
    ];

    public string Token { get; }

    /// <summary>What callbacks are checked with; empty when none are taken.</summary>
    public byte[] PublicKey { get; }

    public bool ReadsAll { get; }

    /// <summary>Name of the slash command to offer, in Discord's form; empty for none.</summary>
    public string Command { get; }

    /// <summary>Ends with a slash.</summary>
    public Uri ApiBaseUrl { get; }

    public GroupRule Groups { get; }

    public static DiscordSettings Read(SettingValues values) => new(values.WithDefaults(Fields));

    /// <summary>Whether a socket that Discord named is its own: the token goes nowhere else.</summary>
    public bool IsOwnSocket(Uri address)
        => (address.Scheme == "wss" && address.IsDefaultPort && IsWithin(address.Host, "discord.gg")) || IsAtApi(address, "wss", "ws");

    /// <summary>Whether an address of a file is on Discord's own hosts.</summary>
    public bool IsOwnFile(Uri address)
        => (address.Scheme == "https" && address.IsDefaultPort && (IsWithin(address.Host, "discordapp.com") || IsWithin(address.Host, "discordapp.net")))
            || IsAtApi(address, "https", "http");

    // An emulator, or a relay of the house, speaks the scheme and has the host of the API's address.
    private bool IsAtApi(Uri address, string secure, string plain)
        => string.Equals(address.Host, ApiBaseUrl.Host, StringComparison.OrdinalIgnoreCase) && address.Port == ApiBaseUrl.Port
            && (address.Scheme == secure || (address.Scheme == plain && ApiBaseUrl.Scheme == Uri.UriSchemeHttp));

    private static bool IsWithin(string host, string domain)
        => host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
}

using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

/// <summary>The settings of one connection, read once.</summary>
/// <param name="Client">Fixed: the broker keeps the session under it.</param>
/// <param name="HomeAssistantUser">The broker user of Home Assistant; <see langword="null"/> when it is not to know the assistant.</param>
internal sealed record MqttSettings(
    LineAddress Address, string? Username, string? Password, string Root, string Client, string? HomeAssistantUser, string DiscoveryPrefix)
{
    private const string Tls = "tls";

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("host", new("Broker", "代理服务器"), new("Host name or address of the MQTT broker.", "MQTT 代理服务器的主机名或地址。"), IsRequired: true, IsDestination: true),
        new("port", new("Port", "端口"), new("8883 with TLS, 1883 without.", "使用 TLS 时为 8883，否则为 1883。"), SettingKind.Number, Default: "8883", IsDestination: true,
            Range: NumberRange.Ports),
        new("security",
            new("Encryption", "加密"),
            new("Without TLS, everybody on the way reads the password and all that is said.", "不使用 TLS 时，途经的任何人都能读到密码和全部内容。"),
            SettingKind.Choice, Default: Tls, Choices: [new(Tls, new("TLS", "TLS")), new("none", new("None", "无"))], Protection: Tls, IsDestination: true),
        LineAddress.AuthorityField,
        new("username", new("User", "用户名"), new("The assistant's own user at the broker.", "助手在代理服务器上的专用用户。")),
        new("password", new("Password", "密码"), new("The password of that user.", "该用户的密码。"), SettingKind.Secret),
        new("topic",
            new("Topic", "主题"),
            new("All topics begin with it. People write to …/in/USER, answers come to …/out/USER.", "所有主题以此开头：用户写入 …/in/用户，回复发到 …/out/用户。"),
            Default: "assistant"),
        new("clientId",
            new("Client id", "客户端标识"),
            new("Under this name the broker keeps what is said while the assistant is away. Empty: assistant- and the connection's name.",
                "助手离线期间，代理服务器以此标识保存消息。留空则为 assistant- 加连接名称。")),
        new("homeAssistant",
            new("Show in Home Assistant", "在 Home Assistant 中显示"),
            new("Announces the assistant by MQTT discovery, as long as this connection is on.", "连接启用期间，通过 MQTT 发现功能让 Home Assistant 识别助手。"),
            SettingKind.Switch, Default: "false"),
        new("homeAssistantUser",
            new("User of Home Assistant", "Home Assistant 的用户"),
            new("The user by which Home Assistant signs in to the broker.", "Home Assistant 登录代理服务器所用的用户。"),
            Default: "homeassistant"),
        new("discoveryPrefix",
            new("Discovery prefix", "发现前缀"),
            new("As set in Home Assistant.", "与 Home Assistant 中的设置一致。"),
            Default: "homeassistant"),
    ];

    /// <summary>The broker and the user, for people.</summary>
    public string Account => $"{Username ?? Client}@{Address.Host}";

    /// <summary>Reads the settings, or says what is wrong with them.</summary>
    /// <param name="connection">Its name; <see langword="null"/> for settings that are only tried.</param>
    public static (MqttSettings? Settings, Phrase? Problem) Read(SettingValues values, ConnectionId? connection)
    {
        var settings = values.WithDefaults(Fields);
        if (!int.TryParse(settings.Require("port"), NumberStyles.Float, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535)
        {
            return (null, Phrase.Of("mqtt.port"));
        }

        var showsHome = bool.Parse(settings.Require("homeAssistant"));
        var (root, user, prefix) = (settings.Require("topic").Trim(), settings.Require("homeAssistantUser").Trim(), settings.Require("discoveryPrefix").Trim());
        if (!MqttTopics.IsRoot(root) || (showsHome && !(MqttTopics.IsSegment(user) && MqttTopics.IsRoot(prefix))))
        {
            return (null, Phrase.Of("mqtt.topic"));
        }

        var address = new LineAddress(settings.Require("host").Trim(), port, settings.Require("security") == Tls, settings.Find("authority"));
        var client = settings.Find("clientId")?.Trim() ?? $"assistant-{connection?.Value}";
        return (new MqttSettings(address, settings.Find("username")?.Trim(), settings.Find("password"), root, client, showsHome ? user : null, prefix), null);
    }
}

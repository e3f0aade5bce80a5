using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>How a line is kept private.</summary>
internal enum XmppSecurity { StartTls, DirectTls, None }

/// <summary>The settings of one connection, read once.</summary>
internal sealed class XmppSettings
{
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("address", new("Address", "地址"), new("The assistant's own account, assistant@example.org.", "助手自己的账号，例如 assistant@example.org。"), IsRequired: true, IsDestination: true),
        new("password", new("Password", "密码"), new("Of that account.", "该账号的密码。"), SettingKind.Secret, IsRequired: true),
        new("host", new("Server", "服务器"), new("Only where it differs from the address's domain.", "仅当与地址中的域名不同时填写。"), IsDestination: true),
        new("port", new("Port", "端口"), new("Usually 5222; 5223 with direct TLS.", "通常为 5222；直接 TLS 为 5223。"), SettingKind.Number, Default: "5222", IsDestination: true,
            Range: NumberRange.Ports),
        new("security", new("Encryption", "加密"),
            new("Without encryption only to a server on this machine.", "只有连接本机上的服务器时才可不加密。"),
            SettingKind.Choice, Default: "starttls", Choices:
            [
                new("starttls", new("STARTTLS", "STARTTLS")), new("direct", new("Direct TLS", "直接 TLS")),
                new("none", new("None (this machine only)", "不加密（仅限本机）")),
            ], IsDestination: true),
        LineAddress.AuthorityField,
        new("rooms", new("Rooms", "聊天室"), new("Addresses of rooms to be in, separated by commas.", "要加入的聊天室地址，用逗号分隔。")),
        new("nick", new("Name in rooms", "聊天室昵称"), new("Also what people begin with to address it.", "人们以此昵称开头来呼叫助手。"), Default: "assistant"),
        new("files", new("File service", "文件服务"),
            new("Address of your server's upload service, needed only when it lies in a private network.", "您的服务器上传服务的地址，仅当其位于内网时需要。"), SettingKind.Url),
        new("ignore", new("Not read", "不读取"),
            new("Addresses that are not read, such as other bots, separated by commas.", "不读取其消息的地址（例如其他机器人），用逗号分隔。")),
        GroupRule.Field,
    ];

    private XmppSettings(SettingValues values, XmppAddress self)
    {
        Self = self;
        Password = values.Require("password");
        Security = values.Find("security") switch
        {
            "direct" => XmppSecurity.DirectTls,
            "none" => XmppSecurity.None,
            _ => XmppSecurity.StartTls,
        };

        // The certificate names the domain of the address, wherever the server stands (RFC 6120, 13.7.2).
        Server = new LineAddress(
            values.Find("host")?.Trim() ?? self.Domain,
            double.TryParse(values.Find("port"), NumberStyles.Float, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_536 ? (int)port : 5222,
            Security == XmppSecurity.DirectTls, values.Find("authority"))
        {
            ServerName = self.Domain,
        };
        Nick = values.Find("nick")!.Trim();
        Files = values.Find("files") is { } files ? new Uri(files) : null;
        Groups = GroupRule.Of(values);
        Rooms = [.. ListOf(values.Find("rooms")).Where(room => room is { Local.Length: > 0, Resource.Length: 0 }).Select(room => room.Bare).Distinct()];
        Ignored = ListOf(values.Find("ignore")).Select(address => address.ToString()).ToHashSet(StringComparer.Ordinal);
    }

    public XmppAddress Self { get; }

    public string Password { get; }

    public LineAddress Server { get; }

    public XmppSecurity Security { get; }

    public string Nick { get; }

    public Uri? Files { get; }

    public GroupRule Groups { get; }

    public IReadOnlyList<string> Rooms { get; }

    /// <summary>Who is not read: addresses without a resource, or of somebody in a room.</summary>
    public IReadOnlySet<string> Ignored { get; }

    /// <summary>The settings, or <see langword="null"/> when the address is none of an account.</summary>
    public static XmppSettings? Read(SettingValues values)
        => XmppAddress.TryParse(values.Find("address")?.Trim(), out var self) && self.Local.Length > 0
            ? new XmppSettings(values.WithDefaults(Fields), self)
            : null;

    private static IEnumerable<XmppAddress> ListOf(string? text)
        => (text ?? "").Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(one => XmppAddress.TryParse(one, out var address) ? address : null).OfType<XmppAddress>();
}

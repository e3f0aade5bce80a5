using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>The settings of one connection, read once.</summary>
/// <param name="Channels">What to join: a name, or a name and its key.</param>
/// <param name="Ignored">Masks of those who are not read.</param>
internal sealed record IrcSettings(
    LineAddress Address, string Nick, string? Account, string? Password, string? ServerPassword, IReadOnlyList<(string Name, string? Key)> Channels,
    IReadOnlyList<string> Ignored, int Burst, TimeSpan Interval, GroupRule Groups)
{
    private const string Tls = "tls";
    private const int MostAtOnce = 1_000;
    private const double LongestIntervalSeconds = 60;

    /// <summary>What goes into a line as it is.</summary>
    private static readonly string[] Sent = ["account", "password", "serverPassword", "channels"];

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("host", new("Server", "服务器"), new("Host name of the IRC server.", "IRC 服务器的主机名。"), IsRequired: true, IsDestination: true),
        new("port", new("Port", "端口"), new("6697 with TLS.", "使用 TLS 时为 6697。"), SettingKind.Number, Default: "6697", IsDestination: true,
            Range: NumberRange.Ports),
        new("security",
            new("Encryption", "加密"),
            new("Without TLS only a server on this machine is called.", "不使用 TLS 时，只能连接本机上的服务器。"),
            SettingKind.Choice, Default: Tls, Choices: [new(Tls, new("TLS", "TLS")), new("none", new("None", "无"))], Protection: Tls, IsDestination: true),
        LineAddress.AuthorityField,
        new("nick", new("Nick", "昵称"), new("What the assistant is called there.", "助手在该网络上的昵称。"), IsRequired: true),
        new("account",
            new("Account", "账户"),
            new("The registered account, for SASL. With it the assistant signs in or does not come at all.", "用于 SASL 的已注册账户。填写后，若无法登录则不会连接。")),
        new("password", new("Password of the account", "账户密码"), new("For SASL PLAIN.", "用于 SASL PLAIN。"), SettingKind.Secret),
        new("serverPassword", new("Password of the server", "服务器密码"), new("Only where the server itself asks for one.", "仅当服务器本身要求密码时填写。"), SettingKind.Secret),
        new("channels",
            new("Channels", "频道"),
            new("Channels to join, separated by commas; a key stands behind a space: #house, #team secret.", "要加入的频道，用逗号分隔；频道密钥写在空格之后：#house, #team secret。")),
        new("ignore",
            new("Do not read", "忽略"),
            new("Masks of other bots, separated by spaces: *bot!*@*.", "其他机器人的掩码，用空格分隔：*bot!*@*。")),
        new("burst",
            new("Lines at once", "突发行数"),
            new("How many lines the server takes before it wants pauses.", "服务器在要求暂停之前可连续接收的行数。"), SettingKind.Number, Default: "5",
            Range: new(1, MostAtOnce)),
        new("interval",
            new("Seconds between lines", "行间隔（秒）"),
            new("After that.", "此后每行之间的间隔。"), SettingKind.Number, Default: "2", Range: new(0, LongestIntervalSeconds)),
        GroupRule.Field,
    ];

    /// <summary>Reads the settings, or says what is wrong with them.</summary>
    public static (IrcSettings? Settings, Phrase? Problem) Read(SettingValues values)
    {
        var settings = values.WithDefaults(Fields);
        if (!int.TryParse(settings.Require("port"), NumberStyles.Float, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535)
        {
            return (null, Phrase.Of("irc.port"));
        }

        var address = new LineAddress(settings.Require("host").Trim(), port, settings.Require("security") == Tls, settings.Find("authority"));
        if (!address.UsesTls && !address.IsLoopback)
        {
            return (null, Phrase.Of("irc.needs-tls"));
        }

        var nick = settings.Require("nick").Trim();
        var channels = ChannelsIn(settings.Find("channels") ?? "");
        if (!IrcNames.IsName(nick) || IrcNames.IsChannel(nick) || channels.Any(channel => !IrcNames.IsName(channel.Name) || !IrcNames.IsChannel(channel.Name)))
        {
            return (null, Phrase.Of("irc.names"));
        }

        if (Sent.Any(key => (settings.Find(key) ?? "").Any(char.IsControl)))
        {
            return (null, Phrase.Of("irc.control-characters"));
        }

        return (new IrcSettings(
            address, nick, settings.Find("account")?.Trim(), settings.Find("password"), settings.Find("serverPassword"), channels,
            (settings.Find("ignore") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            (int)Number(settings, "burst", 1, MostAtOnce), TimeSpan.FromSeconds(Number(settings, "interval", 0, LongestIntervalSeconds)),
            GroupRule.Of(settings)), null);
    }

    private static List<(string Name, string? Key)> ChannelsIn(string text)
        => [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(words => (words[0], words.ElementAtOrDefault(1)))];

    private static double Number(SettingValues settings, string key, double min, double max)
    {
        var number = double.Parse(settings.Require(key), NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsNaN(number) ? min : Math.Clamp(number, min, max);
    }
}

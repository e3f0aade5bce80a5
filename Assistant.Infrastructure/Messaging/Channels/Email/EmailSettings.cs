using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using MailKit.Security;
using MimeKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>One of the two servers of a mailbox.</summary>
/// <param name="Security">How the way to it is encrypted.</param>
internal sealed record EmailServer(string Host, int Port, SecureSocketOptions Security);

/// <summary>Where an access token is had from, for providers that take no passwords.</summary>
internal sealed record EmailTokenSource(Uri Address, string ClientId, string? ClientSecret, string RefreshToken);

/// <summary>The settings of one connection, read once.</summary>
internal sealed class EmailSettings
{
    private const string Tls = "tls";
    private const string StartTls = "starttls";
    private const string Plain = "none";

    /// <summary>Below the time after which a router forgets a silent connection.</summary>
    private const double LongestWaitSeconds = 540;

    private const double MostAnswersPerHour = 100_000;

    private static readonly IReadOnlyList<SettingChoice> Securities =
    [
        new(Tls, new("TLS from the start", "直接 TLS")),
        new(StartTls, new("STARTTLS", "STARTTLS")),
        new(Plain, new("None, on this machine only", "不加密，仅限本机")),
    ];

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("address",
            new("Address", "邮箱地址"),
            new("The mailbox is the assistant's alone: whoever else reads it makes no difference, but every mail to it is answered.",
                "该邮箱应专供助手使用：发到这里的每封邮件都会被回答。"),
            IsRequired: true),
        new("name", new("Name", "名称"), new("Who mails are from, beside the address.", "发件人名称，显示在地址旁。"), Default: "Assistant"),
        new("user", new("User name", "用户名"), new("What to sign in with, when it is not the address.", "登录名；与邮箱地址相同时留空。")),
        new("password",
            new("Password", "密码"),
            new("Many providers want a password for programs (Gmail, iCloud) or an authorisation code (QQ, 163).",
                "许多服务商要求使用应用专用密码（Gmail、iCloud）或授权码（QQ 邮箱、163 邮箱）。"),
            SettingKind.Secret),
        new("imapHost", new("IMAP server", "IMAP 服务器"), new("For instance imap.example.com.", "例如 imap.example.com。"), IsRequired: true, IsDestination: true),
        new("imapPort", new("IMAP port", "IMAP 端口"), new("993 with TLS, 143 with STARTTLS.", "TLS 用 993，STARTTLS 用 143。"), SettingKind.Number, Default: "993", IsDestination: true,
            Range: NumberRange.Ports),
        new("imapSecurity",
            new("IMAP encryption", "IMAP 加密"), new("Without encryption only a server on this machine is spoken to.", "不加密时只允许连接本机的服务器。"),
            SettingKind.Choice, Default: Tls, Choices: Securities, IsDestination: true),
        new("smtpHost", new("SMTP server", "SMTP 服务器"), new("For instance smtp.example.com.", "例如 smtp.example.com。"), IsRequired: true, IsDestination: true),
        new("smtpPort", new("SMTP port", "SMTP 端口"), new("587 with STARTTLS, 465 with TLS.", "STARTTLS 用 587，TLS 用 465。"), SettingKind.Number, Default: "587", IsDestination: true,
            Range: NumberRange.Ports),
        new("smtpSecurity",
            new("SMTP encryption", "SMTP 加密"), new("Without encryption only a server on this machine is spoken to.", "不加密时只允许连接本机的服务器。"),
            SettingKind.Choice, Default: StartTls, Choices: Securities, IsDestination: true),
        new("folder", new("Folder", "文件夹"), new("Where mail is read.", "读取邮件的文件夹。"), Default: "INBOX"),
        new("poll",
            new("Look every (seconds)", "查看间隔（秒）"),
            new("How often to look for mail, 1 to 540. A server that tells by itself (IDLE) is heard at once all the same.",
                "查看新邮件的间隔，1 到 540。支持 IDLE 的服务器会立即通知，不受此影响。"),
            SettingKind.Number, Default: "60", Range: new(1, LongestWaitSeconds)),
        new("authservId",
            new("Who proves senders", "发件人验证者"),
            new("The name your own mail server puts first in Authentication-Results, for instance mx.example.com, or microsoft365 for a mailbox there. Without it, senders are believed as they write themselves.",
                "您自己的邮件服务器写在 Authentication-Results 开头的名称，例如 mx.example.com；Microsoft 365 的邮箱请填 microsoft365。留空则直接相信邮件中自称的发件人。")),
        new("answersPerHour",
            new("Answers an hour", "每小时回复数"),
            new("To one sender, so that two machines do not answer each other without end. What is beyond is kept and not answered.",
                "对同一发件人的上限，防止两台机器无休止地互相回复。超出的邮件会保存，但不回复。"),
            SettingKind.Number, Default: "20", Range: new(1, MostAnswersPerHour)),
        new("tokenUrl",
            new("Token address", "令牌地址"),
            new("Only for OAuth 2 (XOAUTH2) in place of a password: where access tokens are had from.", "仅在用 OAuth 2（XOAUTH2）代替密码时填写：获取访问令牌的地址。"),
            SettingKind.Url),
        new("clientId", new("OAuth client", "OAuth 客户端"), new("Only for OAuth 2.", "仅用于 OAuth 2。")),
        new("clientSecret", new("OAuth client secret", "OAuth 客户端密钥"), new("Only for OAuth 2; some providers give none.", "仅用于 OAuth 2；有些服务商不提供。"), SettingKind.Secret),
        new("refreshToken", new("OAuth refresh token", "OAuth 刷新令牌"), new("Only for OAuth 2.", "仅用于 OAuth 2。"), SettingKind.Secret),
    ];

    private EmailSettings(SettingValues given)
    {
        var values = given.WithDefaults(Fields);
        Address = EmailAddresses.Normal(values.Find("address"));
        Name = values.Find("name") ?? "";
        User = values.Find("user") ?? values.Find("address")?.Trim() ?? "";
        Password = values.Find("password") ?? "";
        Imap = ServerOf(values, "imap");
        Smtp = ServerOf(values, "smtp");
        Folder = values.Find("folder") ?? "INBOX";
        Wait = TimeSpan.FromSeconds(NumberOf(values, "poll", 1, LongestWaitSeconds));
        AuthservId = values.Find("authservId")?.Trim();
        AnswersPerHour = (int)NumberOf(values, "answersPerHour", 1, MostAnswersPerHour);
        TokenSource = TokenSourceOf(values);
        Problem = ProblemOf(values);
    }

    /// <summary>The own address, in the form addresses are compared in; empty when it is none.</summary>
    public string Address { get; }

    public string Name { get; }

    public string User { get; }

    public string Password { get; }

    public EmailServer Imap { get; }

    public EmailServer Smtp { get; }

    public string Folder { get; }

    /// <summary>How long to wait for news before looking again.</summary>
    public TimeSpan Wait { get; }

    /// <summary>Whose word about senders counts; <see langword="null"/> when nobody's.</summary>
    public string? AuthservId { get; }

    public int AnswersPerHour { get; }

    /// <summary><see langword="null"/> when a password is used.</summary>
    public EmailTokenSource? TokenSource { get; }

    /// <summary>Why nothing can be done with these settings; <see langword="null"/> when they are complete.</summary>
    public ConnectionCheck? Problem { get; }

    public static EmailSettings Read(SettingValues values) => new(values);

    private ConnectionCheck? ProblemOf(SettingValues values)
    {
        var name = Phrase.Of("channel.check-settings");
        if (Checks.Missing(Fields, values, ["address", "imapHost", "smtpHost", .. values.Find("tokenUrl") is null ? ["password"] : (string[])["clientId", "refreshToken"]]) is { } missing)
        {
            return missing;
        }

        if (Address.Length == 0)
        {
            return new(name, false, Phrase.Of("email.no-address", ("address", values.Find("address") ?? "")), Phrase.Of("email.address-fix"));
        }

        return new[] { Imap, Smtp }.FirstOrDefault(server => server.Security == SecureSocketOptions.None && !IsThisMachine(server.Host)) is { } open
            ? new(name, false, Phrase.Of("email.unencrypted", ("server", open.Host)), Phrase.Of("email.encryption-fix"))
            : null;
    }

    private static EmailServer ServerOf(SettingValues values, string kind) => new(
        values.Find($"{kind}Host")?.Trim() ?? "",
        (int)NumberOf(values, $"{kind}Port", 1, IPEndPoint.MaxPort),
        values.Find($"{kind}Security") switch
        {
            Plain => SecureSocketOptions.None,
            StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.SslOnConnect,
        });

    private static EmailTokenSource? TokenSourceOf(SettingValues values)
        => Uri.TryCreate(values.Find("tokenUrl"), UriKind.Absolute, out var address)
            ? new(address, values.Find("clientId") ?? "", values.Find("clientSecret"), values.Find("refreshToken") ?? "")
            : null;

    private static double NumberOf(SettingValues values, string key, double least, double most)
        => double.TryParse(values.Find(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number)
            ? Math.Clamp(number, least, most)
            : least;

    private static bool IsThisMachine(string host)
        => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

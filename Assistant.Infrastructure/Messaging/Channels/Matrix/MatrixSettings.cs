using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Whose invitations are accepted.</summary>
internal enum MatrixInvites { Nobodys, OwnServers, Everybodys }

/// <summary>The settings of one connection, read once.</summary>
internal sealed class MatrixSettings
{
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("homeserver",
            new("Homeserver", "主服务器"),
            new("The address apps talk to, such as https://matrix.example.org.", "客户端访问的地址，例如 https://matrix.example.org。"),
            SettingKind.Url, IsRequired: true),
        new("user",
            new("User", "用户"),
            new("The assistant's own account, as @name:server or its name alone. Not needed with an access token.", "助手自己的账号，形如 @name:server 或仅用户名。使用访问令牌时无需填写。")),
        new("password",
            new("Password", "密码"),
            new("Of this account. The connection signs in by itself, and again when the server has ended its session.", "该账号的密码。连接会自行登录，服务器结束会话后会再次登录。"),
            SettingKind.Secret),
        new("accessToken",
            new("Access token", "访问令牌"),
            new("Instead of a password. A token that the server ends has to be replaced here.", "可代替密码。服务器使令牌失效后，需在此更换。"),
            SettingKind.Secret),
        new("invites",
            new("Accept invitations", "接受邀请"),
            new("Whose invitations to rooms are accepted. Invitations to end-to-end encrypted rooms are declined: they cannot be read.",
                "接受谁的房间邀请。端到端加密房间的邀请会被拒绝：无法读取其内容。"),
            SettingKind.Choice, Default: "server", Choices:
            [
                new("never", new("Nobody's", "不接受")),
                new("server", new("Of people of the same homeserver", "同一主服务器的用户")),
                new("always", new("Everybody's", "任何人")),
            ]),
        new("messages",
            new("Send as", "发送方式"),
            new("Notices are what bots send: other bots leave them alone, and most apps do not ring for them. Texts ring as a person's do.",
                "通知是机器人的惯例：其他机器人不会回应，多数应用也不会响铃。文本则像真人消息一样提醒。"),
            SettingKind.Choice, Default: "notice", Choices: [new("notice", new("Notices", "通知")), new("text", new("Texts", "文本"))]),
        GroupRule.Field,
    ];

    private MatrixSettings(SettingValues values)
    {
        Homeserver = new Uri(values.Require("homeserver").TrimEnd('/') + "/");
        User = values.Find("user")?.Trim() ?? "";
        Password = values.Find("password") ?? "";
        AccessToken = values.Find("accessToken")?.Trim() ?? "";
        Invites = values.Find("invites") switch
        {
            "always" => MatrixInvites.Everybodys,
            "never" => MatrixInvites.Nobodys,
            _ => MatrixInvites.OwnServers,
        };
        MessageType = values.Find("messages") == "text" ? "m.text" : "m.notice";
        Groups = GroupRule.Of(values);
    }

    /// <summary>Ends with a slash.</summary>
    public Uri Homeserver { get; }

    public string User { get; }

    public string Password { get; }

    public string AccessToken { get; }

    public MatrixInvites Invites { get; }

    /// <summary>Of what is said, the <c>msgtype</c>.</summary>
    public string MessageType { get; }

    public GroupRule Groups { get; }

    /// <summary>Whether the connection can sign in again by itself.</summary>
    public bool HasPassword => AccessToken.Length == 0;

    /// <summary>What is required beyond the homeserver.</summary>
    public IReadOnlyList<string> RequiredKeys => HasPassword ? ["user", "password"] : ["accessToken"];

    public bool IsComplete => !HasPassword || (User.Length > 0 && Password.Length > 0);

    public static MatrixSettings Read(SettingValues values) => new(values.WithDefaults(Fields));
}

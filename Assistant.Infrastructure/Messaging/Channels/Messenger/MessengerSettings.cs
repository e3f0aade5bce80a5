using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>The settings of one connection, read once.</summary>
internal sealed record MessengerSettings(string PageId, MetaAccount Account)
{
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("pageId",
            new("Page ID", "主页编号"),
            new("Messenger API settings, below the name of the page.", "在“Messenger API 设置”中主页名称下方查看。"), IsRequired: true),
        new("accessToken",
            new("Page access token", "主页访问令牌"),
            new("Generated for the page under Messenger API settings, with pages_messaging.", "在“Messenger API 设置”中为主页生成，须有 pages_messaging 权限。"),
            SettingKind.Secret, IsRequired: true),
        MetaAccount.AppSecretField,
        MetaAccount.VerifyTokenField,
        MetaAccount.ApiField,
    ];

    /// <exception cref="ArgumentException">A required setting is missing.</exception>
    public static MessengerSettings Read(SettingValues values)
    {
        var settings = values.WithDefaults(Fields);
        return new MessengerSettings(settings.Require("pageId").Trim(), MetaAccount.Read(settings));
    }
}

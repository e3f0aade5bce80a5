using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>The settings of one connection, read once.</summary>
/// <param name="NumberId">Meta's id of the business number: not the number.</param>
/// <param name="ListLabel">On the button that opens a list of choices.</param>
internal sealed record WhatsAppSettings(string NumberId, string ListLabel, MetaAccount Account)
{
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("phoneNumberId",
            new("Phone number ID", "电话号码编号"),
            new("WhatsApp, API setup: the ID below the number, not the number itself.", "在“WhatsApp → API 设置”中查看：号码下方的编号，而非号码本身。"), IsRequired: true),
        new("accessToken",
            new("Access token", "访问令牌"),
            new("Of a system user, with whatsapp_business_messaging and whatsapp_business_management. The one shown under API setup ends after a day.",
                "系统用户的令牌，须有 whatsapp_business_messaging 和 whatsapp_business_management 权限。“API 设置”页面显示的令牌一天后失效。"),
            SettingKind.Secret, IsRequired: true),
        MetaAccount.AppSecretField,
        MetaAccount.VerifyTokenField,
        new("listLabel",
            new("Label of lists", "列表按钮文字"),
            new("On the button that opens a list, where there are more than three choices. At most 20 characters.", "选项多于三个时，打开列表的按钮上显示的文字，最多 20 个字符。"),
            Default: "Choose · 选择"),
        MetaAccount.ApiField,
    ];

    /// <exception cref="ArgumentException">A required setting is missing.</exception>
    public static WhatsAppSettings Read(SettingValues values)
    {
        var settings = values.WithDefaults(Fields);
        return new WhatsAppSettings(settings.Require("phoneNumberId").Trim(), settings.Require("listLabel"), MetaAccount.Read(settings));
    }
}

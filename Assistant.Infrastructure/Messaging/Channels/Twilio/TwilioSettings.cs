using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>The settings of one connection, read once.</summary>
/// <param name="AuthToken">Signs callbacks, and speaks for the account.</param>
/// <param name="From">A phone number, a short code, or the SID of a messaging service.</param>
/// <param name="WebhookUrl">Our address as Twilio calls it, where it is not the public one; <see langword="null"/> where it is.</param>
internal sealed record TwilioSettings(string AccountSid, string AuthToken, string From, string? WebhookUrl, string ApiBaseUrl)
{
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("accountSid", new("Account SID", "Account SID"), new("On the first page of the Twilio console, AC and 32 characters.", "在 Twilio 控制台首页查看，以 AC 开头。"), IsRequired: true),
        new("authToken", new("Auth token", "Auth Token"), new("Below the account SID.", "在 Account SID 下方。"), SettingKind.Secret, IsRequired: true),
        new("from",
            new("Sender", "发送方"),
            new("The phone number as +15550100001, a short code, or the SID of a messaging service (MG…).", "电话号码（如 +15550100001）、短号码，或消息服务的 SID（MG…）。"), IsRequired: true),
        new("webhookUrl",
            new("Address Twilio calls", "Twilio 调用的地址"),
            new("Only where it is not the address shown with the connection. Callbacks are signed over it, to the letter.", "仅在与连接页面显示的地址不同时填写。回调签名包含此地址，须完全一致。"),
            SettingKind.Url),
        new("apiBaseUrl", new("API address", "API 地址"), new("Only for another region, or a relay of your own.", "仅在使用其他区域或自建中转时修改。"), SettingKind.Url, Default: "https://api.twilio.com"),
    ];

    /// <summary>Whether a messaging service chooses the number.</summary>
    public bool IsService => From.StartsWith("MG", StringComparison.Ordinal);

    /// <exception cref="ArgumentException">A required setting is missing.</exception>
    public static TwilioSettings Read(SettingValues values)
    {
        var settings = values.WithDefaults(Fields);
        return new TwilioSettings(
            settings.Require("accountSid").Trim(),
            settings.Require("authToken").Trim(),
            settings.Require("from").Trim(),
            settings.Find("webhookUrl")?.Trim(),
            settings.Require("apiBaseUrl").Trim().TrimEnd('/'));
    }

    public override string ToString() => $"Twilio account {AccountSid} (secrets not shown)";
}

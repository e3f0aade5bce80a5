using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class LineSettings(SettingValues values)
{
    private readonly SettingValues _values = values.WithDefaults(Fields);

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("channelSecret", new("Channel secret", "Channel secret"),
            new("Basic settings of the channel in the LINE Developers console.", "LINE Developers 控制台中频道的基本设置。"), SettingKind.Secret, IsRequired: true),
        new("accessToken", new("Channel access token", "Channel access token"),
            new("Long-lived, issued under Messaging API.", "在 Messaging API 下签发的长期令牌。"), SettingKind.Secret, IsRequired: true),
        new("apiBaseUrl", new("API address", "API 地址"), new("Only for a relay of your own.", "仅在使用自建中转时修改。"), SettingKind.Url, Default: "https://api.line.me"),
        new("dataBaseUrl", new("Address of files", "文件地址"), new("Only for a relay of your own.", "仅在使用自建中转时修改。"), SettingKind.Url, Default: "https://api-data.line.me"),
        GroupRule.Field,
    ];

    public string Secret => _values.Find("channelSecret") ?? "";

    public string AccessToken => _values.Find("accessToken")?.Trim() ?? "";

    public GroupRule Groups { get; } = GroupRule.Of(values);

    /// <summary>An address of the API.</summary>
    /// <param name="path">Fixed in the code, or made of ids that were checked.</param>
    public Uri Api(string path) => new($"{_values.Require("apiBaseUrl").TrimEnd('/')}/v2/bot/{path}");

    public Uri FileOf(string messageId) => new($"{_values.Require("dataBaseUrl").TrimEnd('/')}/v2/bot/message/{messageId}/content");
}

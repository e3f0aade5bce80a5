using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>The settings of one connection, read once.</summary>
internal sealed class TelegramSettings
{
    public const string DefaultApiBaseUrl = "https://api.telegram.org";

    /// <summary>Below the idle limit of common proxies; Telegram itself caps at 50 s.</summary>
    private const double LongestPollSeconds = 50;

    private const int LongestBotId = 16;

    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("token",
            new("Bot token", "机器人令牌"),
            new("From @BotFather, of the form 123456:ABC…", "从 @BotFather 获取，形如 123456:ABC…"),
            SettingKind.Secret, IsRequired: true),
        new("mode",
            new("Receive by", "接收方式"),
            new("Polling works everywhere. A webhook needs a public https address of this installation.",
                "轮询在任何网络都可用；Webhook 需要本系统有公网 https 地址。"),
            SettingKind.Choice, Default: "polling", Choices: [new("polling", new("Polling", "轮询")), new("webhook", new("Webhook", "Webhook"))]),
        new("apiBaseUrl",
            new("API address", "API 地址"),
            new("Only for a Bot API server of your own.", "仅在使用自建 Bot API 服务器时修改。"),
            SettingKind.Url, Default: DefaultApiBaseUrl),
        new("pollTimeout",
            new("Poll timeout (seconds)", "轮询超时（秒）"),
            new("How long one poll waits for news, 0 to 50.", "每次轮询等待新消息的时间，0 到 50。"),
            SettingKind.Number, Default: "30", Range: new(0, LongestPollSeconds)),
        GroupRule.Field,
    ];

    private TelegramSettings(string token, string apiBaseUrl, bool usesWebhook, TimeSpan pollTimeout, GroupRule groups)
        => (Token, ApiBaseUrl, UsesWebhook, PollTimeout, Groups) = (token, apiBaseUrl, usesWebhook, pollTimeout, groups);

    public string Token { get; }

    public string ApiBaseUrl { get; }

    public bool UsesWebhook { get; }

    public TimeSpan PollTimeout { get; }

    public GroupRule Groups { get; }

    /// <summary>The number before the colon of a token is the bot's user id.</summary>
    public long BotId => long.Parse(Token.AsSpan(0, Token.IndexOf(':', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <exception cref="ArgumentException">The token does not have a token's form.</exception>
    /// <exception cref="PhrasedException">The API address has a path.</exception>
    public static TelegramSettings Read(SettingValues values)
    {
        var settings = values.WithDefaults(Fields);
        var token = TokenOf(values);
        if (!HasTokenForm(token))
        {
            throw new ArgumentException("The bot token does not look like one: copy it from @BotFather, digits, a colon and a key.");
        }

        if (HasPath(settings.Require("apiBaseUrl")))
        {
            throw new PhrasedException(Phrase.Of("telegram.address-with-path"));
        }

        var seconds = double.Parse(settings.Require("pollTimeout"), NumberStyles.Float, CultureInfo.InvariantCulture);
        return new TelegramSettings(
            token,
            settings.Require("apiBaseUrl").TrimEnd('/'),
            settings.Require("mode") == "webhook",
            TimeSpan.FromSeconds(double.IsNaN(seconds) ? 0 : Math.Clamp(seconds, 0, LongestPollSeconds)),
            GroupRule.Of(settings));
    }

    /// <summary>Whether the API address has more than a host: the package leaves a path out, so that the calls would go elsewhere.</summary>
    public static bool HasPath(string apiBaseUrl)
        => Uri.TryCreate(apiBaseUrl, UriKind.Absolute, out var address) && address is not { PathAndQuery: "/", Fragment: "" };

    public static string TokenOf(SettingValues values) => values.Find("token")?.Trim() ?? "";

    /// <summary>Whether the token can be used: the package takes no number of more than <see cref="LongestBotId"/> digits.</summary>
    public static bool HasTokenForm(string token)
    {
        var colon = token.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 and <= LongestBotId && colon < token.Length - 1
            && !token.AsSpan(0, colon).ContainsAnyExceptInRange('0', '9')
            && !token.AsSpan(colon + 1).ContainsAnyExcept(KeyCharacters);
    }

    /// <summary>
    /// What Telegram must send in X-Telegram-Bot-Api-Secret-Token: derived from the token, so that every node and every start agrees and
    /// nothing more has to be stored; whoever learns it learns nothing of the token.
    /// </summary>
    public string WebhookSecret(ConnectionId connection)
        => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes($"telegram-webhook/{connection}")));
}

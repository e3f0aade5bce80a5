using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Tries settings against Telegram. Changes nothing there: no update is confirmed, no webhook touched.</summary>
internal sealed class TelegramCheck(TelegramHttp http, TimeProvider time)
{
    private static readonly TimeSpan RecentError = TimeSpan.FromHours(1);

    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var checks = new List<ConnectionCheck>();
        if (!TelegramSettings.HasTokenForm(TelegramSettings.TokenOf(values)))
        {
            checks.Add(Failed(
                Say("Bot token", "机器人令牌"),
                Say("It does not have the form of a token.", "格式不正确。"),
                Say("Copy it from @BotFather: digits, a colon and a key.", "请从 @BotFather 复制：数字、冒号和密钥。")));
        }
        else
        {
            var settings = TelegramSettings.Read(values);
            await CheckAsync(settings, http.NewClient(settings), checks, cancellationToken);
        }

        return new ConnectionTest(checks, time.GetElapsedTime(started));
    }

    private async Task CheckAsync(TelegramSettings settings, ITelegramBotClient client, List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        var step = Say("Sign in", "登录");
        try
        {
            var me = await client.GetMe(cancellationToken);
            checks.Add(new(step, true, Say($"The bot is @{me.Username}.", $"机器人为 @{me.Username}。")));
            checks.Add(new(Say("Groups", "群组"), true, me.CanReadAllGroupMessages
                ? Say("The bot reads every message of its groups.", "机器人能读取所在群组的全部消息。")
                : Say("In groups the bot sees mentions, replies and commands only; @BotFather can change that.",
                    "在群组中机器人只能看到提及、回复和命令；可在 @BotFather 中更改。")));

            step = Say("Receiving", "接收");
            checks.Add(Receiving(step, settings, await client.GetWebhookInfo(cancellationToken)));
        }
        catch (RequestException failure)
        {
            checks.Add(Failed(step, TelegramFailure.Explain(failure), TelegramFailure.IsWrongToken(failure)
                ? Say("Copy the token again from @BotFather, or create a new one there with /token.", "请从 @BotFather 重新复制令牌，或用 /token 生成新的。")
                : Say("Check that this machine reaches the API address, then test again.", "请确认本机可以访问 API 地址，然后重新测试。")));
        }
    }

    private ConnectionCheck Receiving(string name, TelegramSettings settings, WebhookInfo info)
    {
        var isSet = !string.IsNullOrEmpty(info.Url);
        var host = isSet && Uri.TryCreate(info.Url, UriKind.Absolute, out var url) ? url.Host : "";
        if (!settings.UsesWebhook)
        {
            return isSet
                ? new(name, true, Say(
                    $"A webhook at {host} is set; polling will remove it. If another program uses this bot, give one of them a bot of its own.",
                    $"当前设置了 {host} 的 Webhook，轮询会将其移除。若其他程序在使用此机器人，请为其中之一另建机器人。"))
                : new(name, true, Say($"Ready to poll; {info.PendingUpdateCount} messages wait.", $"可以轮询；有 {info.PendingUpdateCount} 条消息等待。"));
        }

        if (isSet && info.LastErrorDate is { } at && time.GetUtcNow() - new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) < RecentError)
        {
            return Failed(
                name,
                Say($"Telegram could not deliver to {host}: {info.LastErrorMessage}.", $"Telegram 无法投递到 {host}：{info.LastErrorMessage}。"),
                Say("Check the public address, its certificate and the firewall: Telegram calls port 443, 80, 88 or 8443.",
                    "请检查公网地址、证书和防火墙：Telegram 只访问 443、80、88 或 8443 端口。"));
        }

        return new(name, true, isSet
            ? Say($"The webhook is at {host}; {info.PendingUpdateCount} messages wait.", $"Webhook 位于 {host}；有 {info.PendingUpdateCount} 条消息等待。")
            : Say("The webhook will be set when the connection starts.", "连接启动时将设置 Webhook。"));
    }

    private static ConnectionCheck Failed(string name, string detail, string fix) => new(name, false, detail, fix);

    private static string Say(string english, string chinese) => new LocalizedText(english, chinese).In(CultureInfo.CurrentUICulture);
}

using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Tries settings against Telegram. Changes nothing there: no update is confirmed, no webhook touched.</summary>
/// <param name="publicAddress">Where messengers reach this installation, when that is known.</param>
internal sealed class TelegramCheck(TelegramHttp http, Uri? publicAddress, TimeProvider time)
{
    private static readonly TimeSpan RecentError = TimeSpan.FromHours(1);

    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var checks = new List<ConnectionCheck>();
        if (!TelegramSettings.HasTokenForm(TelegramSettings.TokenOf(values)))
        {
            checks.Add(new(Phrase.Of("telegram.check-token"), false, Phrase.Of("telegram.token-form"), Phrase.Of("telegram.token-form-fix")));
        }
        else if (TelegramSettings.HasPath(values.WithDefaults(TelegramSettings.Fields).Require("apiBaseUrl")))
        {
            checks.Add(new(Phrase.Of("telegram.check-address"), false, Phrase.Of("telegram.address-with-path"), Phrase.Of("telegram.address-with-path-fix")));
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
        var step = Phrase.Of("telegram.check-sign-in");
        try
        {
            var me = await client.GetMe(cancellationToken);
            checks.Add(new(step, true, Phrase.Of("telegram.bot-is", ("bot", me.Username ?? ""))));
            checks.Add(new(Phrase.Of("telegram.check-groups"), true, me.CanReadAllGroupMessages
                ? Phrase.Of("telegram.reads-groups")
                : Phrase.Of("telegram.reads-mentions")));

            step = Phrase.Of("telegram.check-receiving");
            checks.Add(Receiving(step, settings, await client.GetWebhookInfo(cancellationToken)));
        }
        catch (RequestException failure)
        {
            checks.Add(new(step, false, TelegramFailure.Explain(failure), TelegramFailure.IsWrongToken(failure)
                ? Phrase.Of("telegram.token-fix")
                : Phrase.Of("telegram.network-fix")));
        }
    }

    private ConnectionCheck Receiving(Phrase name, TelegramSettings settings, WebhookInfo info)
    {
        var isSet = !string.IsNullOrEmpty(info.Url);
        var waiting = info.PendingUpdateCount.ToString(CultureInfo.InvariantCulture);
        var host = isSet && Uri.TryCreate(info.Url, UriKind.Absolute, out var url) ? url.Host : "";
        if (!settings.UsesWebhook)
        {
            return isSet
                ? new(name, true, Phrase.Of("telegram.polling-replaces", ("host", host)))
                : new(name, true, Phrase.Of("telegram.ready-to-poll", ("count", waiting)));
        }

        if (isSet && !IsOurs(info.Url))
        {
            return new(name, false, Phrase.Of("telegram.webhook-elsewhere", ("host", host)), Phrase.Of("telegram.webhook-elsewhere-fix"));
        }

        if (isSet && info.LastErrorDate is { } at && time.GetUtcNow() - new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) < RecentError)
        {
            return new(
                name, false, Phrase.Of("telegram.undeliverable", ("host", host), ("says", info.LastErrorMessage ?? "")),
                Phrase.Of("telegram.address-fix"));
        }

        return new(name, true, isSet
            ? Phrase.Of("telegram.webhook-at", ("host", host), ("count", waiting))
            : Phrase.Of("telegram.webhook-later"));
    }

    // Which connection is tested is not known here: any callback of this installation counts as its own.
    private bool IsOurs(string url)
        => publicAddress is null || (Uri.TryCreate(url, UriKind.Absolute, out var set) && set.IdnHost == publicAddress.IdnHost && set.Port == publicAddress.Port
            && set.AbsolutePath.StartsWith($"{publicAddress.AbsolutePath.TrimEnd('/')}/webhooks/", StringComparison.Ordinal));
}

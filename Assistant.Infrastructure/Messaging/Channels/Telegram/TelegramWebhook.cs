using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Logging;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Receives by webhook: registers the address, then verifies, parses, commits and acknowledges, in this order.</summary>
internal sealed partial class TelegramWebhook(
    ConnectionId connection, TelegramSettings settings, ITelegramBotClient client, TelegramReceiver receiver, TelegramSightings sightings,
    TelegramOptions options, TimeProvider time, ILogger logger)
{
    public const string SecretHeader = "x-telegram-bot-api-secret-token";

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CatchUpInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often a webhook that was taken away is set again: two programs that take it from each other would both lose what comes meanwhile.</summary>
    private static readonly TimeSpan TakeBackInterval = TimeSpan.FromHours(1);

    private static readonly WebhookReply WrongMethod = new(405, "Telegram posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not an update.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly byte[] _secret = Encoding.ASCII.GetBytes(settings.WebhookSecret(connection));
    private DateTimeOffset? _takenBackAt;

    /// <summary>Keeps the webhook registered until cancelled. It stays registered then: what comes meanwhile waits at Telegram.</summary>
    public async Task RunAsync(TelegramBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        if (host.PublicBaseUrl is not { } root)
        {
            throw new PhrasedException(Phrase.Of("telegram.webhook-needs-address"));
        }

        var address = new Uri(new Uri(root.AbsoluteUri.TrimEnd('/') + "/"), $"webhooks/{connection}");
        try
        {
            await RegisterAsync(address, cancellationToken);
        }
        catch (ApiRequestException failure) when (failure.ErrorCode == 400)
        {
            throw new PhrasedException(Phrase.Of("telegram.webhook-refused", ("address", address.AbsoluteUri), ("says", failure.Message)));
        }

        var up = Phrase.Of("telegram.receiving", ("bot", bot.Username), ("address", address.AbsoluteUri));
        host.Report(ConnectionState.Up, up);
        Phrase? shown = null;
        while (true)
        {
            var problem = await CheckAsync(address, cancellationToken);
            if (problem != shown)
            {
                shown = problem;
                host.Report(problem is null ? ConnectionState.Up : ConnectionState.Degraded, problem ?? up);
            }

            await Task.Delay(sightings.CaughtUp.IsCompleted ? CheckInterval : CatchUpInterval, time, cancellationToken);
        }
    }

    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!settings.UsesWebhook || !IsFromTelegram(request))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        if (Parse(request.Body) is not { } update)
        {
            return Unreadable;
        }

        try
        {
            await receiver.AcceptAsync([update], await receiver.BotForAsync(update, cancellationToken), gateway, cancellationToken);
            return WebhookReply.Ok;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
        catch (RequestException failure)
        {
            // Only the bot's own name can have been asked for: nothing was committed, so Telegram delivers again.
            LogBotUnknown(logger, TelegramFailure.Explain(failure));
            return Later;
        }
    }

    /// <summary>What Telegram complains about, or <see langword="null"/>. Sees as well when everything that waited has been delivered.</summary>
    private async Task<Phrase?> CheckAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            var info = await client.GetWebhookInfo(cancellationToken);
            if (info.PendingUpdateCount == 0)
            {
                sightings.CatchUp();
            }

            if (!IsAt(info.Url, address))
            {
                return await TakeBackAsync(address, cancellationToken);
            }

            return info.LastErrorDate is { } at && time.GetUtcNow() - new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) < 5 * CheckInterval
                ? Phrase.Of("telegram.webhook-failing", ("says", info.LastErrorMessage ?? ""))
                : null;
        }
        catch (RequestException failure)
        {
            return TelegramFailure.IsWrongToken(failure) ? throw new PhrasedException(TelegramFailure.Explain(failure)) : TelegramFailure.Explain(failure);
        }
    }

    private async Task<Phrase?> TakeBackAsync(Uri address, CancellationToken cancellationToken)
    {
        if (_takenBackAt is { } before && time.GetUtcNow() - before < TakeBackInterval)
        {
            return Phrase.Of("telegram.webhook-taken");
        }

        LogTakenBack(logger);
        await RegisterAsync(address, cancellationToken);
        _takenBackAt = time.GetUtcNow();
        return null;
    }

    private Task RegisterAsync(Uri address, CancellationToken cancellationToken) => client.SetWebhook(
        address.AbsoluteUri, maxConnections: options.WebhookConnections, allowedUpdates: TelegramUpdates.Wanted,
        secretToken: Encoding.ASCII.GetString(_secret), cancellationToken: cancellationToken);

    // Telegram may write a name in other letters than it was given.
    private static bool IsAt(string? url, Uri address)
        => Uri.TryCreate(url, UriKind.Absolute, out var set)
            && (set.IdnHost, set.Port, set.PathAndQuery) == (address.IdnHost, address.Port, address.PathAndQuery);

    private bool IsFromTelegram(WebhookRequest request)
        => request.Headers.TryGetValue(SecretHeader, out var given)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _secret);

    /// <summary>
    /// One without content when it has a number but cannot be read: it would come again for a day, and hold up its chat. <see langword="null"/> for what
    /// is no update.
    /// </summary>
    private Update? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<Update>(body.Span, JsonBotAPI.Options);
        }
        catch (Exception e) when (TelegramUpdates.IsUnreadable(e))
        {
            if (NumberIn(body) is not { } id)
            {
                return null;
            }

            LogUnreadable(logger, id, (e as JsonException)?.Path ?? e.Message);
            return new Update { Id = id };
        }
    }

    private static int? NumberIn(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("update_id", out var number)
                && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var id) ? id : null;
        }
        catch (Exception e) when (TelegramUpdates.IsUnreadable(e))
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A Telegram callback must come again: {Reason}")]
    private static partial void LogBotUnknown(ILogger logger, Phrase reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stepped over the Telegram update {UpdateId}, which cannot be read: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, int updateId, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The webhook of a Telegram bot was set elsewhere or removed; it is set here again.")]
    private static partial void LogTakenBack(ILogger logger);
}

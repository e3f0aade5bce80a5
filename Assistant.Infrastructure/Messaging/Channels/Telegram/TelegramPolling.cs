using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Logging;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Requests;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

// The package's own receive loop raises the offset before its handler has run, so a failed write loses the update. Here the offset
// rises only after the gateway has committed: the next getUpdates, which carries it, is the confirmation. A crash anywhere before that
// brings the same updates again, and the inbox knows them. The stored cursor only saves redelivery after a restart; it is written down
// now and then, and losing it costs nothing but that.

/// <summary>Receives by long polling.</summary>
internal sealed partial class TelegramPolling(
    ITelegramBotClient client, TelegramSettings settings, TelegramReceiver receiver, TelegramSightings sightings, TelegramOptions options,
    TimeProvider time, ILogger logger)
{
    private const int BatchSize = 100;

    /// <summary>Update ids start again at a random number after a week without updates; an offset from before would then hide them.</summary>
    private static readonly TimeSpan OffsetLifetime = TimeSpan.FromDays(6);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private int _offset;
    private DateTimeOffset _offsetAt;
    private int _savedOffset;
    private DateTimeOffset _savedAt;
    private DateTimeOffset? _conflictSince;
    private DateTimeOffset _conflictAt;
    private bool _isConflictShown;
    private int _failures;
    private bool _isUp;

    // Between two polls of another program some of ours succeed: only a stretch without conflict ends it, longer than both would wait.
    private TimeSpan Peace => 2 * settings.PollTimeout > options.ConflictPatience ? 2 * settings.PollTimeout : options.ConflictPatience;

    private string Bot => string.Create(CultureInfo.InvariantCulture, $"{settings.BotId}/");

    public async Task RunAsync(TelegramBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        ReadCursor(await host.ReadCursorAsync(cancellationToken));
        var wait = TimeSpan.Zero;
        _isUp = false;
        while (true)
        {
            Update[] updates;
            try
            {
                updates = await PollAsync(wait, cancellationToken);
            }
            catch (RequestException failure)
            {
                await RecoverAsync(failure, host, cancellationToken);
                continue;
            }

            ReportUp(bot, host);
            if (updates.Length > 0)
            {
                await receiver.AcceptAsync(updates, bot, host.Gateway, cancellationToken);
                _offset = updates[^1].Id + 1;
                _offsetAt = time.GetUtcNow();
            }

            if (updates.Length < BatchSize)
            {
                sightings.CatchUp();
                wait = settings.PollTimeout;
            }

            await SaveCursorAsync(host, isIdle: updates.Length == 0, cancellationToken);
        }
    }

    private async Task<Update[]> PollAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_offset != 0 && time.GetUtcNow() - _offsetAt > OffsetLifetime)
        {
            _offset = 0;
        }

        var request = new GetUpdatesRequest
        {
            Offset = _offset,
            Limit = BatchSize,
            Timeout = (int)wait.TotalSeconds,
            AllowedUpdates = TelegramUpdates.Wanted,
        };
        try
        {
            return await client.SendRequest(request, cancellationToken);
        }
        catch (RequestException e) when (e.HttpStatusCode == HttpStatusCode.OK && TelegramUpdates.IsUnreadable(e.InnerException))
        {
            return await PollOneAsync(cancellationToken);
        }
    }

    /// <summary>An update that cannot be read must not stop all that follow: take one, and step over it when it is the one.</summary>
    private async Task<Update[]> PollOneAsync(CancellationToken cancellationToken)
    {
        var raw = await client.SendRequest(new RawUpdatesRequest { Offset = _offset, Limit = 1, AllowedUpdates = TelegramUpdates.Wanted }, cancellationToken);
        foreach (var update in raw.EnumerateArray())
        {
            try
            {
                return update.Deserialize<Update>(JsonBotAPI.Options) is { } read ? [read] : [];
            }
            catch (Exception e) when (TelegramUpdates.IsUnreadable(e))
            {
                var id = update.GetProperty("update_id").GetInt32();
                LogUnreadable(logger, id, (e as JsonException)?.Path ?? e.Message);
                return [new Update { Id = id }];
            }
        }

        return [];
    }

    private async Task RecoverAsync(RequestException failure, IChannelHost host, CancellationToken cancellationToken)
    {
        if (TelegramFailure.IsWrongToken(failure))
        {
            throw new PhrasedException(TelegramFailure.Explain(failure));
        }

        if (TelegramFailure.IsConflict(failure))
        {
            await ResolveConflictAsync(failure, host, cancellationToken);
            return;
        }

        _failures++;
        var delay = failure is ApiRequestException e && TelegramFailure.RetryDelay(e) is { } asked
            ? asked
            : Jitter(TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(_failures, 10) - 1))));
        host.Report(ConnectionState.Degraded, new Phrase.Several([TelegramFailure.Explain(failure), Phrase.Of("connection.again")]));
        LogPollFailed(logger, TelegramFailure.Explain(failure), delay);
        await Task.Delay(delay, time, cancellationToken);
    }

    /// <summary>Right after a restart the old process's poll may still be open; only a conflict that lasts is somebody else.</summary>
    private async Task ResolveConflictAsync(RequestException failure, IChannelHost host, CancellationToken cancellationToken)
    {
        if (failure.Message.Contains("webhook", StringComparison.OrdinalIgnoreCase))
        {
            // The operator chose polling for this bot. What waits at Telegram is kept.
            LogWebhookRemoved(logger);
            await client.DeleteWebhook(dropPendingUpdates: false, cancellationToken);
            return;
        }

        _conflictAt = time.GetUtcNow();
        _conflictSince ??= _conflictAt;
        if (_conflictAt - _conflictSince > options.ConflictPatience)
        {
            _isConflictShown = true;
            host.Report(ConnectionState.Degraded, Phrase.Of("telegram.conflict"));
        }

        await Task.Delay(Jitter(TimeSpan.FromSeconds(2)), time, cancellationToken);
    }

    private void ReportUp(TelegramBot bot, IChannelHost host)
    {
        if (_conflictSince is not null && time.GetUtcNow() - _conflictAt >= Peace)
        {
            _conflictSince = null;
        }

        var (wasWell, hasConflict) = (_isUp && _failures == 0, _isConflictShown && _conflictSince is not null);
        if (!wasWell || _isConflictShown != hasConflict)
        {
            (_isUp, _failures, _isConflictShown) = (true, 0, hasConflict);
            host.Report(
                hasConflict ? ConnectionState.Degraded : ConnectionState.Up,
                hasConflict ? Phrase.Of("telegram.conflict") : Phrase.Of("telegram.polling", ("bot", bot.Username)));
        }
    }

    private void ReadCursor(string? cursor)
    {
        if (Placed(cursor)?.Split('@') is [var offset, var at]
            && int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out _offset)
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800)
        {
            _offsetAt = DateTimeOffset.FromUnixTimeSeconds(seconds);
            _savedOffset = _offset;
        }
    }

    /// <summary>The part behind the bot. Another bot's offset would hide this one's updates; a cursor that names none counts as its own.</summary>
    private string? Placed(string? cursor)
        => cursor is null || !cursor.Contains('/', StringComparison.Ordinal) ? cursor
            : cursor.StartsWith(Bot, StringComparison.Ordinal) ? cursor[Bot.Length..]
            : null;

    private async Task SaveCursorAsync(IChannelHost host, bool isIdle, CancellationToken cancellationToken)
    {
        if (_offset != _savedOffset && (isIdle || time.GetUtcNow() - _savedAt >= options.CursorInterval))
        {
            await host.SaveCursorAsync(string.Create(CultureInfo.InvariantCulture, $"{Bot}{_offset}@{_offsetAt.ToUnixTimeSeconds()}"), cancellationToken);
            (_savedOffset, _savedAt) = (_offset, time.GetUtcNow());
        }
    }

    private static TimeSpan Jitter(TimeSpan delay) => delay * (0.5 + RandomNumberGenerator.GetInt32(1000) / 1000.0);

    private sealed class RawUpdatesRequest() : RequestBase<JsonElement>("getUpdates")
    {
        public int? Offset { get; set; }

        public int? Limit { get; set; }

        public IEnumerable<global::Telegram.Bot.Types.Enums.UpdateType>? AllowedUpdates { get; set; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Polling Telegram failed: {Reason} Next try in {Delay}.")]
    private static partial void LogPollFailed(ILogger logger, Phrase reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removed the webhook of a Telegram bot that is set to polling.")]
    private static partial void LogWebhookRemoved(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stepped over the Telegram update {UpdateId}, which cannot be read: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, int updateId, string fault);
}

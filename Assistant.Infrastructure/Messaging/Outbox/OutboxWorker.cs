// Sends what the outbox holds: in order within a conversation, many conversations at once.
//
// The idea: a turn's commit already claims its first row, so in the common case a reply goes from commit to messenger without
// another write; recording the send claims the next row in the same transaction. A lane per conversation keeps the order; a lane
// exists only while it sends.
// The invariants: a conversation has at most one send under way; a row leaves only while it is claimed; and after SettleAsync has
// returned, no row the assistant claimed before the take-over leaves any more. For the last one, SettleAsync first writes down the
// conversation's new version, then waits for the lane if it is busy; a lane first shows that it is busy, then compares its row's
// version with what is written there. Whichever comes second sees the other. A claimed row that is handed over late, by a turn
// that committed just before the take-over, carries the older version and is held as well.
// A crash between send and mark leaves a claimed row. At start it is due again, marked as perhaps shown; a channel that can tell
// is asked first, only the others send it a second time.
using System.Collections.Concurrent;
using System.Globalization;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <inheritdoc cref="IOutboxSignal"/>
internal sealed partial class OutboxWorker(
    IOutbox outbox, IChannelSessions sessions, IOptions<OutboxOptions> options, TimeProvider clock, ILogger<OutboxWorker> logger)
    : BackgroundService, IOutboxSignal
{
    private const int SweepLimit = 1_000;
    private static readonly TimeSpan NoSessionDelay = TimeSpan.FromMilliseconds(500);

    // A turn hands its claimed row over within moments of its commit; after this nothing older can turn up.
    private static readonly TimeSpan HaltMemory = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan KnownIdsLifetime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ConversationId, SendLane> _lanes = [];
    private readonly ConcurrentDictionary<ConnectionId, DateTimeOffset> _pauses = [];
    private readonly ConcurrentDictionary<ConversationId, Halt> _halts = [];
    private readonly ConcurrentDictionary<ConnectionId, KnownIds> _known = [];
    private readonly SemaphoreSlim _free = new(options.Value.MaxConcurrentSends);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Conversations being sent to.</summary>
    public int Active => _lanes.Count;

    public void Committed(ConversationId conversation, OutboxEntry? claimed)
    {
        while (true)
        {
            var lane = _lanes.GetOrAdd(conversation, _ => new SendLane());
            switch (lane.Offer(claimed))
            {
                case LaneOffer.Start:
                    _ = RunLaneAsync(conversation, lane);
                    return;
                case LaneOffer.Taken:
                    return;
            }

            // The lane was leaving as we came: take a new one.
            _lanes.TryRemove(new(conversation, lane));
        }
    }

    public async Task SettleAsync(ConversationId conversation, long version, CancellationToken cancellationToken)
    {
        // Two take-overs may settle in either order: the later version stands.
        var halt = new Halt(version, clock.GetUtcNow());
        _halts.AddOrUpdate(conversation, halt, (_, known) => known.Version > version ? known : halt);
        if (_lanes.TryGetValue(conversation, out var lane))
        {
            await lane.WhenSentAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        _free.Dispose();
        _stopping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var _ = stoppingToken.Register(_stopping.Cancel);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var conversation in await outbox.FindDueAsync(clock.GetUtcNow(), SweepLimit, stoppingToken))
                {
                    if (!_lanes.ContainsKey(conversation))
                    {
                        Committed(conversation, null);
                    }
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogSweepFailed(logger, error);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            ForgetOldHalts();
            await Task.Delay(options.Value.SweepInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Sends under way end by themselves within the send timeout; what is only claimed is recovered at the next start.
        foreach (var lane in _lanes.Values)
        {
            await lane.Idle.WaitAsync(options.Value.SendTimeout, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunLaneAsync(ConversationId conversation, SendLane lane)
    {
        await Task.Yield(); // the caller goes on: sending has its own thread
        await _free.WaitAsync(CancellationToken.None);
        try
        {
            while (lane.TakeOrLeave(out var entry) && !_stopping.IsCancellationRequested)
            {
                entry ??= await ClaimAsync(conversation);
                while (entry is not null)
                {
                    entry = await DeliverAsync(lane, entry);
                }
            }
        }
        catch (Exception error)
        {
            // The store failed: the row stays claimed until the next start, everything else until the sweep.
            LogLaneFailed(logger, error, conversation);
            lane.Abandon();
        }
        finally
        {
            _lanes.TryRemove(new(conversation, lane));
            lane.Finish();
            _free.Release();
        }
    }

    private Task<OutboxEntry?> ClaimAsync(ConversationId conversation)
        => outbox.ClaimNextAsync(conversation, clock.GetUtcNow(), CancellationToken.None);

    /// <summary>Sends one claimed row and records the outcome; returns the next claimed row, if any.</summary>
    private async Task<OutboxEntry?> DeliverAsync(SendLane lane, OutboxEntry entry)
    {
        if (sessions.Find(entry.Connection) is not { } session)
        {
            await outbox.RetryLaterAsync(entry, Phrase.Of("send.not-running"), clock.GetUtcNow() + NoSessionDelay, false, false, CancellationToken.None);
            return null;
        }

        if (PauseOf(entry.Connection) is { } until)
        {
            await outbox.RetryLaterAsync(entry, Phrase.Of("send.paused"), until, false, false, CancellationToken.None);
            return null;
        }

        lane.Begin();
        try
        {
            // Looked at only after the lane shows that it is busy: a take-over either is seen here or waits for the end below.
            if (IsHalted(entry))
            {
                await outbox.HoldAsync(entry, CancellationToken.None);
                return await ClaimAsync(entry.Conversation);
            }

            return await KeepRecordingAsync(entry, await SendAsync(session, entry));
        }
        finally
        {
            lane.End();
        }
    }

    private async Task<SendOutcome> SendAsync(IChannelSession session, OutboxEntry entry)
    {
        using var activity = Telemetry.Activities.StartActivity("send");
        var message = new OutboundMessage(
            entry.Id, entry.Connection, entry.Chat, entry.Body, entry.ReplyToExternalId, entry.Attempts, entry.MayRepeat);
        using var timeout = new CancellationTokenSource(options.Value.SendTimeout, clock);
        try
        {
            if (entry.MayRepeat && session is IDeliveryProbe probe && await ProbeAsync(probe, message, timeout.Token) is { ExternalId: { } shown })
            {
                LogFoundShown(logger, entry.Id, entry.Conversation);
                return new SendOutcome.Delivered(shown);
            }

            return await session.SendAsync(message, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return new SendOutcome.Uncertain(Phrase.Of("send.no-answer", ("seconds", options.Value.SendTimeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture))));
        }
        catch (Exception error)
        {
            LogSendFaulted(logger, error, entry.Id, entry.Conversation);
            return new SendOutcome.Uncertain(Phrase.OfFault(error));
        }
    }

    private async Task<DeliveryFinding?> ProbeAsync(IDeliveryProbe probe, OutboundMessage message, CancellationToken cancellationToken)
    {
        var known = await KnownIdsAsync(message.Connection);
        return await probe.FindAsync(message, known, cancellationToken);
    }

    /// <summary>One look-up for all rows of a recovery: a probe shares what it learns among messages that come with the same set.</summary>
    private Task<IReadOnlySet<string>> KnownIdsAsync(ConnectionId connection)
    {
        var now = clock.GetUtcNow();
        var known = _known.AddOrUpdate(connection, Read, (id, current) => now - current.At > KnownIdsLifetime ? Read(id) : current);
        return known.Ids;

        KnownIds Read(ConnectionId id) => new(now, outbox.FindKnownExternalIdsAsync(id, now - options.Value.ProbeWindow, CancellationToken.None));
    }

    /// <summary>What was sent must not be forgotten because the store failed for a moment: recording goes on, sending does not repeat.</summary>
    private async Task<OutboxEntry?> KeepRecordingAsync(OutboxEntry entry, SendOutcome outcome)
    {
        Telemetry.Sends.Add(1, new KeyValuePair<string, object?>("outcome", outcome.GetType().Name));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RecordAsync(entry, outcome);
            }
            catch (Exception error) when (!_stopping.IsCancellationRequested)
            {
                LogNotRecorded(logger, error, entry.Id, entry.Conversation);
                await Task.Delay(Backoff.After(attempt), clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<OutboxEntry?> RecordAsync(OutboxEntry entry, SendOutcome outcome)
    {
        var now = clock.GetUtcNow();
        switch (outcome)
        {
            case SendOutcome.Delivered delivered:
                return await outbox.MarkSentAsync(entry, delivered.ExternalId, CancellationToken.None);
            case SendOutcome.Rejected rejected:
                await outbox.DeadLetterAsync(entry, rejected.Reason, CancellationToken.None);
                return await ClaimAsync(entry.Conversation);
            case SendOutcome.RetryAfter later:
                var wait = later.Delay ?? Backoff.After(entry.Attempts);
                if (later.Scope == PauseScope.Connection)
                {
                    _pauses[entry.Connection] = now + wait;
                }

                // A pause the messenger asked for is obeyed however often it asks; only our own back-off counts towards giving up.
                return await RetryOrGiveUpAsync(entry, later.Reason, now + wait, isUncertain: false, mayGiveUp: later.Delay is null);
            case SendOutcome.Uncertain uncertain:
                return await RetryOrGiveUpAsync(entry, uncertain.Reason, now + Backoff.After(entry.Attempts), isUncertain: true, mayGiveUp: true);
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}.");
        }
    }

    private async Task<OutboxEntry?> RetryOrGiveUpAsync(OutboxEntry entry, Phrase reason, DateTimeOffset retryAt, bool isUncertain, bool mayGiveUp)
    {
        if (mayGiveUp && entry.Attempts >= options.Value.MaxAttempts)
        {
            await outbox.DeadLetterAsync(entry, reason, CancellationToken.None);
            return await ClaimAsync(entry.Conversation);
        }

        await outbox.RetryLaterAsync(entry, reason, retryAt, isUncertain, isAttempt: mayGiveUp, CancellationToken.None);
        return null;
    }

    private void ForgetOldHalts()
    {
        foreach (var halt in _halts.Where(h => clock.GetUtcNow() - h.Value.At > HaltMemory))
        {
            _halts.TryRemove(halt);
        }
    }

    private bool IsHalted(OutboxEntry entry)
        => entry.ByAssistant && _halts.TryGetValue(entry.Conversation, out var halt) && entry.Version < halt.Version;

    private DateTimeOffset? PauseOf(ConnectionId connection)
    {
        if (!_pauses.TryGetValue(connection, out var until))
        {
            return null;
        }

        if (until > clock.GetUtcNow())
        {
            return until;
        }

        _pauses.TryRemove(new(connection, until));
        return null;
    }

    private sealed record KnownIds(DateTimeOffset At, Task<IReadOnlySet<string>> Ids);

    private sealed record Halt(long Version, DateTimeOffset At);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox could not be swept; trying again")]
    private static partial void LogSweepFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending to {ConversationId} stopped")]
    private static partial void LogLaneFailed(ILogger logger, Exception error, ConversationId conversationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sending {EntryId} to {ConversationId} faulted; it may have been shown")]
    private static partial void LogSendFaulted(ILogger logger, Exception error, Guid entryId, ConversationId conversationId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of sending {EntryId} to {ConversationId} could not be recorded; trying again")]
    private static partial void LogNotRecorded(ILogger logger, Exception error, Guid entryId, ConversationId conversationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{EntryId} of {ConversationId} had been shown before the interruption; not sent again")]
    private static partial void LogFoundShown(ILogger logger, Guid entryId, ConversationId conversationId);
}

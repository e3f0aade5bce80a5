// Sends what the outbox holds: in order within a conversation, many conversations at once.
//
// The idea: a turn's commit already claims its first row, so in the common case a reply goes from commit to messenger without
// another write; recording the send claims the next row in the same transaction. A lane per conversation keeps the order; a lane
// exists only while it sends. RowDelivery attempts a row, OutcomeRecorder writes down how that ended.
// A connection sends to so many conversations at once and no more; what waits for its place waits for no other connection.
// The invariants: a conversation has at most one send under way; a row leaves only while it is claimed; and after SettleAsync has
// returned, no row the assistant claimed before the take-over leaves any more. For the last one, SettleAsync first writes down the
// conversation's new version, then waits for the lane if it is busy; a lane first shows that it is busy, then compares its row's
// version with what is written there. Whichever comes second sees the other. A claimed row that is handed over late, by a turn
// that committed just before the take-over, carries the older version and is held as well.
// A crash between send and mark leaves a claimed row, and so does a commit whose answer is lost. At start, or once StrandedClaims has
// found that nobody sends it, it is due again, marked as perhaps shown; a channel that can tell is asked first, only the others send
// it a second time.
using System.Collections.Concurrent;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <inheritdoc cref="IOutboxSignal"/>
[ActsFor("the product, in every tenant: sends what was accepted before")]
[Audits(AuditActions.MessageSent, AuditActions.MessageDeadLettered)]
internal sealed partial class OutboxWorker : BackgroundService, IOutboxSignal
{
    private const int SweepLimit = 1_000;

    /// <summary>For recording how a send ended that took all of its time.</summary>
    private static readonly TimeSpan RecordMargin = TimeSpan.FromSeconds(5);

    private readonly IOutbox _outbox;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboxWorker> _logger;
    private readonly ConcurrentDictionary<ConversationId, SendLane> _lanes = [];
    private readonly TakeOverFence _fence;
    private readonly StrandedClaims _stranded;
    private readonly RowDelivery _delivery;
    private readonly ConcurrentDictionary<ConnectionId, SemaphoreSlim> _places = [];
    private readonly CancellationTokenSource _stopping = new();
    private long _stoppedAt;

    public OutboxWorker(
        IOutbox outbox, IChannelSessions sessions, IConnectionStore connections, ConnectionPauses pauses, FileParts files, IOptions<OutboxOptions> options,
        TimeProvider clock, ILogger<OutboxWorker> logger)
    {
        (_outbox, _options, _clock, _logger) = (outbox, options.Value, clock, logger);
        _fence = new TakeOverFence(clock);
        _stranded = new StrandedClaims(outbox, _lanes.ContainsKey, _options.SendTimeout, clock);
        _delivery = new RowDelivery(outbox, sessions, connections, pauses, files, _fence, options.Value, clock, logger);
    }

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
        _fence.Raise(conversation, version);
        if (_lanes.TryGetValue(conversation, out var lane))
        {
            await lane.WhenSentAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        base.Dispose(); // cancels what _stopping follows
        _stopping.Dispose();
        foreach (var places in _places.Values)
        {
            places.Dispose();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var _ = stoppingToken.Register(BeginStop);
        while (!stoppingToken.IsCancellationRequested)
        {
            await SweepAsync(stoppingToken);
            _fence.ForgetOld(_lanes.ContainsKey);
            await Task.Delay(_options.SweepInterval, _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Sends under way end by themselves within the time of the longest; what is only claimed is recovered at the next start.
        await Task.WhenAll(_lanes.Values.Select(lane => lane.Idle))
            .WaitAsync(_options.LongestSend + RecordMargin, _clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void BeginStop()
    {
        _stoppedAt = _clock.GetTimestamp();
        _stopping.Cancel();
    }

    /// <summary>Whether a row that begins now ends while the stop still waits: the rest of a reply does as a rule, a file may not.</summary>
    private bool EndsInTime(OutboxEntry entry) => _clock.GetElapsedTime(_stoppedAt) + _options.LimitOf(entry.Body) <= _options.LongestSend;

    /// <summary>Starts a lane for every conversation with due rows, those nobody sent included.</summary>
    internal async Task SweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await _stranded.RecoverAsync(stoppingToken) is > 0 and var stranded)
            {
                Telemetry.InterruptedSends.Add(stranded);
                LogStranded(_logger, stranded);
            }

            if (await _outbox.EndWaitsAsync(_clock.GetUtcNow(), OutcomeRecorder.LongestPause, stoppingToken) is > 0 and var ahead)
            {
                LogClockWasAhead(_logger, ahead);
            }

            foreach (var conversation in await _outbox.FindDueAsync(_clock.GetUtcNow(), SweepLimit, stoppingToken))
            {
                if (!_lanes.ContainsKey(conversation))
                {
                    Committed(conversation, null);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: nobody needs the answer any more.
        }
        catch (Exception error)
        {
            LogSweepFailed(_logger, error);
        }
    }

    private async Task RunLaneAsync(ConversationId conversation, SendLane lane)
    {
        await Task.Yield(); // the caller goes on: sending has its own thread
        try
        {
            while (lane.TakeOrLeave(out var entry) && !_stopping.IsCancellationRequested)
            {
                entry ??= await ClaimAsync(conversation);
                while (entry is not null)
                {
                    if (_stranded.IsTakenBack(entry))
                    {
                        lane.LookAgain(); // it is due again
                        break;
                    }

                    entry = await DeliverAsync(lane, entry);
                }
            }
        }
        catch (Exception error)
        {
            LogLaneFailed(_logger, error, conversation);
        }
        finally
        {
            _lanes.TryRemove(new(conversation, lane));
            lane.Finish();
        }
    }

    /// <summary>Sends a row once its connection has a place for it. The places of one that hangs are of no use to another, so none waits for them.</summary>
    private async Task<OutboxEntry?> DeliverAsync(SendLane lane, OutboxEntry entry)
    {
        var places = _places.GetOrAdd(entry.Connection, _ => new SemaphoreSlim(_options.MaxConcurrentSends));
        var place = places.WaitAsync(CancellationToken.None);
        var hadToWait = !place.IsCompleted;
        await place;
        try
        {
            // Stopping: what still waited, or might be cut off, stays claimed, and is recovered at the next start.
            return _stopping.IsCancellationRequested && (hadToWait || !EndsInTime(entry)) ? null : await _delivery.DeliverAsync(lane, entry, _stopping.Token);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<OutboxEntry?> ClaimAsync(ConversationId conversation)
    {
        try
        {
            return await _outbox.ClaimNextAsync(conversation, _clock.GetUtcNow(), CancellationToken.None);
        }
        catch (Exception error)
        {
            // The row waits on: the next sweep comes back to it.
            LogNotClaimed(_logger, error, conversation);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox could not be swept; trying again")]
    private static partial void LogSweepFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} rows were claimed but sent by nobody; they are looked into before they are sent")]
    private static partial void LogStranded(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock was ahead when {Count} rows of the outbox were put back; they are due now")]
    private static partial void LogClockWasAhead(ILogger logger, int count);

    // Neither the messenger nor the store can cause it, so it is a fault of ours.
    [LoggerMessage(Level = LogLevel.Critical, Message = "Sending to {ConversationId} stopped; what it had claimed is looked into in a minute")]
    private static partial void LogLaneFailed(ILogger logger, Exception error, ConversationId conversationId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The next row of {ConversationId} could not be claimed; trying again")]
    private static partial void LogNotClaimed(ILogger logger, Exception error, ConversationId conversationId);
}

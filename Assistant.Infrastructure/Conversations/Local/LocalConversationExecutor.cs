// One writer per conversation, many conversations at once, in this process.
//
// The idea: a conversation is a lane. Waking one that is idle puts it in line; waking one that is being worked on only marks it, so
// that its worker looks once more before it goes. A lane exists in memory only while it has work: ten thousand quiet conversations
// cost nothing.
// The invariant: at most one turn of a conversation runs at any time, and a wake-up during a turn is never lost.
// Memory holds ids only: the inbox is the queue. When too many conversations wait, further wake-ups are dropped on purpose; the
// sweep finds them in the inbox.
using System.Collections.Concurrent;
using System.Threading.Channels;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Conversations.Local;

/// <inheritdoc cref="IConversationExecutor"/>
[ActsFor("the product, in every tenant: answers what was received")]
[Audits(AuditActions.TurnCompleted, AuditActions.TurnFailed, AuditActions.AccountLinked, AuditActions.PersonLinkOffered, AuditActions.PersonLinked,
    AuditActions.PersonUnlinked, AuditActions.PersonTold, AuditActions.PersonActAsked, AuditActions.PersonActEnded,
    AuditActions.ConversationContinued, AuditActions.MessengerPreferred, AuditActions.MessengerPreferenceDropped)]
internal sealed partial class LocalConversationExecutor(
    IServiceProvider services, IInbox inbox, IOptions<ExecutorOptions> options, TimeProvider clock, ILogger<LocalConversationExecutor> logger)
    : BackgroundService, IConversationExecutor
{
    private const int SweepLimit = 1_000;

    private readonly ConcurrentDictionary<ConversationId, Lane> _lanes = [];
    private readonly ConcurrentDictionary<ConversationId, Rest> _resting = [];
    private readonly Channel<ConversationId> _line = Channel.CreateBounded<ConversationId>(options.Value.MaxWaiting);
    private readonly SemaphoreSlim _free = new(options.Value.MaxConcurrentTurns);

    private enum Lane { Waiting, Working, WokenAgain }

    /// <summary>How often in a row the store failed under a conversation, and how long the sweep leaves it alone for it.</summary>
    private sealed record Rest(int Failures, long Since, TimeSpan Length);

    /// <summary>Conversations in line or being worked on.</summary>
    public int Active => _lanes.Count;

    public void Wake(ConversationId conversation)
    {
        var lane = _lanes.AddOrUpdate(conversation, Lane.Waiting, (_, current) => current == Lane.Waiting ? Lane.Waiting : Lane.WokenAgain);
        if (lane == Lane.Waiting && !_line.Writer.TryWrite(conversation))
        {
            _lanes.TryRemove(new(conversation, Lane.Waiting));
        }
    }

    public void Halt(ConversationId conversation, long version)
        => services.GetRequiredService<TurnProcessor>().Halt(conversation, version);

    public void HaltEdited(ConversationId conversation, string message, DateTimeOffset at)
        => services.GetRequiredService<TurnProcessor>().HaltEdited(conversation, message, at);

    public override void Dispose()
    {
        _free.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var sweep = SweepAsync(stoppingToken);
        try
        {
            await foreach (var conversation in _line.Reader.ReadAllAsync(stoppingToken))
            {
                await _free.WaitAsync(stoppingToken);
                if (_lanes.TryUpdate(conversation, Lane.Working, Lane.Waiting))
                {
                    // Awaited by the semaphore: every lane gives its place back.
                    _ = RunLaneAsync(conversation, stoppingToken);
                }
                else
                {
                    _free.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: open entries stay in the inbox.
        }

        await sweep;
        for (var i = 0; i < options.Value.MaxConcurrentTurns; i++)
        {
            await _free.WaitAsync(CancellationToken.None);
        }
    }

    private async Task RunLaneAsync(ConversationId conversation, CancellationToken stoppingToken)
    {
        await Task.Yield(); // the line moves on while this one works
        try
        {
            do
            {
                _lanes[conversation] = Lane.Working;
                while (await RunTurnAsync(conversation, stoppingToken))
                {
                }
            }
            while (!_lanes.TryRemove(new(conversation, Lane.Working)) && !stoppingToken.IsCancellationRequested);
            _resting.TryRemove(conversation, out _);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The store itself failed: the entry is still open and the sweep comes back to it.
            LogLaneFailed(logger, error, conversation);
            LetRest(conversation);
            _lanes.TryRemove(conversation, out _);
        }
        catch (OperationCanceledException)
        {
            _lanes.TryRemove(conversation, out _);
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task<bool> RunTurnAsync(ConversationId conversation, CancellationToken stoppingToken)
    {
        // Resolved late: the processor's parts wake this executor themselves.
        var processor = services.GetRequiredService<TurnProcessor>();
        try
        {
            return await processor.ProcessNextAsync(conversation, stoppingToken) is not (TurnEnding.NothingDue or TurnEnding.CaughtUp);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            return await CountFailureAsync(conversation, error, stoppingToken);
        }
    }

    private async Task<bool> CountFailureAsync(ConversationId conversation, Exception error, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<ITurnStore>();
        if (await store.BeginAsync(conversation, 0, clock.GetUtcNow(), cancellationToken) is not { } start)
        {
            return false;
        }

        var reason = Phrase.OfFault(error);
        var attempt = start.Entry.Attempts + 1;
        LogTurnFailed(logger, error, conversation, attempt);
        if (attempt >= options.Value.MaxAttempts)
        {
            await inbox.DeadLetterAsync(start.Entry, reason, cancellationToken);
        }
        else
        {
            await inbox.RetryLaterAsync(start.Entry, reason, clock.GetUtcNow() + Backoff.After(attempt), cancellationToken);
        }

        return true;
    }

    // The inbox could not count this attempt, so it is counted here: each asks the engine again, which may cost money.
    private void LetRest(ConversationId conversation)
    {
        if (_resting.Count >= options.Value.MaxWaiting)
        {
            _resting.Clear(); // what memory may hold is bounded: all begin anew with the shortest wait
        }

        var failures = _resting.TryGetValue(conversation, out var last) ? last.Failures + 1 : 1;
        _resting[conversation] = new Rest(failures, clock.GetTimestamp(), Backoff.After(failures));
    }

    private bool IsResting(ConversationId conversation)
        => _resting.TryGetValue(conversation, out var rest) && clock.GetElapsedTime(rest.Since) < rest.Length;

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await inbox.EndWaitsAsync(clock.GetUtcNow(), Backoff.Bound, stoppingToken) is > 0 and var ahead)
                {
                    LogClockWasAhead(logger, ahead);
                }

                foreach (var conversation in await inbox.FindDueAsync(clock.GetUtcNow(), SweepLimit, stoppingToken))
                {
                    if (!_lanes.ContainsKey(conversation) && !IsResting(conversation))
                    {
                        Wake(conversation);
                    }
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogSweepFailed(logger, error);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(options.Value.SweepInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Conversation {ConversationId} stopped; the sweep will come back to it")]
    private static partial void LogLaneFailed(ILogger logger, Exception error, ConversationId conversationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A turn of {ConversationId} failed (attempt {Attempt})")]
    private static partial void LogTurnFailed(ILogger logger, Exception error, ConversationId conversationId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock was ahead when {Count} entries of the inbox were stored or put back; they are due now")]
    private static partial void LogClockWasAhead(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The inbox could not be swept; trying again")]
    private static partial void LogSweepFailed(ILogger logger, Exception error);
}

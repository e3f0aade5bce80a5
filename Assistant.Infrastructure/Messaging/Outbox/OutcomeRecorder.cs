using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>
/// Records how a claimed row ended, however long the store fails: what was sent must neither be forgotten nor sent again, and what was
/// not sent must not stay claimed. Only the end of the process stops it; the row is found at the next start. Safe for concurrent use.
/// </summary>
internal sealed partial class OutcomeRecorder(IOutbox outbox, int maxAttempts, TimeProvider clock, ILogger logger)
{
    // The store is ours: once it is back nobody should wait long. The fourth wait, eight seconds, is the longest.
    private const int LongestWait = 4;

    /// <summary>No row waits longer than this, whatever a messenger asks for; it is asked again then.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <param name="outcome"><see langword="null"/> when a take-over stopped the row before it was sent.</param>
    /// <returns>The conversation's next row when it was claimed along; where it could not be, the lane is told to look again.</returns>
    public async Task<OutboxEntry?> RecordAsync(SendLane lane, OutboxEntry entry, SendOutcome? outcome, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(lane, entry, outcome);
            }
            catch (Exception error)
            {
                LogNotRecorded(logger, error, entry.Id, entry.Conversation.Value);
                if (stopping.IsCancellationRequested)
                {
                    return null;
                }

                await Task.Delay(Backoff.After(Math.Min(attempt, LongestWait)), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<OutboxEntry?> TryAsync(SendLane lane, OutboxEntry entry, SendOutcome? outcome)
    {
        switch (outcome)
        {
            case SendOutcome.Delivered delivered:
                return await outbox.MarkSentAsync(entry, delivered.ExternalId, CancellationToken.None);
            case null:
                await outbox.HoldAsync(entry, CancellationToken.None);
                lane.LookAgain();
                break;
            case SendOutcome.Rejected rejected:
                await GiveUpAsync(lane, entry, rejected.Reason);
                break;
            // A pause the messenger asked for is obeyed however often it asks; only our own back-off counts towards giving up.
            case SendOutcome.RetryAfter { Delay: { } delay } pause:
                var until = clock.GetUtcNow() + (delay < LongestPause ? delay : LongestPause);
                await outbox.RetryLaterAsync(entry, pause.Reason, until, isUncertain: false, isAttempt: false, CancellationToken.None);
                break;
            case SendOutcome.RetryAfter busy:
                await RetryOrGiveUpAsync(lane, entry, busy.Reason, isUncertain: false);
                break;
            case SendOutcome.Uncertain uncertain:
                await RetryOrGiveUpAsync(lane, entry, uncertain.Reason, isUncertain: true);
                break;
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}.");
        }

        return null;
    }

    private Task RetryOrGiveUpAsync(SendLane lane, OutboxEntry entry, Phrase reason, bool isUncertain)
        => entry.Attempts >= maxAttempts
            ? GiveUpAsync(lane, entry, reason)
            : outbox.RetryLaterAsync(entry, reason, clock.GetUtcNow() + Backoff.After(entry.Attempts), isUncertain, isAttempt: true, CancellationToken.None);

    private async Task GiveUpAsync(SendLane lane, OutboxEntry entry, Phrase reason)
    {
        await outbox.DeadLetterAsync(entry, reason, CancellationToken.None);
        lane.LookAgain();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "How {EntryId} of {ConversationId} ended could not be recorded; trying again")]
    private static partial void LogNotRecorded(ILogger logger, Exception error, Guid entryId, Guid conversationId);
}

// Takes one claimed row from "claimed" to its next state.
//
// The invariant: a row is attempted once per claim, and how that ended is recorded. Not sending (no session, a pause, a take-over) is
// recorded the same way, so a claimed row is never left behind while the process lives.
using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>Sends one claimed row and has recorded how that ended. Safe for concurrent use.</summary>
internal sealed partial class RowDelivery(
    IOutbox outbox, IChannelSessions sessions, IConnectionStore connections, ConnectionPauses pauses, FileParts files, TakeOverFence fence, OutboxOptions options,
    TimeProvider clock, ILogger logger)
{
    private readonly AbsentSessions _absent = new(connections, clock, logger);
    private readonly InterruptedSends _interrupted = new(outbox, options.ProbeWindow, clock, logger);
    private readonly OutcomeRecorder _recorder = new(outbox, options.MaxAttempts, clock, logger);

    /// <summary>Completes when the row's new state is on disk, or the process stops.</summary>
    /// <returns>The conversation's next row when it was claimed along with the recording.</returns>
    public async Task<OutboxEntry?> DeliverAsync(SendLane lane, OutboxEntry entry, CancellationToken stopping)
    {
        lane.Begin();
        try
        {
            // Looked at only after the lane shows that it is busy: a take-over either is seen here or waits for the end below.
            var outcome = fence.Stops(entry) ? null : await AttemptAsync(entry);
            return await _recorder.RecordAsync(lane, entry, outcome, stopping);
        }
        finally
        {
            lane.End();
        }
    }

    private async Task<SendOutcome> AttemptAsync(OutboxEntry entry)
    {
        if (sessions.Lend(entry.Connection) is not { } loan)
        {
            return await _absent.LookIntoAsync(entry.Connection);
        }

        using var lent = loan;
        _absent.Forget(entry.Connection);
        if (pauses.Left(entry.Connection) is { } left)
        {
            return new SendOutcome.RetryAfter(left, Phrase.Of("send.paused"));
        }

        var outcome = await SendAsync(lent.Session, entry);
        Telemetry.Sends.Add(1, new KeyValuePair<string, object?>("outcome", outcome.GetType().Name));
        if (outcome is SendOutcome.Delivered)
        {
            sessions.NoteOutbound(entry.Connection);
            pauses.NoteSent(entry.Connection);
        }

        if (outcome is SendOutcome.RetryAfter { Scope: PauseScope.Connection } refused)
        {
            pauses.Begin(entry.Tenant, entry.Connection, refused.Delay ?? Backoff.After(entry.Attempts), refused.Reason);
        }

        return outcome;
    }

    private async Task<SendOutcome> SendAsync(IChannelSession session, OutboxEntry entry)
    {
        using var activity = Telemetry.Activities.StartActivity("send");
        var message = new OutboundMessage(
            entry.Id, entry.Connection, entry.Chat, entry.Body, entry.ReplyToExternalId, entry.Attempts, entry.MayRepeat);
        var limit = options.LimitOf(entry.Body);
        using var timeout = new CancellationTokenSource(limit, clock);
        try
        {
            if (entry.Body.File is { } number)
            {
                return await files.SendAsync(session, entry, message, number, timeout.Token); // probes look for texts
            }

            if (entry.MayRepeat && session is IDeliveryProbe probe && await _interrupted.LookIntoAsync(probe, entry, message, timeout.Token) is { } known)
            {
                return known;
            }

            return await session.SendAsync(message, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return new SendOutcome.Uncertain(Phrase.Of("send.no-answer", ("seconds", limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture))));
        }
        catch (Exception error)
        {
            LogSendFaulted(logger, error, entry.Id, entry.Conversation.Value);
            return new SendOutcome.Uncertain(Phrase.OfFault(error));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sending {EntryId} to {ConversationId} faulted; it may have been shown")]
    private static partial void LogSendFaulted(ILogger logger, Exception error, Guid entryId, Guid conversationId);
}

using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging.Outbox;

/// <summary>States of an outbox entry.</summary>
public enum OutboxState
{
    /// <summary>Waiting for its turn to be sent.</summary>
    Pending,
    /// <summary>Claimed by a sender; left in this state it may have been shown.</summary>
    Sending,
    /// <summary>Accepted by the messenger: a part of a message whose last part is a row of its own. The last one is gone then.</summary>
    Sent,
    /// <summary>Stopped by a take-over or a close.</summary>
    Held,
    /// <summary>Given up: a dead letter.</summary>
    Dead,
    /// <summary>An operator decided not to send it, or the person was forgotten.</summary>
    Dropped,
}

/// <summary>Durable queue of messages to be sent: one row for each part of a message, in order within a conversation.</summary>
/// <remarks>
/// A row goes when it has been sent: that and the messenger's id are the message's from then on, written in the same transaction.
/// Rows are written by the transaction that decided to say something (a turn, an operator's reply), already claimed when nothing
/// else of the conversation waits. A row in <see cref="OutboxState.Sending"/> at start-up, or one that nobody sends, was interrupted:
/// it is sent again with <see cref="OutboundMessage.MayRepeat"/> unless a probe finds it shown. Safe for concurrent use.
/// </remarks>
public interface IOutbox
{
    /// <summary>Claims the conversation's first unsent row when it is due; <see langword="null"/> when there is none, it is not due, or another row is being sent.</summary>
    /// <remarks>Rows of a forgotten person are dropped on the way.</remarks>
    Task<OutboxEntry?> ClaimNextAsync(ConversationId conversation, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Records the send, its audit event and the message's delivery state; claims the next row of the conversation in the same transaction.</summary>
    /// <returns>The next claimed row, or <see langword="null"/>.</returns>
    Task<OutboxEntry?> MarkSentAsync(OutboxEntry entry, string externalId, CancellationToken cancellationToken);

    /// <summary>Puts a claimed row back until <paramref name="retryAt"/>.</summary>
    /// <param name="isUncertain">Whether the messenger may have shown it.</param>
    /// <param name="isAttempt"><see langword="false"/> when it was never tried (a pause, no session): the claim is not counted.</param>
    Task RetryLaterAsync(OutboxEntry entry, Phrase reason, DateTimeOffset retryAt, bool isUncertain, bool isAttempt, CancellationToken cancellationToken);

    /// <summary>Gives up on a claimed row; the conversation's next rows go on.</summary>
    Task DeadLetterAsync(OutboxEntry entry, Phrase reason, CancellationToken cancellationToken);

    /// <summary>Turns a claimed row whose send has not begun into a held one, because of a take-over; one an operator has released meanwhile waits to be sent.</summary>
    Task HoldAsync(OutboxEntry entry, CancellationToken cancellationToken);

    /// <summary>Puts a dead row back into its queue; what the assistant wrote is held when an operator holds the conversation or closed it.</summary>
    /// <returns>The conversation to wake, or <see langword="null"/> when the row is not dead.</returns>
    Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>At start-up, before anything is sent: makes interrupted rows due again, marked uncertain.</summary>
    /// <returns>How many there were.</returns>
    Task<int> RecoverInterruptedAsync(CancellationToken cancellationToken);

    /// <summary>The claims that stand now, whoever made them.</summary>
    Task<IReadOnlyList<OutboxClaim>> FindClaimsAsync(CancellationToken cancellationToken);

    /// <summary>While serving: makes a row whose claim nobody will act upon due again, as at start-up.</summary>
    /// <returns><see langword="false"/> when the claim does not stand any more.</returns>
    Task<bool> RecoverInterruptedAsync(OutboxClaim claim, CancellationToken cancellationToken);

    /// <summary>Conversations whose first open row is due at <paramref name="now"/>, oldest first.</summary>
    Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Makes due at once what is due later than <paramref name="longest"/> from <paramref name="now"/>: nothing is ever asked to wait so long, so the
    /// machine's clock was ahead when it was written down.
    /// </summary>
    /// <returns>How many there were.</returns>
    Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken);

    /// <summary>External ids this connection has received or sent since <paramref name="since"/>: what a delivery probe rules out.</summary>
    Task<IReadOnlySet<string>> FindKnownExternalIdsAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>External id of what a person said last in the conversation before a row's message was decided: whatever was shown of it came later.</summary>
    /// <returns><see langword="null"/> when nobody had said anything there, or under no id.</returns>
    Task<string?> FindHeardBeforeAsync(OutboxEntry entry, CancellationToken cancellationToken);
}

/// <summary>A claimed row.</summary>
/// <param name="MessageSeq">The conversation's message it belongs to; long ones have several rows.</param>
/// <param name="Part">0, 1, 2… within the message.</param>
/// <param name="ByAssistant">Whether the assistant wrote it; only such rows are held back by a take-over or a close.</param>
/// <param name="Attempts">Attempts begun, this claim included.</param>
/// <param name="MayRepeat">An earlier attempt ended without an answer.</param>
/// <param name="Version">The conversation's version when the row was claimed: what a take-over compares with.</param>
public sealed record OutboxEntry(
    Guid Id,
    TenantId Tenant,
    ConversationId Conversation,
    ConnectionId Connection,
    ExternalChat Chat,
    long MessageSeq,
    int Part,
    bool IsLastPart,
    MessageBody Body,
    string? ReplyToExternalId,
    bool ByAssistant,
    int Attempts,
    bool MayRepeat,
    long Version,
    DateTimeOffset CreatedAt)
{
    public OutboxClaim Claim => new(Id, Conversation, Attempts);
}

/// <summary>A claim on a row. The attempts tell it from an earlier and a later one on the same row.</summary>
public readonly record struct OutboxClaim(Guid EntryId, ConversationId Conversation, int Attempts);

/// <summary>Wakes the senders of this process. Losing a wake-up is harmless: a sweep finds due rows.</summary>
public interface IOutboxSignal
{
    /// <summary>Rows of the conversation were committed; <paramref name="claimed"/> is the one to send at once.</summary>
    void Committed(ConversationId conversation, OutboxEntry? claimed);

    /// <summary>
    /// Returns when nothing of the assistant's, claimed before the conversation reached <paramref name="version"/>, can leave this
    /// process any more: sends that have begun have ended, claimed rows that had not begun are held.
    /// </summary>
    /// <param name="version">The conversation's version after the take-over.</param>
    Task SettleAsync(ConversationId conversation, long version, CancellationToken cancellationToken);
}

/// <summary>A row a take-over or a close held back.</summary>
/// <param name="Body">Of the whole message, what has been sent of it included.</param>
/// <param name="PartsSent">How many parts of the message had left before; the last one never is among them.</param>
public sealed record HeldReply(Guid EntryId, ConversationId Conversation, long MessageSeq, MessageBody Body, DateTimeOffset CreatedAt, int PartsSent = 0)
{
    /// <summary>What is left of a reply when the rest of it is dropped: a paragraph for each part, as they are shown.</summary>
    public static MessageBody Join(IEnumerable<MessageBody> parts) => new(string.Join("\n\n", parts.Select(part => part.Markdown)));
}

/// <summary>What an operator decides about a held reply.</summary>
public enum HeldDecision { Send, Drop }

using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging.Inbox;

/// <summary>Durable queue of events received from channels: one row per external event, in order within a conversation.</summary>
/// <remarks>
/// <para>A channel acknowledges to the messenger only after <see cref="StoreAsync"/> has returned. Safe for concurrent use;
/// calls made one after another by the same channel keep their order.</para>
/// <para>Out-of-order deliveries: an edit that comes before its message is stored as the message, a deletion as its tombstone;
/// the late original then changes nothing, but for the files it adds to an edit that brought none.</para>
/// <para>A reaction opens no conversation and asks for no pairing: it is found by its message, in whichever thread of the chat that lies.</para>
/// </remarks>
public interface IInbox
{
    /// <summary>
    /// Resolves the sender, asks whether they are let in, and stores the event, its message and its audit event: one transaction,
    /// so that calls made one after another keep their order and a standing cannot change between question and answer.
    /// </summary>
    /// <param name="admit">Pure: called with the sender's standing on the connection, perhaps more than once.</param>
    /// <exception cref="TenantUnknownException">The connection names a tenant that does not exist.</exception>
    Task<InboxOutcome> StoreAsync(Connection connection, InboundMessage message, Func<SenderStanding, Admission> admit, CancellationToken cancellationToken);

    /// <summary>Counts a failed attempt; the entry is due again at <paramref name="retryAt"/>.</summary>
    Task RetryLaterAsync(InboxEntry entry, Phrase reason, DateTimeOffset retryAt, CancellationToken cancellationToken);

    /// <summary>Gives up on the entry; an operator sees it among the dead letters and can put it back.</summary>
    Task DeadLetterAsync(InboxEntry entry, Phrase reason, CancellationToken cancellationToken);

    /// <summary>Puts a dead entry back into its queue; a conversation that was closed is open again, as with a new message.</summary>
    /// <returns>The conversation to wake, or <see langword="null"/> when the entry is not dead.</returns>
    Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, Audit.AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Conversations with entries due at <paramref name="now"/>, oldest entry first: what a start or a sweep wakes.</summary>
    Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Makes due at once what is due later than <paramref name="longest"/> from <paramref name="now"/>: nothing is ever asked to wait so long, so the
    /// machine's clock was ahead when it was written down.
    /// </summary>
    /// <returns>How many there were.</returns>
    Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken);
}

/// <summary>What storing did.</summary>
public abstract record InboxOutcome
{
    private InboxOutcome() { }

    /// <summary>Committed.</summary>
    /// <param name="NeedsTurn">Whether an entry now waits for the assistant; an edit or deletion of something answered needs none.</param>
    public sealed record Stored(ConversationId Conversation, bool NeedsTurn) : InboxOutcome
    {
        /// <summary>Whether somebody held the conversation when this was stored.</summary>
        public bool IsHeld { get; init; }
    }

    /// <summary>(Connection, dedupe key), or the message itself, was stored before; nothing changed.</summary>
    public sealed record Duplicate : InboxOutcome;

    /// <summary>A reaction to a message that is not known, or by somebody who is not paired yet: nothing was stored.</summary>
    public sealed record Unmatched : InboxOutcome;

    /// <summary>The sender was not let in; nothing of what they said was stored.</summary>
    public sealed record NotAdmitted(Phrase Reason, PersonId Person) : InboxOutcome;

    /// <summary>The sender has an open pairing request.</summary>
    /// <param name="Conversation">Where the code was queued; <see langword="null"/> when an earlier request is still open.</param>
    /// <param name="Claimed">The message with the code, claimed for sending.</param>
    public sealed record PairingOpen(ConversationId? Conversation, OutboxEntry? Claimed) : InboxOutcome;
}

/// <summary>Whether a sender is let in.</summary>
public abstract record Admission
{
    private Admission() { }

    public sealed record Admit : Admission;

    /// <param name="Reason">For the audit log; the sender is told nothing.</param>
    public sealed record Refuse(Phrase Reason) : Admission;

    /// <summary>Opens a pairing request, unless one is open, and shows its code to the sender.</summary>
    /// <param name="Notice">The text that shows the code.</param>
    public sealed record Pair(PairingCode Code, string Notice) : Admission;
}

/// <summary>An event waiting for its turn.</summary>
/// <param name="MessageSeq">The message it brought into the conversation.</param>
/// <param name="Attempts">Turns that failed so far.</param>
public sealed record InboxEntry(
    Guid Id,
    TenantId Tenant,
    ConversationId Conversation,
    long MessageSeq,
    InboundContent Content,
    bool IsAddressed,
    int Attempts,
    DateTimeOffset ReceivedAt);

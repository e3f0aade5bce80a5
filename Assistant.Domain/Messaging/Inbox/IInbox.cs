using Assistant.Domain.Conversations;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Messaging.Inbox;

/// <summary>Durable queue of events received from channels: one row per external event, in order within a conversation.</summary>
/// <remarks>
/// <para>A channel acknowledges to the messenger only after <see cref="StoreAsync"/> has returned. Safe for concurrent use;
/// calls made one after another by the same channel keep their order.</para>
/// <para>Out-of-order deliveries: an edit that comes before its message is stored as the message, a deletion as its tombstone;
/// the late original then changes nothing.</para>
/// </remarks>
public interface IInbox
{
    /// <summary>Stores the event, its message and its audit event in one transaction.</summary>
    /// <param name="person">The sender, as the gateway resolved them.</param>
    /// <exception cref="TenantUnknownException">The message names a tenant that does not exist.</exception>
    Task<InboxReceipt> StoreAsync(TenantId tenant, PersonId person, InboundMessage message, CancellationToken cancellationToken);

    /// <summary>Counts a failed attempt; the entry is due again at <paramref name="retryAt"/>.</summary>
    Task RetryLaterAsync(InboxEntry entry, string error, DateTimeOffset retryAt, CancellationToken cancellationToken);

    /// <summary>Gives up on the entry; an operator sees it among the dead letters and can put it back.</summary>
    Task DeadLetterAsync(InboxEntry entry, string error, CancellationToken cancellationToken);

    /// <summary>Puts a dead entry back into its queue.</summary>
    /// <returns>The conversation to wake, or <see langword="null"/> when the entry is not dead.</returns>
    Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, Audit.AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Conversations with entries due at <paramref name="now"/>, oldest entry first: what a start or a sweep wakes.</summary>
    Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);
}

/// <summary>What storing did.</summary>
/// <param name="IsNew"><see langword="false"/> when (connection, dedupe key) or the message itself was stored before.</param>
/// <param name="NeedsTurn">Whether an entry now waits for the assistant.</param>
public sealed record InboxReceipt(bool IsNew, ConversationId Conversation, bool NeedsTurn);

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

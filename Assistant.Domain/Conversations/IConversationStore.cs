using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Conversations;

/// <summary>Writes of people at the console. Each is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IConversationStore
{
    Task<Conversation?> FindAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken);

    /// <summary>Gives the conversation to an operator: raises its version and holds back what waits in the outbox for the assistant.</summary>
    Task<ControlOutcome> TakeOverAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>As <see cref="TakeOverAsync"/>, also from one operator: who may answer no more hands nothing back.</summary>
    /// <param name="from">Passed over while they hold it. Somebody else who took it meanwhile keeps it.</param>
    Task<ControlOutcome> TakeOverFromAsync(
        TenantId tenant, ConversationId id, UserId from, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Gives the conversation back to the assistant. Held replies stay held.</summary>
    Task<ControlOutcome> HandBackAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Closes or reopens; a new message of the person reopens by itself.</summary>
    Task<ControlOutcome> SetStatusAsync(TenantId tenant, ConversationId id, ConversationStatus status, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Stores an operator's reply, its files and its outbox rows; only who holds the conversation may reply.</summary>
    Task<ReplyOutcome> ReplyAsync(TenantId tenant, ConversationId id, UserRef @operator, OperatorReply reply, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Stores a note only colleagues see.</summary>
    /// <returns>The note, or <see langword="null"/> when there is no such conversation, or its person was forgotten.</returns>
    Task<Message?> AddNoteAsync(TenantId tenant, ConversationId id, UserRef author, string markdown, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Sends or drops a held reply as a whole. Of one that was sent in part, the rest: dropped, its message is cut to what was sent.</summary>
    /// <remarks>Who holds the conversation decides; while nobody does, anybody who may answer.</remarks>
    /// <param name="entryId">Any row of the held message.</param>
    Task<ReplyOutcome> DecideHeldAsync(
        TenantId tenant, Guid entryId, UserRef @operator, HeldDecision decision, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>
    /// Drops a held reply as <see cref="DecideHeldAsync"/> does and stores an operator's in its place, or does neither; only who holds the
    /// conversation may.
    /// </summary>
    /// <param name="entryId">Any row of the held message.</param>
    /// <param name="audit">Records the operator's reply.</param>
    /// <param name="dropAudit">Records that the held one was dropped.</param>
    /// <returns><see cref="ReplyOutcome.NotFound"/> also when it was sent, dropped or replaced meanwhile.</returns>
    Task<ReplyOutcome> ReplaceHeldAsync(
        TenantId tenant, ConversationId id, Guid entryId, UserRef @operator, OperatorReply reply, AuditDraft audit, AuditDraft dropAudit,
        CancellationToken cancellationToken);

    /// <summary>Remembers how far a user has read: never less than before, never more than was said.</summary>
    Task MarkReadAsync(TenantId tenant, ConversationId id, UserId user, long seq, CancellationToken cancellationToken);
}

/// <summary>What an operator says to a person.</summary>
/// <param name="Body">As it is shown at the console; the text may be empty where there are files.</param>
/// <param name="Parts">The same cut for the channel, files included.</param>
public sealed record OperatorReply(MessageBody Body, IReadOnlyList<MessageBody> Parts)
{
    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<OutgoingFile> Files { get; init; } = [];
}

/// <summary>How a change of control ended.</summary>
public abstract record ControlOutcome
{
    private ControlOutcome() { }

    /// <summary>Done.</summary>
    /// <param name="HeldBack">How many queued replies were held back.</param>
    public sealed record Changed(Conversation Conversation, int HeldBack) : ControlOutcome;

    /// <summary>It was already so.</summary>
    public sealed record Unchanged(Conversation Conversation) : ControlOutcome;

    /// <summary>Another operator holds it.</summary>
    public sealed record HeldByOther(UserRef Operator) : ControlOutcome;

    public sealed record NotFound : ControlOutcome;
}

/// <summary>How a reply at the console ended.</summary>
public abstract record ReplyOutcome
{
    private ReplyOutcome() { }

    public sealed record Accepted(Message Message, OutboxEntry? Claimed) : ReplyOutcome;

    /// <summary>Take the conversation over first.</summary>
    public sealed record NotHolder(UserRef? Operator) : ReplyOutcome;

    /// <summary>The connection was removed, or this build has no such channel: nothing can be said there.</summary>
    public sealed record NoConnection : ReplyOutcome;

    /// <summary>A file cannot be sent there; nothing was.</summary>
    public sealed record FileRefused(string Name, Phrase Reason) : ReplyOutcome;

    /// <summary>There is no such conversation, or its person was forgotten.</summary>
    public sealed record NotFound : ReplyOutcome;
}

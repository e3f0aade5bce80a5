using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Conversations;

/// <summary>Id of a conversation; ordered by creation.</summary>
public readonly record struct ConversationId(Guid Value)
{
    public static ConversationId Create() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>Whether a conversation is going on.</summary>
public enum ConversationStatus { Open, Closed }

/// <summary>A durable thread with one chat of one connection.</summary>
/// <param name="Operator">Who holds it; <see langword="null"/> while the assistant answers.</param>
/// <param name="Version">Grows when control changes (take-over, hand-back, close). A turn begun under an older version cannot commit.</param>
/// <param name="LastSeq">Sequence number of its newest message; the first is 1.</param>
/// <param name="WaitingSince">Since when it waits for a person; <see langword="null"/> when it does not.</param>
public sealed record Conversation(
    ConversationId Id,
    TenantId Tenant,
    ConnectionId Connection,
    ExternalChat Chat,
    PersonId Person,
    ConversationStatus Status,
    UserRef? Operator,
    long Version,
    long LastSeq,
    DateTimeOffset? WaitingSince,
    DateTimeOffset CreatedAt)
{
    /// <summary>What it goes on from, in another chat of the same human being; <see langword="null"/> for most.</summary>
    public ConversationPoint? ContinuedFrom { get; init; }

    /// <summary>Since when; with <see cref="ContinuedFrom"/>.</summary>
    public DateTimeOffset? ContinuedAt { get; init; }
}

/// <summary>A place in a conversation.</summary>
/// <param name="Seq">Of the last message that belongs to it.</param>
public sealed record ConversationPoint(ConversationId Conversation, long Seq);

using Assistant.Domain.Attachments;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;

namespace Assistant.Domain.Conversations;

/// <summary>Who wrote a message.</summary>
public enum AuthorKind { Person, Assistant, Operator, System }

/// <summary>How far a message got.</summary>
public enum DeliveryState
{
    /// <summary>From a person, or a note: nothing to deliver.</summary>
    None,
    /// <summary>Committed, waiting to be sent.</summary>
    Stored,
    /// <summary>Accepted by the messenger.</summary>
    Sent,
    /// <summary>Stopped by a take-over; an operator decides.</summary>
    Held,
    /// <summary>Given up; see the dead letters.</summary>
    Failed,
    /// <summary>An attempt ended without an answer; it may have been shown.</summary>
    Uncertain,
    /// <summary>Held back, then dropped by an operator.</summary>
    Dropped,
}

/// <summary>One person's reaction to a message.</summary>
/// <param name="Name">An emoji, or how the messenger calls it; untrusted.</param>
/// <param name="By">The person's name.</param>
public sealed record Reaction(string Name, PersonId Person, string By);

/// <summary>One entry of a conversation, in the order of <see cref="Seq"/>.</summary>
/// <param name="Seq">1, 2, 3… within the conversation, without gaps.</param>
/// <param name="AuthorName">As shown at the time.</param>
/// <param name="IsNote">Only colleagues see it.</param>
/// <param name="ExternalId">The messenger's id, once known.</param>
/// <param name="EditedAt">When the text last changed.</param>
/// <param name="DeletedAt">When it was taken back; the text is then empty.</param>
/// <param name="TurnId">The turn that produced an assistant's message.</param>
/// <param name="Person">Whose it is, and sealed for: who wrote it, whom it answers, or whom a note is about.</param>
public sealed record Message(
    ConversationId Conversation,
    long Seq,
    Guid Id,
    AuthorKind Author,
    string AuthorName,
    MessageBody Body,
    IReadOnlyList<Attachment> Attachments,
    bool IsNote,
    DateTimeOffset At,
    DeliveryState Delivery = DeliveryState.None,
    string? ExternalId = null,
    DateTimeOffset? EditedAt = null,
    DateTimeOffset? DeletedAt = null,
    Guid? TurnId = null,
    PersonId? Person = null)
{
    /// <summary>What became of the <see cref="Attachments"/>, in their order; empty where nobody asked, or where files were not kept yet.</summary>
    public IReadOnlyList<AttachmentFile> Files { get; init; } = [];

    /// <summary>What people reacted with, in the order they did; only where a thread is read, and never of a message that was taken back.</summary>
    public IReadOnlyList<Reaction> Reactions { get; init; } = [];

    /// <summary>Whether the product itself notes for colleagues what happened; nobody said it.</summary>
    public bool IsLine => IsNote && Author == AuthorKind.System;

    /// <summary>The line of something that happened now, at the end of a conversation.</summary>
    /// <param name="person">Whom it is about.</param>
    public static Message Line(Conversation conversation, PersonId person, MessageBody body, DateTimeOffset now) => new(
        conversation.Id, conversation.LastSeq + 1, Guid.CreateVersion7(now), AuthorKind.System, "Assistant", body, [], IsNote: true, now, Person: person);
}

using System.ComponentModel;
using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Security;

namespace Assistant.Web.Endpoints;

/// <summary>A user or API key that holds a conversation.</summary>
internal sealed record HolderResource(Guid Id, string Name)
{
    public static HolderResource? From(UserRef? user) => user is null ? null : new(user.Id.Value, user.Name);
}

internal sealed record ConversationResource(
    Guid Id,
    [property: Description("Id of whose it is; null for a group, which is nobody's alone.")] Guid? Person,
    [property: Description("Name of the connection it goes over.")] string Channel,
    string ChannelType,
    string Title,
    ConversationStatus Status,
    [property: Description("Who holds it; null while the assistant answers.")] HolderResource? Operator,
    [property: Description("Since when it waits for a person.")] DateTimeOffset? WaitingSince,
    string LastText,
    AuthorKind LastAuthor,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastAt,
    long LastSeq,
    [property: Description("Messages of the person this caller has not marked as read.")] int Unread,
    [property: Description("The last words were a forgotten person's: lastText is empty.")] bool IsForgotten)
{
    public static ConversationResource From(ConversationRow row) => new(
        row.Id.Value, row.Person?.Value, row.Connection.Value, row.ChannelType, row.Title, row.Status, HolderResource.From(row.Operator),
        row.WaitingSince, row.LastText, row.LastAuthor, row.CreatedAt, row.LastAt, row.LastSeq, row.Unread, row.IsForgotten);
}

/// <summary>A file of a message. How the messenger names it may be a secret, so it is left out.</summary>
internal sealed record AttachmentResource(
    [property: Description("1, 2, 3… within the message.")] int Number,
    string Kind,
    string? FileName,
    [property: Description("As its content says once it is kept; before, as it was announced.")] string? MediaType,
    long? SizeBytes,
    [property: Description("waiting, kept, tooLarge, refused or failed; null when an earlier version stored the message.")] AttachmentState? State,
    [property: Description("Why it is not kept: a code.")] string? Reason)
{
    /// <summary>Every file of a message.</summary>
    public static IReadOnlyList<AttachmentResource> Of(Message message)
        => [.. message.Attachments.Select((named, at) => From(named, at + 1, message.Files.ElementAtOrDefault(at)))];

    private static AttachmentResource From(Attachment named, int number, AttachmentFile? file) => new(
        number, named.Kind, named.FileName, file?.MediaType ?? named.MediaType, file?.SizeBytes ?? named.SizeBytes, file?.State, file?.Reason?.FirstCode);
}

internal sealed record ReactionResource(
    [property: Description("An emoji, or how the messenger calls it, such as :shipit:.")] string Name,
    Guid Person,
    [property: Description("The person's name.")] string By)
{
    public static ReactionResource From(Reaction reaction) => new(reaction.Name, reaction.Person.Value, reaction.By);
}

internal sealed record MessageResource(
    Guid Id,
    [property: Description("1, 2, 3… within the conversation.")] long Seq,
    AuthorKind Author,
    string AuthorName,
    string Markdown,
    IReadOnlyList<AttachmentResource> Attachments,
    [property: Description("What people reacted with, in the order they did.")] IReadOnlyList<ReactionResource> Reactions,
    [property: Description("Only colleagues see it.")] bool IsNote,
    DateTimeOffset At,
    DeliveryState Delivery,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt,
    [property: Description("The person was forgotten: the text is empty and cannot be read again.")] bool IsForgotten,
    [property: Description("The person passed on what somebody else wrote.")] bool IsForwarded,
    [property: Description("The seq of the message of this conversation that the person answers; null when none is known.")] long? ReplyTo,
    [property: Description("What the person quoted of a message, of this conversation or another; null when they quoted nothing.")] string? Quote)
{
    public static MessageResource From(Message message) => new(
        message.Id, message.Seq, message.Author, message.AuthorName, message.Body.Markdown,
        AttachmentResource.Of(message), [.. message.Reactions.Select(ReactionResource.From)], message.IsNote, message.At, message.Delivery,
        message.EditedAt, message.DeletedAt, message.Body.IsForgotten, message.Body.IsForwarded, message.Body.InReplyTo?.Seq, message.Body.InReplyTo?.Quote?.Text);
}

/// <summary>A reply of the assistant that a take-over stopped.</summary>
internal sealed record HeldResource(
    Guid Id, long MessageSeq, string Markdown, DateTimeOffset CreatedAt,
    [property: Description("The person was forgotten: the text is empty and cannot be read again.")] bool IsForgotten,
    [property: Description("Parts of it the person has already; dropped or replaced, the message is cut to these.")] int PartsSent)
{
    public static HeldResource From(HeldReply held)
        => new(held.EntryId, held.MessageSeq, held.Body.Markdown, held.CreatedAt, held.Body.IsForgotten, held.PartsSent);
}

/// <summary>State of a conversation after a change of control.</summary>
internal sealed record ControlResource(
    Guid Id,
    ConversationStatus Status,
    HolderResource? Operator,
    [property: Description("false when it was already so.")] bool Changed,
    [property: Description("Queued replies of the assistant this change held back.")] int HeldBack)
{
    public static ControlResource From(Conversation conversation, bool changed, int heldBack)
        => new(conversation.Id.Value, conversation.Status, HolderResource.From(conversation.Operator), changed, heldBack);
}

internal sealed record TextRequest([property: Description("Markdown, up to 20,000 characters.")] string Markdown);

/// <summary>Where a reply goes: into this conversation, or wherever it reaches the person best.</summary>
internal enum ReplyTo { Here, Person }

internal sealed record ReadRequest([property: Description("Everything up to this message has been read.")] long Seq);

/// <summary>What to do with a held reply.</summary>
internal enum HeldAction { Send, Drop, Replace }

internal sealed record HeldRequest(
    HeldAction Decision, [property: Description("With 'replace': the text to send instead, in the caller's name.")] string? Markdown = null);

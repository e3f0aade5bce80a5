using Assistant.Domain.Conversations;
using Assistant.Web.Markdown;

namespace Assistant.Web.Hubs;

/// <summary>Decides what of a conversation a visitor may see, and how it looks from there.</summary>
internal sealed class ChatViews(SafeMarkdown markdown)
{
    /// <summary>The message for a visitor, or <see langword="null"/> when it is not theirs to see.</summary>
    /// <remarks>
    /// Notes are for colleagues. What the assistant or a colleague says shows once it was sent, not when it was stored: until then a
    /// take-over may still hold it back.
    /// </remarks>
    public ChatMessage? Of(Message message)
    {
        var isVisitors = message.Author == AuthorKind.Person;
        if (message.IsNote || !(isVisitors || message.Delivery == DeliveryState.Sent))
        {
            return null;
        }

        var isDeleted = message.DeletedAt is not null;
        return new(
            message.Seq,
            AuthorOf(message.Author),
            message.Author == AuthorKind.Operator ? ShownName(message.AuthorName) : "",
            Text: isVisitors && !isDeleted ? message.Body.Markdown : "",
            Html: isVisitors || isDeleted ? "" : markdown.ToHtml(message.Body.Markdown),
            message.At,
            ClientId: isVisitors ? message.ExternalId : null,
            message.TurnId,
            message.EditedAt,
            isDeleted,
            [.. message.Body.Buttons.Select(button => new ChatButton(button.Label, button.Data))],
            message.Body.IsForgotten);
    }

    /// <summary>Whether the reply of a turn will not be shown after all.</summary>
    public static bool IsWithheld(Message message) =>
        message.Delivery is DeliveryState.Held or DeliveryState.Dropped or DeliveryState.Failed;

    public ChatProgress Progress(Guid turnId, string text) => new(turnId, markdown.ToHtml(text));

    public static ChatState StateOf(Conversation? conversation) => conversation switch
    {
        null => ChatState.New,
        { Operator: { } person } => new("person", ShownName(person.Name), false, conversation.Status == ConversationStatus.Closed),
        _ => new("assistant", "", conversation.WaitingSince is not null, conversation.Status == ConversationStatus.Closed),
    };

    public static ChatTyping Typing(AuthorKind author, string name, bool isTyping) =>
        new(AuthorOf(author), author == AuthorKind.Operator ? ShownName(name) : "", isTyping);

    /// <summary>A colleague's name; nothing for one who is only known by an e-mail address.</summary>
    private static string ShownName(string name) => name.Contains('@', StringComparison.Ordinal) ? "" : name;

    private static string AuthorOf(AuthorKind author) => author switch
    {
        AuthorKind.Person => "you",
        AuthorKind.Assistant => "assistant",
        AuthorKind.Operator => "person",
        AuthorKind.System => "system",
        _ => throw new ArgumentOutOfRangeException(nameof(author), author, null),
    };
}

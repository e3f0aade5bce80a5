// Buttons that went out as numbered text come back as text: "2". Taking a word for a press is a decision made for somebody, so it is made only where
// there is no other reading (docs/adr/0165): the newest thing shown before it asked, nobody answered that yet, and what was typed names one button.
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Domain.Conversations;

/// <summary>Reads what a person typed as a press, where the buttons were numbered text. Pure.</summary>
public static class NumberedAnswer
{
    /// <summary>The button a turn's utterance stands for; <see langword="null"/> when it is just something said. Whether the buttons were text is for the caller to know.</summary>
    public static MessageButton? Find(TurnStart start)
    {
        if (start.Entry is not { IsAddressed: true, Content: InboundContent.Said { Attachments.Count: 0, IsForwarded: false } } || start.Utterance is not { EditedAt: null, DeletedAt: null })
        {
            return null;
        }

        // What was written after the utterance came in, its writer had not seen.
        var asked = start.History.LastOrDefault(message => message.Seq < start.Utterance.Seq && message.Author != AuthorKind.Person);
        return asked is { Author: AuthorKind.Assistant, Buttons.Count: > 0, Delivery: not DeliveryState.Failed } && !IsAnswered(start, asked)
            ? ButtonText.Match(asked.Buttons, start.Utterance.Body.Markdown)
            : null;
    }

    private static bool IsAnswered(TurnStart start, HistoryMessage asked)
        => start.History.Any(message =>
            message.Author == AuthorKind.Person && message.Seq > asked.Seq && message.Seq < start.Utterance.Seq && message.Attachments.Count == 0
            && ButtonText.Match(asked.Buttons, message.Text) is not null && IsHeard(start, message));

    /// <summary>In a group, what was said to nobody is no answer. Who was addressed is not kept; that somebody spoke since tells it well enough.</summary>
    private static bool IsHeard(TurnStart start, HistoryMessage message)
        => !start.Conversation.Chat.IsGroup || start.History.Any(later => later.Seq > message.Seq && later.Author != AuthorKind.Person);
}

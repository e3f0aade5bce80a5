using Assistant.Domain.Ai;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Domain.Conversations;

/// <summary>How much of a conversation a reply is told word for word. What is older, memory may quote.</summary>
public static class HistoryWindow
{
    /// <summary>The newest messages within the budget, oldest first. The first without room is told as far as it goes, and ends the window.</summary>
    /// <param name="history">Oldest first.</param>
    /// <param name="budget">In estimated tokens, see <see cref="TokenEstimate"/>.</param>
    public static IReadOnlyList<HistoryMessage> Newest(IReadOnlyList<HistoryMessage> history, int budget)
    {
        var kept = new List<HistoryMessage>(history.Count);
        foreach (var message in history.Reverse().Where(IsTold).Select(WithChoices))
        {
            var tokens = TokenEstimate.Of(message.Text);
            if (tokens > budget)
            {
                if (TokenEstimate.Shorten(message.Text, budget) is { } beginning)
                {
                    kept.Add(message with { Text = beginning, IsCut = true });
                }

                break;
            }

            budget -= tokens;
            kept.Add(message);
        }

        kept.Reverse();
        return kept;
    }

    /// <summary>What was offered stands below the question: without it an answer like "2" tells nothing.</summary>
    private static HistoryMessage WithChoices(HistoryMessage message)
        => message.Buttons.Count == 0 ? message : message with { Text = ButtonText.Append(new MessageBody(message.Text, message.Buttons)).Markdown };

    /// <summary>What the program itself wrote there, and what is empty, tells an engine nothing.</summary>
    private static bool IsTold(HistoryMessage message)
        => message.Author != AuthorKind.System && (message.Text.Length > 0 || message.Attachments.Count > 0);
}

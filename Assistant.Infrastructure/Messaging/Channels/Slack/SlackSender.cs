using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Shows messages. One call each; what to do about a failure is said in the outcome.</summary>
internal sealed class SlackSender(SlackClient client)
{
    private const int LongestLabel = 75;
    private const int MaxButtonsInRow = 25;

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        var reply = await client.PostAsync(PostOf(message), cancellationToken);
        return reply is { IsOk: true, Answer.Ts: { Length: > 0 } ts } ? new SendOutcome.Delivered(ts) : SlackFailure.Outcome(reply);
    }

    /// <summary>The message as Slack takes it.</summary>
    public static SlackPost PostOf(OutboundMessage message)
    {
        var text = SlackRenderer.Render(message.Body.Markdown);
        var post = new SlackPost(message.Chat.ExternalId, text, message.Chat.ThreadId, null, null);
        if (message.Body.Buttons.Count == 0)
        {
            return post;
        }

        // A section takes less than a message: where escapes make the text longer, the buttons hang below the message instead. Verbatim, or Slack
        // would make names and addresses in it links of its own.
        var rows = RowsOf(message.Body.Buttons);
        return SlackRenderer.Limit.Measure(text) <= SlackRenderer.Limit.Max
            ? post with { Blocks = [new SlackBlock("section", new SlackWords("mrkdwn", text, Verbatim: true)), .. rows] }
            : post with { Attachments = [new SlackAttached(string.Join(" / ", message.Body.Buttons.Select(button => LabelOf(button.Label))), rows)] };
    }

    private static IReadOnlyList<SlackBlock> RowsOf(IReadOnlyList<MessageButton> buttons) =>
    [
        .. buttons
            .Select((button, i) => new SlackButton("button", new SlackWords("plain_text", LabelOf(button.Label), true), $"choice-{i}", button.Data))
            .Chunk(MaxButtonsInRow)
            .Select(row => new SlackBlock("actions", Elements: row)),
    ];

    private static string LabelOf(string label) => Legible.Cut(label, LongestLabel, "…");
}

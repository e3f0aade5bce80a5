using System.Globalization;
using System.Text;

namespace Assistant.Domain.Messaging.Outbox;

/// <summary>Buttons as numbered text, for channels that have none.</summary>
public static class ButtonText
{
    // The printable characters of ASCII once more, as wide as a Chinese one.
    private const char FirstWide = '\uFF01';
    private const char LastWide = '\uFF5E';

    // People write to a number what stands behind it in the list.
    private static readonly char[] Closing = ['.', ')', '。', '、'];

    /// <summary>The body with its buttons written out as a numbered list, and no buttons left.</summary>
    public static MessageBody Append(MessageBody body)
    {
        if (body.Buttons.Count == 0)
        {
            return body;
        }

        var text = new StringBuilder(body.Markdown.TrimEnd());
        if (text.Length > 0)
        {
            text.Append("\n\n");
        }

        for (var i = 0; i < body.Buttons.Count; i++)
        {
            text.Append(i == 0 ? "" : "\n").Append(CultureInfo.InvariantCulture, $"{i + 1}. {OneLine(body.Buttons[i].Label)}");
        }

        return new MessageBody(text.ToString());
    }

    /// <summary>
    /// The button a person means by answering with its number or its label, in digits and punctuation of either width; <see langword="null"/> when they mean
    /// none, or when it could be two: a number that is another button's label.
    /// </summary>
    public static MessageButton? Match(IReadOnlyList<MessageButton> buttons, string utterance)
    {
        var typed = Folded(utterance);
        if (typed.Length == 0)
        {
            return null;
        }

        var bare = typed.TrimEnd(Closing);
        var number = int.TryParse(bare, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        MessageButton? meant = null;
        for (var i = 0; i < buttons.Count; i++)
        {
            var label = Folded(OneLine(buttons[i].Label));
            if (i != number - 1 && !label.Equals(typed, StringComparison.OrdinalIgnoreCase) && !label.Equals(bare, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (meant is not null)
            {
                return null;
            }

            meant = buttons[i];
        }

        return meant;
    }

    private static string Folded(string text)
        => string.Concat(text.Trim().Select(c => c is >= FirstWide and <= LastWide ? (char)(c - FirstWide + '!') : c));

    private static string OneLine(string label) => label.ReplaceLineEndings(" ").Trim();
}

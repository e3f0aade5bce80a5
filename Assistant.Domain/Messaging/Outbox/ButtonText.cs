using System.Globalization;
using System.Text;

namespace Assistant.Domain.Messaging.Outbox;

/// <summary>Buttons as numbered text, for channels that have none.</summary>
public static class ButtonText
{
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

    /// <summary>The button a person means by answering with its number or its label; <see langword="null"/> when they mean none.</summary>
    public static MessageButton? Match(IReadOnlyList<MessageButton> buttons, string utterance)
    {
        var said = utterance.AsSpan().Trim().TrimEnd(".)。）、");
        if (int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number >= 1 && number <= buttons.Count ? buttons[number - 1] : null;
        }

        foreach (var button in buttons)
        {
            if (said.Equals(button.Label.AsSpan().Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return button;
            }
        }

        return null;
    }

    private static string OneLine(string label) => label.ReplaceLineEndings(" ").Trim();
}

using System.Globalization;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>Labels of buttons, as long as a messenger shows them.</summary>
internal static class Labels
{
    /// <summary>The label on one line, with an ellipsis where it is longer than <paramref name="most"/> UTF-16 units; never cut within what a reader sees as one character, never empty.</summary>
    public static string Cut(string label, int most)
    {
        var text = label.ReplaceLineEndings(" ").Trim();
        if (text.Length <= most)
        {
            return text.Length == 0 ? "…" : text;
        }

        var end = 0;
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext() && elements.ElementIndex + elements.GetTextElement().Length < most)
        {
            end = elements.ElementIndex + elements.GetTextElement().Length;
        }

        return text[..end].TrimEnd() + "…";
    }
}

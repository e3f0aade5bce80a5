using System.Text;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>Quotes what somebody wrote so that it shows as written: none of it is taken for Markdown.</summary>
public static class MarkdownText
{
    private const string Special = "\\`*_[]<>~|&";
    private const string SpecialAtLineStart = "#+-=:";

    /// <summary>The text with every character that Markdown would read escaped; line breaks are kept.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length + 8);
        var lineStart = true;
        var onlyDigits = false;
        foreach (var c in text)
        {
            var opensList = onlyDigits && (c is '.' or ')');
            if (Special.Contains(c, StringComparison.Ordinal) || opensList || lineStart && SpecialAtLineStart.Contains(c, StringComparison.Ordinal))
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
            onlyDigits = char.IsAsciiDigit(c) && (lineStart || onlyDigits);
            lineStart = c is '\n' or '\r' || lineStart && char.IsWhiteSpace(c);
        }

        return escaped.ToString();
    }

    /// <summary>The text as a block quotation, every character of it.</summary>
    public static string Quote(string text) => "> " + Escape(text.ReplaceLineEndings("\n").Trim()).Replace("\n", "\n> ", StringComparison.Ordinal);
}

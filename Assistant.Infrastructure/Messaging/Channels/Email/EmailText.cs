using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>The text of mails, in and out.</summary>
internal static class EmailText
{
    /// <summary>Mail has no limit a text would meet; a longer answer becomes several mails.</summary>
    public static readonly TextLimit Limit = new(50_000);

    /// <summary>What is let in of one mail: the rest was not typed by a person.</summary>
    private const int MaxInbound = 30_000;

    /// <summary>Soft line breaks stand before this column (RFC 3676, section 4.2).</summary>
    private const int Width = 76;

    public static string Bounded(string text) => Legible.Cut(text, MaxInbound, "\n[…]");

    /// <summary>Markdown as plain text.</summary>
    public static string Plain(string markdown)
        => Rendered.Fit(markdown, Limit, PlainRenderer.Render, words => words.Length > 0 ? words : " ");

    /// <summary>
    /// Text in the form <c>format=flowed</c>: lines end where they are to be broken at the latest, a space at their end says that they go on. A word
    /// is never broken, so a line without spaces, as Chinese is, stays whole.
    /// </summary>
    public static string Flowed(string text)
    {
        var flowed = new StringBuilder(text.Length + (text.Length / 40));
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            Flow(flowed, line.TrimEnd(' '));
            flowed.Append("\r\n");
        }

        return flowed.ToString();
    }

    private static void Flow(StringBuilder flowed, string line)
    {
        var rest = line.AsSpan();
        while (true)
        {
            // What begins like a quotation, or like the line some programs escape, is set off by a space.
            if (rest.Length > 0 && (rest[0] is ' ' or '>' || rest.StartsWith("From ", StringComparison.Ordinal)))
            {
                flowed.Append(' ');
            }

            var end = BreakOf(rest);
            flowed.Append(rest[..end]);
            if (end == rest.Length)
            {
                return;
            }

            flowed.Append("\r\n");
            rest = rest[end..];
        }
    }

    /// <summary>After the last space that still fits, else after the first there is, else at the end.</summary>
    private static int BreakOf(ReadOnlySpan<char> line)
    {
        if (line.Length <= Width)
        {
            return line.Length;
        }

        var fits = line[..Width].LastIndexOf(' ');
        var at = fits > 0 ? fits : line.IndexOf(' ');
        return at > 0 && at + 1 < line.Length ? at + 1 : line.Length;
    }
}

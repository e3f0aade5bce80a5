using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

// A message becomes lines. Each is as long as the server will pass on whole, which is counted in bytes of UTF-8; it is cut between words, or else
// between characters as people see them. What is set off by a control code is set off again in the next line, because every line begins plain.
// There are never more than so many lines: the server takes one in two seconds, and a poem must not hold up everybody else.

/// <summary>Texts of both directions. Pure.</summary>
internal static class IrcText
{
    /// <summary>Longest text of one message: some lines' worth.</summary>
    public static TextLimit Limit { get; } = new(1_600, LengthUnit.Utf8Bytes);

    private const string Toggles = "\u0002\u0011\u001d\u001e";
    private const char Color = '\u0003';
    private const char HexColor = '\u0004';

    /// <summary>What was said, without bold, colours and the like.</summary>
    public static string Stripped(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case Color:
                    i += ColorLength(text.AsSpan(i + 1), char.IsAsciiDigit, 2);
                    break;
                case HexColor:
                    i += ColorLength(text.AsSpan(i + 1), char.IsAsciiHexDigit, 6);
                    break;
                case '\t':
                    plain.Append(' ');
                    break;
                default:
                    if (!char.IsControl(text[i]))
                    {
                        plain.Append(text[i]);
                    }

                    break;
            }
        }

        return plain.ToString();
    }

    /// <summary>The lines of a message, none longer than <paramref name="room"/> bytes, none blank, and no more than <paramref name="maxLines"/> where they can be joined.</summary>
    public static IReadOnlyList<string> Lines(string markdown, int room, int maxLines)
    {
        var lines = new List<string>();
        var open = "";
        foreach (var line in Joined(Rendered.Fit(markdown, Limit, IrcRenderer.Render, words => words), room, maxLines))
        {
            Cut(line, room, lines, ref open);
        }

        return lines;
    }

    private static List<string> Joined(string text, int room, int maxLines)
    {
        var lines = text.Split('\n').Select(Clean).Where(line => Stripped(line).Trim().Length > 0).ToList();
        while (lines.Count > maxLines)
        {
            // The two neighbours that are shortest together; they stay apart for the eye.
            var at = Enumerable.Range(0, lines.Count - 1).MinBy(i => Encoding.UTF8.GetByteCount(lines[i]) + Encoding.UTF8.GetByteCount(lines[i + 1]));
            var both = $"{lines[at]} / {lines[at + 1].TrimStart()}";
            if (Encoding.UTF8.GetByteCount(both) > room)
            {
                break;
            }

            lines[at] = both;
            lines.RemoveAt(at + 1);
        }

        return lines;
    }

    /// <summary>No character that ends a line or means something to a terminal.</summary>
    private static string Clean(string line)
        => string.Concat(line.Where(c => !char.IsControl(c) || c == '\t' || Toggles.Contains(c, StringComparison.Ordinal))).Replace('\t', ' ');

    private static void Cut(string line, int room, List<string> lines, ref string open)
    {
        var rest = open + line;
        while (rest.Length > 0)
        {
            var end = FittingEnd(rest, room);
            var part = rest[..end];
            if (Stripped(part).Trim().Length > 0)
            {
                lines.Add(part);
            }

            open = OpenAfter(part);
            rest = end == rest.Length ? "" : rest[end..].TrimStart(' ') is { Length: > 0 } more ? open + more : "";
        }
    }

    /// <summary>Where to cut: behind the last word that fits, or else behind the last whole character.</summary>
    private static int FittingEnd(string text, int room)
    {
        var (bytes, end, space) = (0, 0, -1);
        var characters = StringInfo.GetTextElementEnumerator(text);
        while (characters.MoveNext())
        {
            var character = characters.GetTextElement();
            bytes += Encoding.UTF8.GetByteCount(character);
            if (bytes > room)
            {
                // A single cluster may be longer than a line: then between its code points.
                return space > 0 ? space : end > 0 ? end : FittingRunes(text, room);
            }

            if (character == " ")
            {
                space = end;
            }

            end += character.Length;
        }

        return text.Length;
    }

    private static int FittingRunes(string text, int room)
    {
        var (bytes, end) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > room)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        return end;
    }

    private static string OpenAfter(string part) => string.Concat(Toggles.Where(code => part.Count(c => c == code) % 2 == 1));

    private static int ColorLength(ReadOnlySpan<char> text, Func<char, bool> isDigit, int max)
    {
        var length = Digits(text, isDigit, max);
        return length > 0 && length < text.Length && text[length] == ',' && Digits(text[(length + 1)..], isDigit, max) is > 0 and var second ? length + 1 + second : length;
    }

    private static int Digits(ReadOnlySpan<char> text, Func<char, bool> isDigit, int max)
    {
        var count = 0;
        while (count < max && count < text.Length && isDigit(text[count]))
        {
            count++;
        }

        return count;
    }
}

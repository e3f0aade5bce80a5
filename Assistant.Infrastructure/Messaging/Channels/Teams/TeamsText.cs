using System.Net;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>What somebody wrote, out of Teams' form into words. Pure, and total.</summary>
internal static class TeamsText
{
    private const string Open = "<at";
    private const string Close = "</at>";
    private const char HardSpace = '\u00A0';

    /// <summary>The words: the mention of the assistant taken off, those of others with an @, entities decoded.</summary>
    /// <param name="mentions">Texts as they stand in <paramref name="text"/> that mean the assistant.</param>
    /// <remarks>Teams marks a mention with a tag that a person cannot type: their own angle brackets come as entities.</remarks>
    public static string Read(string text, IReadOnlyCollection<string> mentions)
    {
        var words = new StringBuilder(text.Length);
        var isBegun = false;
        var at = 0;
        while (FindMention(text, at) is { } mention)
        {
            var before = Decoded(text[at..mention.Open]);
            isBegun |= !string.IsNullOrWhiteSpace(before);
            words.Append(before);
            at = mention.End;
            if (!mentions.Contains(text[mention.Open..mention.End]))
            {
                words.Append('@').Append(Decoded(text[mention.Name..(mention.End - Close.Length)]));
                isBegun = true;
            }
            else if (!isBegun)
            {
                at = SkipAddress(text, at);
            }
            else if (at < text.Length && text[at] == ' ' && char.IsWhiteSpace(words[^1]))
            {
                at++; // of the white space on both sides one is enough
            }
        }

        return words.Append(Decoded(text[at..])).ToString().Trim();
    }

    private static (int Open, int Name, int End)? FindMention(string text, int at)
    {
        var open = text.IndexOf(Open, at, StringComparison.Ordinal);
        var inner = open < 0 ? -1 : text.IndexOf('>', open);
        var close = inner < 0 ? -1 : text.IndexOf(Close, inner, StringComparison.Ordinal);
        return close < 0 || text[open + Open.Length] is not ('>' or ' ') ? null : (open, inner + 1, close + Close.Length);
    }

    private static int SkipAddress(string text, int at)
    {
        while (at < text.Length && text[at] is (' ' or HardSpace or ',' or '，' or ':' or '：'))
        {
            at++;
        }

        return at;
    }

    private static string Decoded(string text) => WebUtility.HtmlDecode(text).Replace(HardSpace, ' ');
}

using System.Net;
using System.Text;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>What somebody wrote, out of Teams' form into words. Pure, and total.</summary>
internal static class TeamsText
{
    private const string Open = "<at";
    private const string Close = "</at>";
    private const char HardSpace = '\u00A0';

    /// <summary>
    /// The words: names with an @, entities decoded, without the assistant's name where it only calls, see <see cref="Mention.TakeOff(string, int, int)"/>.
    /// </summary>
    /// <param name="mentions">Texts as they stand in <paramref name="text"/> that mean the assistant.</param>
    /// <remarks>Teams marks a mention with a tag that a person cannot type: their own angle brackets come as entities.</remarks>
    public static string Read(string text, IReadOnlyCollection<string> mentions)
    {
        var words = new StringBuilder(text.Length);
        var calls = new List<(int Start, int Length)>();
        var at = 0;
        while (FindMention(text, at) is { } mention)
        {
            words.Append(Decoded(text[at..mention.Open]));
            at = mention.End;
            var name = Decoded(text[mention.Name..(mention.End - Close.Length)]);
            if (mentions.Contains(text[mention.Open..mention.End]))
            {
                calls.Add((words.Length, 1 + name.Length));
            }

            words.Append('@').Append(name);
        }

        return Mention.TakeOff(words.Append(Decoded(text[at..])).ToString(), calls);
    }

    private static (int Open, int Name, int End)? FindMention(string text, int at)
    {
        var open = text.IndexOf(Open, at, StringComparison.Ordinal);
        var inner = open < 0 ? -1 : text.IndexOf('>', open);
        var close = inner < 0 ? -1 : text.IndexOf(Close, inner, StringComparison.Ordinal);
        return close < 0 || text[open + Open.Length] is not ('>' or ' ') ? null : (open, inner + 1, close + Close.Length);
    }

    private static string Decoded(string text) => WebUtility.HtmlDecode(text).Replace(HardSpace, ' ');
}

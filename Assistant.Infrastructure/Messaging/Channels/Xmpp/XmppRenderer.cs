using System.Buffers;
using System.Text;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>Markdown as message styling, XEP-0393: marks in the text, which also those read who have no styling.</summary>
/// <remarks>
/// The dialect has no escapes. A mark opens only at the beginning of a block or behind white space, so a word joiner before a character that would
/// be taken for a mark takes that meaning from it, and a hair space lets a mark open inside a Chinese sentence.
/// </remarks>
internal sealed class XmppRenderer : MarkerRenderer
{
    private const char WordJoiner = '\u2060';
    private const string Marks = "*_~`>";

    private static readonly MarkerStyle Style = new("*", "_", "~", "`", "```", "> ", SearchValues.Create(Marks)) { Joint = "\u200A" };

    private XmppRenderer(string source, bool alignsTables) : base(source, alignsTables, Style) { }

    public static string Render(string markdown, bool alignsTables) => new XmppRenderer(markdown, alignsTables).Finish();

    /// <summary>Markdown to be read as it was written: a word joiner before each character that would be taken for a mark, while there is room.</summary>
    public static string AsWords(string markdown)
    {
        var escaped = new XmppRenderer("", false).Escaped(markdown);
        return XmppText.Limit.Measure(escaped) <= XmppText.Limit.Max ? escaped : markdown;
    }

    protected override string Escaped(ReadOnlySpan<char> words)
    {
        var text = new StringBuilder(words.Length + 4);
        for (var i = 0; i < words.Length; i++)
        {
            if (Marks.Contains(words[i], StringComparison.Ordinal) && Opens(words, i))
            {
                text.Append(WordJoiner);
            }

            text.Append(words[i]);
        }

        return text.ToString();
    }

    protected override string LinkOf(string address, string label) => (address.Length, label.Length) switch
    {
        (0, _) => label,
        (_, 0) => address,
        _ => label.Equals(address, StringComparison.Ordinal) ? address : $"{label} ({address})",
    };

    private bool Opens(ReadOnlySpan<char> words, int at)
    {
        var before = at > 0 ? words[at - 1] : Text.Length > 0 ? Text[^1] : '\n';
        var isQuote = words[at] == '>';
        return isQuote ? before == '\n' : char.IsWhiteSpace(before) && (at + 1 == words.Length || !char.IsWhiteSpace(words[at + 1]));
    }
}

using System.Buffers;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>Markdown as WhatsApp formats text: https://faq.whatsapp.com/539178204879377</summary>
internal sealed class WhatsAppRenderer : MarkerRenderer
{
    /// <summary>Longest text of one message.</summary>
    public static TextLimit Limit { get; } = new(4096);

    private const char Nothing = '\u200B';

    // A mark is seen at the edge of a word only; a zero-width space makes an edge where there is none.
    private static readonly MarkerStyle Style = new("*", "_", "~", "`", "```", "> ", SearchValues.Create("*_~`")) { Joint = $"{Nothing}" };

    private WhatsAppRenderer(string source, bool alignsTables) : base(source, alignsTables, Style) { }

    public static string Render(string markdown)
        => Rendered.Fit(markdown, Limit, static (text, aligns) => new WhatsAppRenderer(text, aligns).Finish(), static words => words);

    /// <summary>WhatsApp has no escapes: a zero-width space behind a mark that could open or close keeps it from touching a word.</summary>
    protected override string Escaped(ReadOnlySpan<char> words)
    {
        var text = new StringBuilder(words.Length + 8);
        for (var i = 0; i < words.Length; i++)
        {
            var isMark = words[i] is '*' or '_' or '~' or '`';
            var before = i > 0 ? words[i - 1] : Text.Length > 0 ? Text[^1] : ' ';
            var after = i + 1 < words.Length ? words[i + 1] : ' ';
            var opens = isMark && !char.IsLetterOrDigit(before) && !char.IsWhiteSpace(after);
            var closes = isMark && !char.IsLetterOrDigit(after) && !char.IsWhiteSpace(before);
            text.Append(closes ? $"{Nothing}" : "").Append(words[i]).Append(opens ? $"{Nothing}" : "");
        }

        return text.ToString();
    }

    protected override string LinkOf(string address, string label)
    {
        // There are no links with words: the address stands behind them and is made a link by WhatsApp.
        var words = label.ReplaceLineEndings(" ").Trim();
        return words.Length == 0 || words.Replace($"{Nothing}", "", StringComparison.Ordinal) == address ? address
            : address.Length == 0 ? words
            : $"{words} ({address})";
    }
}

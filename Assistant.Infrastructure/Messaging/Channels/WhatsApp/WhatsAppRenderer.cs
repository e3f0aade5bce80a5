using System.Buffers;
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

    protected override string Escaped(ReadOnlySpan<char> words) => Guarded(words);

    protected override string LinkOf(string address, string label)
    {
        // There are no links with words: the address stands behind them and is made a link by WhatsApp.
        var words = label.ReplaceLineEndings(" ").Trim();
        return words.Length == 0 || words.Replace($"{Nothing}", "", StringComparison.Ordinal) == address ? address
            : address.Length == 0 ? words
            : $"{words} ({address})";
    }
}

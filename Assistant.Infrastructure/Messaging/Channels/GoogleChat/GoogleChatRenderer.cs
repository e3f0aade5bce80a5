using System.Buffers;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>Markdown in Google Chat's own marks.</summary>
internal sealed class GoogleChatRenderer : MarkerRenderer
{
    /// <summary>Longest text of one message; longer replies are split before they come here.</summary>
    public static TextLimit Limit { get; } = new(4_000);

    /// <summary>What a message may be: 32,000 bytes with its cards.</summary>
    private static readonly TextLimit Taken = new(28_000, LengthUnit.Utf8Bytes);

    // A zero-width space. Chat knows no escapes: what would be a mark or a mention is kept apart from what would make it one.
    private const char Apart = '\u200B';

    private static readonly MarkerStyle Style = new("*", "_", "~", "`", "```", "> ", SearchValues.Create("<*_~`")) { Joint = "\u200B" };

    private GoogleChatRenderer(string source, bool alignsTables) : base(source, alignsTables, Style) { }

    public static string Render(string markdown) => Rendered.Fit(
        markdown, Taken, static (text, aligns) => new GoogleChatRenderer(text, aligns).Finish(), static words => Escape(words, ' '));

    protected override string Escaped(ReadOnlySpan<char> words) => Escape(words, Text.Length > 0 ? Text[^1] : ' ');

    protected override string LinkOf(string address, string label)
    {
        var words = label.ReplaceLineEndings(" ").Trim();
        if (!IsLinkable(address))
        {
            return words.Length == 0 ? address : address.Length == 0 ? words : $"{words} ({address})";
        }

        var target = address
            .Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal)
            .Replace("|", "%7C", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal);

        // A picture within a link is a link within a link, which Chat has not.
        return words.Length == 0 || words == target ? target
            : words.AsSpan().ContainsAny('<', '>', '|') ? $"{words} {target}"
            : $"<{target}|{words}>";
    }

    private static string Escape(ReadOnlySpan<char> words, char before)
    {
        var text = new StringBuilder(words.Length + 16);
        for (var i = 0; i < words.Length; i++)
        {
            text.Append(words[i]);

            // What follows the last one is not known here; it may be anything.
            var next = i + 1 < words.Length ? words[i + 1] : 'a';
            var opens = words[i] switch
            {
                '<' => char.IsAsciiLetter(next),
                '*' or '_' or '~' or '`' => !char.IsLetterOrDigit(before) && !char.IsWhiteSpace(next),
                _ => false,
            };
            if (opens)
            {
                text.Append(Apart);
            }

            before = words[i];
        }

        return text.ToString();
    }

    private static bool IsLinkable(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto" && !address.AsSpan().ContainsAny('\n', '\r');
}

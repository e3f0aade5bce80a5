using System.Buffers;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Markdown in Discord's own dialect: nearly Markdown, without tables and with marks of its own.</summary>
internal sealed class DiscordRenderer : MarkerRenderer
{
    private const int DeepestHeading = 3;

    /// <summary>What a message takes.</summary>
    public static TextLimit Limit { get; } = new(2_000);

    // A line may begin a list or a small print with a dash; everywhere else it is one.
    private static readonly MarkerStyle Style = new("**", "*", "~~", "`", "```", "> ", SearchValues.Create(@"\*_~`|>#<[]-+"))
    {
        NamesLanguage = true,
    };

    private DiscordRenderer(string source, bool alignsTables) : base(source, alignsTables, Style) { }

    protected override string Bullet => "- ";

    /// <summary>The text as Discord takes it. Where escapes would make it too long, the Markdown goes as it is: Discord reads most of it.</summary>
    public static string Render(string markdown) => Rendered.Fit(
        markdown, Limit, static (text, aligns) => new DiscordRenderer(text, aligns).Finish(), static words => Limit.Measure(Escape(words)) <= Limit.Max ? Escape(words) : words);

    protected override string Escaped(ReadOnlySpan<char> words) => Escape(words, IsInAddress(Text), Text.Length == 0 || Text[^1] == '\n');

    protected override void Heading(int level, Action write)
    {
        // Discord knows three, at the beginning of a line.
        if (level <= DeepestHeading && (Text.Length == 0 || Text[^1] == '\n'))
        {
            Text.Append('#', level).Append(' ');
            write();
        }
        else
        {
            base.Heading(level, write);
        }
    }

    protected override string LinkOf(string address, string label)
    {
        var words = label.ReplaceLineEndings(" ").Trim();
        if (!IsLinkable(address))
        {
            return words.Length == 0 ? Escape(address) : address.Length == 0 ? words : $"{words} ({Escape(address)})";
        }

        var target = address
            .Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal)
            .Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal);
        if (words.Length == 0 || words == address || words == Escape(address))
        {
            return target;
        }

        // Words that look like an address of their own, and a link within a link, make none at Discord.
        return words.Contains("://", StringComparison.Ordinal)
            ? $"{words} ({target})"
            : $"[{words.Replace(@"\[", "(", StringComparison.Ordinal).Replace(@"\]", ")", StringComparison.Ordinal)}]({target})";
    }

    private static string Escape(string words) => Escape(words, isInAddress: false, isLineStart: true);

    // Discord shows a backslash within an address, and makes links of addresses by itself: nothing in them is escaped.
    private static string Escape(ReadOnlySpan<char> words, bool isInAddress, bool isLineStart)
    {
        var text = new StringBuilder(words.Length + 8);
        for (var i = 0; i < words.Length; i++)
        {
            var c = words[i];
            isInAddress = isInAddress ? !char.IsWhiteSpace(c) && c is not ('<' or '>') : IsAddress(words[i..]);
            if (!isInAddress && (c is '-' or '+' ? isLineStart : Style.Special.Contains(c)))
            {
                text.Append('\\');
            }

            text.Append(c);
            isLineStart = c == '\n' || (isLineStart && c == ' ');
        }

        return text.ToString();
    }

    private static bool IsInAddress(StringBuilder text)
    {
        var start = text.Length;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]) && text[start - 1] is not ('<' or '>'))
        {
            start--;
        }

        var tail = text.ToString(start, text.Length - start);
        return tail.Contains("http://", StringComparison.Ordinal) || tail.Contains("https://", StringComparison.Ordinal);
    }

    private static bool IsAddress(ReadOnlySpan<char> words)
        => words.StartsWith("http://", StringComparison.Ordinal) || words.StartsWith("https://", StringComparison.Ordinal);

    private static bool IsLinkable(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && !address.AsSpan().ContainsAny('\n', '\r');
}

using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>
/// Markdown in the little HTML that Teams calls <c>xml</c>. Teams takes Markdown as well, but each of its clients reads another one; tags and escapes mean
/// the same everywhere. The result is well-formed.
/// </summary>
internal sealed class TeamsRenderer : MarkdownRenderer
{
    /// <summary>Longest text of one message; longer replies are split before they come here.</summary>
    public static TextLimit Limit { get; } = new(8_000);

    /// <summary>What a message may be with its tags. Teams takes 100 KB, older ones of its servers 28.</summary>
    private static readonly TextLimit Taken = new(25_000, LengthUnit.Utf8Bytes);

    /// <summary>A line break of code, while all others are still to become tags.</summary>
    private const char CodeBreak = '\u0001';

    private TeamsRenderer(string source, bool alignsTables) : base(source, alignsTables) { }

    public static string Render(string markdown) => Rendered.Fit(
        markdown, Taken, static (text, aligns) => new TeamsRenderer(text, aligns).Finish(), static words => Lined(Escape(words)));

    protected override void Words(ReadOnlySpan<char> words) => Text.Append(Escape(words));

    protected override void Emphasized(Emphasis kind, Action write)
    {
        var tag = kind switch
        {
            Emphasis.Bold => "b",
            Emphasis.Italic => "i",
            _ => "s",
        };
        Tagged(tag, write);
    }

    protected override void CodeSpan(string code) => Tagged("code", () => Text.Append(Escape(code)));

    protected override void CodeBlock(string code, string? language)
        => Tagged("pre", () => Text.Append(Escape(code.ReplaceLineEndings("\n")).Replace('\n', CodeBreak)));

    protected override void Quoted(int depth, Action write) => Tagged("blockquote", write);

    protected override void Linked(string address, Action label)
    {
        var start = Text.Length;
        label();
        var words = Text.ToString(start, Text.Length - start);
        Text.Length = start;
        var isLink = IsLinkable(address);
        if (isLink && !words.Contains("<a ", StringComparison.Ordinal))
        {
            Text.Append("<a href=\"").Append(Escape(address)).Append("\">").Append(words.Length == 0 ? Escape(address) : words).Append("</a>");
        }
        else if (words.Length == 0 || address.Length == 0)
        {
            Text.Append(words).Append(Escape(address));
        }
        else
        {
            // A picture within a link is a link within a link, which there is not.
            Text.Append(words).Append(" (").Append(Escape(address)).Append(')');
        }
    }

    private string Finish()
    {
        WriteAll();
        return Lined(Text.ToString().Trim('\n', ' '));
    }

    private void Tagged(string tag, Action write)
    {
        var start = Text.Length;
        write();
        if (Text.Length > start)
        {
            Text.Insert(start, $"<{tag}>").Append("</").Append(tag).Append('>');
        }
    }

    private static string Lined(string text)
    {
        var lined = new StringBuilder(text.Length + 64);
        var isIndent = true;
        foreach (var c in text)
        {
            // Where a line begins, HTML would swallow what indents it.
            lined.Append(c switch
            {
                '\n' => "<br/>",
                ' ' when isIndent => "&#160;",
                CodeBreak => "\n",
                _ => null,
            });
            if (c is not ('\n' or CodeBreak) && !(c == ' ' && isIndent))
            {
                lined.Append(c);
            }

            isIndent = c == '\n' || (isIndent && c == ' ');
        }

        return lined.ToString();
    }

    /// <summary>Text without what XML cannot hold.</summary>
    private static string Escape(ReadOnlySpan<char> words)
    {
        var text = new StringBuilder(words.Length + 16);
        for (var i = 0; i < words.Length; i++)
        {
            var c = words[i];
            var isPair = char.IsHighSurrogate(c) && i + 1 < words.Length && char.IsLowSurrogate(words[i + 1]);
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '"' => text.Append("&quot;"),
                '\n' or '\t' => text.Append(c),
                '\uFFFE' or '\uFFFF' => text,
                _ when isPair => text.Append(c).Append(words[++i]),
                _ when char.IsControl(c) || char.IsSurrogate(c) => text,
                _ => text.Append(c),
            };
        }

        return text.ToString();
    }

    private static bool IsLinkable(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto" or "tel" && !address.AsSpan().ContainsAny('\n', '\r');
}

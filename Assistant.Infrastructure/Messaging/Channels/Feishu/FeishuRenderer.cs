using System.Buffers;
using System.Text;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Markdown in the dialect of Feishu's cards, in which every character can be written as itself: as an HTML entity.</summary>
internal sealed class FeishuRenderer : MarkerRenderer
{
    private static readonly MarkerStyle Style = new("**", "*", "~~", "`", "```", "> ", SearchValues.Create("&<>*_~`[]#"))
    {
        NamesLanguage = true,
    };

    private bool _isMarked;

    private FeishuRenderer(string source, bool alignsTables) : base(source, alignsTables, Style) { }

    protected override string Bullet => "- ";

    /// <summary>The text for a card.</summary>
    public static string Render(string markdown, bool alignsTables) => new FeishuRenderer(markdown, alignsTables).Finish();

    /// <summary>Whether there is anything in it that words alone cannot show.</summary>
    public static bool IsMarked(string markdown)
    {
        var renderer = new FeishuRenderer(markdown, alignsTables: false);
        renderer.Finish();
        return renderer._isMarked;
    }

    /// <summary>Words as they are to be read: nothing in them is a mark, or pings anybody.</summary>
    public static string Escape(string words)
    {
        var text = new StringBuilder(words.Length + 16);
        foreach (var c in words)
        {
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '*' => text.Append("&#42;"),
                '_' => text.Append("&#95;"),
                '~' => text.Append("&#126;"),
                '`' => text.Append("&#96;"),
                '[' => text.Append("&#91;"),
                ']' => text.Append("&#93;"),
                '#' => text.Append("&#35;"),
                _ => text.Append(c),
            };
        }

        return text.ToString();
    }

    /// <summary>Text in which no tag pings anybody, where entities would be shown as they are: a zero-width space takes the tag apart.</summary>
    public static string WithoutTags(string text)
        => text.Replace("<at", "<\u200Bat", StringComparison.OrdinalIgnoreCase).Replace("</at", "<\u200B/at", StringComparison.OrdinalIgnoreCase);

    protected override string Escaped(ReadOnlySpan<char> words) => Escape(words.ToString());

    protected override string CodeOf(string code) => WithoutTags(code);

    protected override void Emphasized(Emphasis kind, Action write)
    {
        _isMarked = true;
        base.Emphasized(kind, write);
    }

    protected override void CodeSpan(string code)
    {
        _isMarked = true;
        base.CodeSpan(code);
    }

    protected override void CodeBlock(string code, string? language)
    {
        _isMarked = true;
        base.CodeBlock(code, language);
    }

    protected override void Quoted(int depth, Action write)
    {
        _isMarked = true;
        base.Quoted(depth, write);
    }

    protected override string LinkOf(string address, string label)
    {
        var words = label.ReplaceLineEndings(" ").Trim();
        if (words.Length == 0 || words == Escape(address))
        {
            return Escape(address);
        }

        if (!IsLinkable(address))
        {
            return address.Length == 0 ? words : $"{words} ({Escape(address)})";
        }

        _isMarked = true;

        // A picture within a link is a link within a link, which Feishu has not.
        var target = address
            .Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal)
            .Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal);
        return words.Contains('[', StringComparison.Ordinal) ? $"{words} [{Escape(address)}]({target})" : $"[{words}]({target})";
    }

    private static bool IsLinkable(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && !address.AsSpan().ContainsAny('\n', '\r');
}

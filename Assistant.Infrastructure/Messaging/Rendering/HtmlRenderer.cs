using System.Globalization;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>Markdown as HTML of a few harmless elements. Everything that was written is escaped, HTML in the Markdown included: it is read as it stands.</summary>
internal sealed class HtmlRenderer : MarkdownRenderer
{
    private bool _isLinking;

    private HtmlRenderer(string source) : base(source, alignsTables: false) { }

    public static string Render(string markdown)
    {
        var renderer = new HtmlRenderer(markdown);
        renderer.WriteAll();
        return renderer.Text.ToString();
    }

    /// <summary>Words without any marks, lines kept.</summary>
    public static string Escape(string words) => Encoded(words).Replace("\n", "<br>", StringComparison.Ordinal);

    protected override void Words(ReadOnlySpan<char> words) => Text.Append(Escape(words.ToString()));

    protected override void Emphasized(Emphasis kind, Action write) => Within(kind switch
    {
        Emphasis.Bold => "strong",
        Emphasis.Italic => "em",
        _ => "del",
    }, write);

    protected override void CodeSpan(string code) => Within("code", () => Text.Append(Encoded(code)));

    protected override void CodeBlock(string code, string? language)
        => Text.Append("<pre><code").Append(language is null ? "" : $" class=\"language-{Encoded(language)}\"").Append('>').Append(Encoded(code)).Append("</code></pre>");

    protected override void Quoted(int depth, Action write) => Within("blockquote", write);

    protected override void Linked(string address, Action label)
    {
        // A picture within a link would be a link within a link, which HTML has not.
        if (_isLinking)
        {
            label();
            return;
        }

        if (!IsLinkable(address))
        {
            var start = Text.Length;
            label();
            Words(Text.Length == start ? address : address.Length == 0 ? "" : $" ({address})");
            return;
        }

        _isLinking = true;
        Text.Append("<a href=\"").Append(Encoded(address)).Append("\">");
        var from = Text.Length;
        label();
        if (Text.Length == from)
        {
            Words(address);
        }

        Text.Append("</a>");
        _isLinking = false;
    }

    protected override void Heading(int level, Action write) => Within($"h{Math.Clamp(level, 1, 6).ToString(CultureInfo.InvariantCulture)}", write);

    protected override void Rule() => Text.Append("<hr>");

    protected override void Tabulated(Table table) => Within("table", () =>
    {
        foreach (var row in table.OfType<TableRow>())
        {
            Within("tr", () =>
            {
                foreach (var cell in row.OfType<TableCell>())
                {
                    Within(row.IsHeader ? "th" : "td", () => Blocks(cell, 0));
                }
            });
        }
    });

    protected override void Break(int indent) => Text.Append("<br>");

    // Of a list whose items stand close together, and in a cell, a paragraph is just its words.
    protected override void Paragraph(ParagraphBlock paragraph, Action write)
    {
        if (paragraph.Parent is ListItemBlock { Parent: ListBlock { IsLoose: false } } or TableCell)
        {
            write();
        }
        else
        {
            Within("p", write);
        }
    }

    protected override void Listed(ListBlock list, int indent)
    {
        var name = list.IsOrdered ? "ol" : "ul";
        var first = list.OfType<ListItemBlock>().FirstOrDefault()?.Order ?? 1;
        Text.Append('<').Append(name);
        if (list.IsOrdered && first != 1)
        {
            Text.Append(" start=\"").Append(first.ToString(CultureInfo.InvariantCulture)).Append('"');
        }

        Text.Append('>');
        foreach (var item in list.OfType<ListItemBlock>())
        {
            Within("li", () => Blocks(item, 0));
        }

        Text.Append("</").Append(name).Append('>');
    }

    // The elements stand apart by themselves.
    protected override void Separate(Block before, Block after, int indent) { }

    private void Within(string element, Action write)
    {
        Text.Append('<').Append(element).Append('>');
        write();
        Text.Append("</").Append(element).Append('>');
    }

    private static bool IsLinkable(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto" && !address.AsSpan().ContainsAny('\n', '\r');

    // Escapes what has a meaning, and nothing else: the encoder of the framework would make numbers of all that is beyond Latin.
    private static string Encoded(string words) => words
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);
}

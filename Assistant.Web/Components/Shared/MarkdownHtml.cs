using AngleSharp.Dom;
using Ganss.Xss;
using Markdig;

namespace Assistant.Web.Components.Shared;

/// <summary>Turns untrusted Markdown into HTML that may stand in a page.</summary>
/// <remarks>
/// Two walls: the parser makes no HTML out of HTML, and an allow-list of elements passes over whatever it made. Pictures are not on
/// the list, since loading one tells its server who reads the conversation and when.
/// </remarks>
internal static class MarkdownHtml
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UseEmphasisExtras()
        .UseAutoLinks()
        .UsePipeTables()
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    private static readonly HtmlSanitizer Sanitizer = MakeSanitizer();

    public static string Render(string markdown) => Sanitizer.Sanitize(Markdown.ToHtml(markdown, Pipeline));

    private static HtmlSanitizer MakeSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "p", "br", "em", "strong", "del", "sub", "sup", "mark", "ins", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
                "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
            },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "start" },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
        });
        sanitizer.PostProcessNode += (_, e) => Harden(e.Node);
        return sanitizer;
    }

    private static void Harden(INode node)
    {
        if (node is not IElement { LocalName: "a" } link)
        {
            return;
        }

        // A relative address would lead into the console: text of a stranger must not.
        if (!Uri.TryCreate(link.GetAttribute("href"), UriKind.Absolute, out _))
        {
            link.RemoveAttribute("href");
            return;
        }

        link.SetAttribute("rel", "noopener noreferrer nofollow");
        link.SetAttribute("target", "_blank");
    }
}

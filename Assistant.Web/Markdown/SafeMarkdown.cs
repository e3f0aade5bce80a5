using System.Text.Encodings.Web;
using AngleSharp.Html.Dom;
using Assistant.Domain.Messaging;
using Ganss.Xss;
using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Assistant.Web.Markdown;

/// <summary>Turns Markdown nobody vouches for (a person's, an operator's, a model's) into HTML that is safe to show. Safe for concurrent use.</summary>
/// <remarks>
/// Two walls: raw HTML is text to the parser, then an allow-list takes out whatever still is not plain prose. Nothing in the result
/// loads anything: a picture becomes a link, because a picture from elsewhere tells its host who reads. Links are absolute
/// http, https, mailto or tel and open apart; the address of any other is words, as <see cref="LinkWordsRenderer"/> says. No style,
/// class, id or event attribute survives, so it holds under a strict policy. Tables beyond <see cref="TableSize.MaxCells"/> stay as
/// they were written.
/// </remarks>
internal sealed class SafeMarkdown
{
    /// <summary>Longest text that is parsed, in UTF-16 units; a longer one is shown as plain text.</summary>
    public const int MaxLength = 100_000;

    private const int DeepestHeading = 6;
    private static readonly string[] Schemes = [Uri.UriSchemeHttp, Uri.UriSchemeHttps, Uri.UriSchemeMailto, "tel"];
    private static readonly LinkWordsRenderer LinkWords = new();

    private readonly MarkdownPipeline _pipeline = MakePipeline(hasTables: true);
    private readonly MarkdownPipeline _withoutTables = MakePipeline(hasTables: false);
    private readonly HtmlSanitizer _sanitizer = MakeSanitizer();

    /// <summary>The HTML of <paramref name="markdown"/>; empty for blank text. Never throws for odd input.</summary>
    public string ToHtml(string? markdown)
    {
        if (string.IsNullOrWhiteSpace(markdown))
        {
            return "";
        }

        return markdown.Length <= MaxLength && TryRender(markdown) is { } html ? _sanitizer.Sanitize(html) : Plain(markdown);
    }

    /// <summary>Whether a link may lead there.</summary>
    internal static bool LeadsOut(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && Schemes.Contains(uri.Scheme);

    private static MarkdownPipeline MakePipeline(bool hasTables)
    {
        var builder = new MarkdownPipelineBuilder()
            .DisableHtml()
            .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
            .UseCjkFriendlyEmphasis()
            .UseSoftlineBreakAsHardlineBreak();
        if (hasTables)
        {
            builder.UsePipeTables();
        }

        builder.InlineParsers.Insert(0, new BareAddressParser());
        return builder.Build();
    }

    private string? TryRender(string markdown)
    {
        try
        {
            var pipeline = TableSize.IsBounded(markdown) ? _pipeline : _withoutTables;
            var document = Markdig.Markdown.Parse(markdown, pipeline);
            Tame(document);
            using var writer = new StringWriter();
            var renderer = new HtmlRenderer(writer);
            pipeline.Setup(renderer);
            renderer.ObjectRenderers.ReplaceOrAdd<LinkInlineRenderer>(LinkWords);
            renderer.Render(document);
            return writer.ToString();
        }
        catch (ArgumentException)
        {
            // The parser's refusal of nesting so deep that it would cost the stack.
            return null;
        }
    }

    private static void Tame(MarkdownDocument document)
    {
        foreach (var node in document.Descendants())
        {
            switch (node)
            {
                case HeadingBlock heading:
                    // A message sits below the headings of the page that shows it.
                    heading.Level = Math.Min(DeepestHeading, heading.Level + 2);
                    break;
                case LinkInline { IsImage: true } picture:
                    picture.IsImage = false;
                    break;
            }
        }
    }

    private static HtmlSanitizer MakeSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a",
                "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
            },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "start" },
            AllowedSchemes = new HashSet<string>(Schemes, StringComparer.OrdinalIgnoreCase),
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
        });
        sanitizer.PostProcessNode += (_, args) => OpenApart(args.Node as IHtmlAnchorElement);
        return sanitizer;
    }

    private static void OpenApart(IHtmlAnchorElement? link)
    {
        if (link is null)
        {
            return;
        }

        if (!LeadsOut(link.GetAttribute("href")))
        {
            link.RemoveAttribute("href");
            return;
        }

        link.SetAttribute("target", "_blank");
        link.SetAttribute("rel", "noopener noreferrer nofollow ugc");
    }

    private static string Plain(string text) =>
        $"<p>{HtmlEncoder.Default.Encode(text.ReplaceLineEndings("\n")).Replace("&#xA;", "<br>", StringComparison.Ordinal)}</p>";
}

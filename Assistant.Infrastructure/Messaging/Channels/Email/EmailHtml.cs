using Assistant.Domain.Messaging;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Renderers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>Markdown as the HTML of a mail. Raw HTML is text, pictures are links (one from elsewhere tells its host who reads), links lead to the web or to a mailbox.</summary>
internal static class EmailHtml
{
    private static readonly string[] Schemes = [Uri.UriSchemeHttp, Uri.UriSchemeHttps, Uri.UriSchemeMailto];

    private static readonly MarkdownPipeline Pipeline = MakePipeline(hasTables: true);
    private static readonly MarkdownPipeline WithoutTables = MakePipeline(hasTables: false);

    /// <summary>The HTML, or <see langword="null"/> when the Markdown is nested so deep that no parser takes it.</summary>
    public static string? Of(string markdown)
    {
        try
        {
            var pipeline = TableSize.IsBounded(markdown) ? Pipeline : WithoutTables;
            var document = Markdown.Parse(markdown, pipeline);
            foreach (var node in document.Descendants().ToList())
            {
                Tame(node);
            }

            using var writer = new StringWriter();
            var renderer = new HtmlRenderer(writer);
            pipeline.Setup(renderer);
            renderer.Render(document);
            return $"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{writer}</body></html>\n";
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static MarkdownPipeline MakePipeline(bool hasTables)
    {
        var builder = new MarkdownPipelineBuilder()
            .DisableHtml()
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
            .UseCjkFriendlyEmphasis()
            .UseSoftlineBreakAsHardlineBreak();
        if (hasTables)
        {
            builder.UsePipeTables();
        }

        builder.InlineParsers.Insert(0, new BareAddressParser());
        return builder.Build();
    }

    private static void Tame(MarkdownObject node)
    {
        switch (node)
        {
            case LinkInline link:
                link.IsImage = false;
                link.GetDynamicUrl = null;
                link.Url = IsHarmless(link.Url) ? link.Url : "";
                break;
            case AutolinkInline { IsEmail: false } link when !IsHarmless(link.Url):
                link.Url = "";
                break;
            default:
                break;
        }
    }

    private static bool IsHarmless(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var target) && Array.IndexOf(Schemes, target.Scheme) >= 0;
}

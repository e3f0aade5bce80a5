using Markdig.Renderers;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax.Inlines;

namespace Assistant.Web.Markdown;

/// <summary>Writes a link that cannot be followed from here as its words and its address beside them, so that both can be read.</summary>
/// <remarks>Of an address that is code, only the words. Without state: safe for concurrent use.</remarks>
internal sealed class LinkWordsRenderer : LinkInlineRenderer
{
    private static readonly string[] Code = ["javascript:", "data:", "vbscript:"];

    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, LinkInline link)
    {
        var address = link.GetDynamicUrl?.Invoke() ?? link.Url ?? "";
        if (SafeMarkdown.LeadsOut(address))
        {
            base.Write(renderer, link);
            return;
        }

        renderer.WriteChildren(link);
        if (address.Length > 0 && !link.IsAutoLink && !IsCode(address)) // the words of a bare address are the address
        {
            renderer.WriteEscape(link.FirstChild is null ? address : $" ({address})");
        }
    }

    // A browser overlooks blanks and control characters in a scheme.
    private static bool IsCode(string address)
    {
        var bare = string.Concat(address.Where(character => character > ' '));
        return Code.Any(scheme => bare.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
    }
}

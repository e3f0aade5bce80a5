using Assistant.Domain.Messaging;
using Markdig.Extensions.AutoLinks;
using Markdig.Helpers;
using Markdig.Parsers;

namespace Assistant.Web.Markdown;

/// <summary>Makes links of bare addresses, as far as <see cref="BareAddress"/> says.</summary>
internal sealed class BareAddressParser() : AutoLinkParser(new() { ValidPreviousCharacters = MarkdownMarks + BareAddress.Punctuation })
{
    private const string MarkdownMarks = "*_~(";

    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var address = slice;
        address.End = slice.Start + BareAddress.LengthIn(slice.AsSpan()) - 1;
        if (!base.Match(processor, ref address))
        {
            return false;
        }

        slice.Start = address.Start;
        return true;
    }
}

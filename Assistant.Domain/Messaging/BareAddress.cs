using System.Buffers;

namespace Assistant.Domain.Messaging;

/// <summary>A web address that stands in prose without any marks of Markdown around it.</summary>
/// <remarks>
/// Chinese puts no space between an address and what follows. The letters of <c>/wiki/中国</c> belong to it; punctuation does not, although it
/// could: an address that has some is copied from a browser with percent signs, and is far rarer than a sentence that ends with an address.
/// </remarks>
public static class BareAddress
{
    /// <summary>Punctuation of Chinese prose: an address ends before it and may begin after it.</summary>
    public const string Punctuation = "。，；：！？、（）【】「」『』《》“”‘’";

    // Longer than any address that works everywhere. Looking further would let a text of opening letters cost the square of its length.
    private const int MaxLength = 2048;
    private static readonly SearchValues<char> Ends = SearchValues.Create(Punctuation + " \t\r\n\u3000");

    /// <summary>How much of a text that begins with an address can belong to it, in UTF-16 units.</summary>
    public static int LengthIn(ReadOnlySpan<char> text) =>
        text[..Math.Min(text.Length, MaxLength)].IndexOfAny(Ends) is >= 0 and var end ? end : text.Length;
}

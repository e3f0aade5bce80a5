using System.Globalization;
using System.Text;

namespace Assistant.Domain.Wording;

/// <summary>Words that somebody else chose, where they stand among ours.</summary>
public static class Legible
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const char Isolate = '\u2068';
    private const char PopIsolate = '\u2069';

    // Marks that look like the end or the beginning of a quotation and are none by category.
    private const string MoreQuotes = "\"„＂〝〞〟「」『』";

    /// <summary>Whether a character shows as itself: it controls nothing, breaks no line, turns no direction of writing and is not unseen.</summary>
    /// <remarks>The joiners are unseen as well, but join: emoji to one sign, and letters of Persian and of Indian scripts.</remarks>
    public static bool Is(Rune rune) => rune.Value is ZeroWidthNonJoiner or ZeroWidthJoiner || rune != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>Whether all characters of a text are.</summary>
    public static bool Is(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Is(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The words as a part of a sentence that they cannot end, break or reorder: what does not show is <c>_</c>, quotation marks are
    /// apostrophes, and their direction of writing is theirs alone (U+2068 to U+2069, Unicode Standard Annex 9).
    /// </summary>
    public static string Within(string words)
    {
        var part = new StringBuilder(words.Length + 2).Append(Isolate);
        foreach (var rune in words.EnumerateRunes())
        {
            part.Append(!Is(rune) ? "_" : IsQuote(rune) ? "'" : rune.ToString());
        }

        return part.Append(PopIsolate).ToString();
    }

    /// <summary>As much of a text as fits; never half a character of two UTF-16 units.</summary>
    /// <param name="most">UTF-16 units of what is returned, at most.</param>
    /// <param name="end">What stands for the rest, when there is one.</param>
    public static string Cut(string text, int most, string end = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= most)
        {
            return text;
        }

        var kept = most - end.Length;
        return text[..(kept > 0 && char.IsHighSurrogate(text[kept - 1]) ? kept - 1 : kept)] + end;
    }

    private static bool IsQuote(Rune rune)
        => Rune.GetUnicodeCategory(rune) is UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            || (rune.IsBmp && MoreQuotes.Contains((char)rune.Value, StringComparison.Ordinal));
}

namespace Assistant.Domain.Ai;

/// <summary>Tokens of a text, roughly: enough to keep a budget, without a tokenizer per model.</summary>
public static class TokenEstimate
{
    /// <summary>The beginning of a text that is shorter than this tells nothing.</summary>
    public const int Least = 32;

    private const int Envelope = 4;

    /// <summary>Four Latin letters or one Chinese character to a token, and a few for the envelope.</summary>
    public static int Of(string text)
    {
        var wide = 0;
        foreach (var c in text)
        {
            if (c >= '\u2e80')
            {
                wide++;
            }
        }

        return Of(wide, text.Length - wide);
    }

    /// <summary>The text, or as much of its beginning as the budget has room for, ended by "…" and never within a character.</summary>
    /// <returns><see langword="null"/> when the text does not fit and there is no room for <see cref="Least"/>.</returns>
    public static string? Shorten(string text, int budget)
    {
        if (Of(text) <= budget)
        {
            return text;
        }

        if (budget < Least)
        {
            return null;
        }

        int end = 0, wide = 0, narrow = 1; // the ellipsis
        foreach (var rune in text.EnumerateRunes())
        {
            (wide, narrow) = rune.Value >= '\u2e80' ? (wide + rune.Utf16SequenceLength, narrow) : (wide, narrow + 1);
            if (Of(wide, narrow) > budget)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        return text[..end] + "…";
    }

    private static int Of(int wide, int narrow) => Envelope + wide + (narrow + 3) / 4;
}

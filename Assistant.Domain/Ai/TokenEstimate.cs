namespace Assistant.Domain.Ai;

/// <summary>Tokens of a text, roughly: enough to keep a budget, without a tokenizer per model.</summary>
public static class TokenEstimate
{
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

        return 4 + wide + (text.Length - wide + 3) / 4;
    }
}

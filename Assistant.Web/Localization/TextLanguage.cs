using System.Text;

namespace Assistant.Web.Localization;

/// <summary>The language of a text people wrote, as far as a page must know it: for its line height, its glyphs and the voice that reads it.</summary>
internal static class TextLanguage
{
    // A Han character says about as much as three letters: Chinese with a few Latin names in it is still Chinese.
    private const int LettersPerHan = 3;

    /// <returns><c>zh</c> for a text that is mostly Chinese; <see langword="null"/> for any other, Japanese with its kana among them.</returns>
    public static string? Of(string text)
    {
        var (han, letters) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case >= 0x3040 and <= 0x30FF:
                    return null;
                case (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x3FFFF):
                    han++;
                    break;
                default:
                    letters += Rune.IsLetter(rune) ? 1 : 0;
                    break;
            }
        }

        return han > 0 && han * LettersPerHan >= letters ? "zh" : null;
    }
}

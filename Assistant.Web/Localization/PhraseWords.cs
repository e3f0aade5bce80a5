using System.Globalization;
using Assistant.Domain.Wording;
using Assistant.Web.Composition;

namespace Assistant.Web.Localization;

/// <summary>Words what the heart says: <c>Phrases.resx</c> has a sentence for every code, and each channel's own for the channel's.</summary>
internal static class PhraseWords
{
    private static readonly Phrasebook Book = new("Phrases");

    /// <summary>In the language of the current person.</summary>
    public static string Words(this Phrase phrase) => In(phrase, CultureInfo.CurrentUICulture);

    /// <summary>For programs and the command line, which go by the code and read along.</summary>
    public static string English(this Phrase phrase) => In(phrase, CultureInfo.InvariantCulture);

    private static string In(Phrase phrase, CultureInfo culture) => phrase switch
    {
        Phrase.Verbatim verbatim => verbatim.Text,
        Phrase.Coded coded => (Book.FindIn(culture, coded.Code) ?? ChannelPhrases.FindIn(culture, coded.Code)) is { } sentence
            ? Phrasebook.Fill(sentence, name => coded.Facts.GetValueOrDefault(name) is { } fact ? In(fact, culture) : null)
            : phrase.ToString(), // written by a newer build
        Phrase.Several several => string.Join(
            culture.TwoLetterISOLanguageName == "zh" ? "" : " ", several.Phrases.Select(one => In(one, culture))),
        _ => throw new InvalidOperationException($"Unknown phrase {phrase.GetType().Name}."),
    };
}

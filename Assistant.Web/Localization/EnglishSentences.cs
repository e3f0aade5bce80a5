using Assistant.Domain.Wording;

namespace Assistant.Web.Localization;

/// <inheritdoc cref="IEnglishSentences"/>
internal sealed class EnglishSentences : IEnglishSentences
{
    public string Say(Phrase phrase) => string.Concat(phrase.English().Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}

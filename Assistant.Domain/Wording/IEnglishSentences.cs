namespace Assistant.Domain.Wording;

/// <summary>What phrases say, for who reads along on the machine: the log.</summary>
public interface IEnglishSentences
{
    /// <returns>The sentence on one line: control characters of its facts, which come from outside, are blanks.</returns>
    string Say(Phrase phrase);
}

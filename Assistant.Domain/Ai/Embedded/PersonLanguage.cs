using Assistant.Domain.Conversations;
using Assistant.Domain.People;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>The language a person is answered in where their words show none: the one their messenger names, else that of the newest they said that shows one.</summary>
public static class PersonLanguage
{
    /// <summary>English, while neither tells.</summary>
    /// <param name="history">Oldest first.</param>
    /// <param name="isGroup">Whether others' words are among it.</param>
    public static SpokenLanguage Of(Person person, IReadOnlyList<HistoryMessage> history, bool isGroup)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(history);
        if (!string.IsNullOrEmpty(person.Locale))
        {
            return person.SpeaksChinese ? SpokenLanguage.Chinese : SpokenLanguage.English;
        }

        var said = history.LastOrDefault(message => message is { Author: AuthorKind.Person, IsForwarded: false }
            && (!isGroup || message.Person == person.Id) && UtteranceReader.ShowsLanguage(message.Text));
        return said is null ? SpokenLanguage.English : UtteranceReader.Read(said.Text).Language;
    }
}

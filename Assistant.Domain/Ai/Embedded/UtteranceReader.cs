using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>
/// Reads what a person explicitly asks for, in English and Chinese, by patterns alone. It decides the two effects an utterance
/// may have (remember, ask for a person) for every engine, so that no text a model read elsewhere can cause them.
/// </summary>
public static partial class UtteranceReader
{
    /// <summary>Longer utterances are prose, not requests; reading only the beginning keeps every pattern cheap.</summary>
    private const int MaxPatternChars = 4_000;

    /// <summary>Words that stand alone in every language, by letters alone: "wifi", "HT-2026-001". More of them are English.</summary>
    private const int MaxBareWords = 2;

    private const int MaxBareChars = 60;

    private static readonly FrozenSet<string> EnglishWords = (
        "a an the and or but if not no yes yeah yep nope i you he she we they me my your his her our us it its is are am was were be do does did have has had "
        + "can could will would shall should may might must this that these those here there what when where who whose which why how of to in on at by for from "
        + "with about up down out off so too very just please pls sorry all any some many more").Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The request; <see cref="SpokenRequest.Other"/> when no pattern fits. Never throws for any text.</summary>
    public static HeardUtterance Read(string utterance)
    {
        ArgumentNullException.ThrowIfNull(utterance);
        var whole = utterance.Trim();
        if (whole.Length <= MaxPatternChars)
        {
            return ReadShort(whole);
        }

        var heard = ReadShort(whole[..MaxPatternChars]);
        return heard.Request is SpokenRequest.Remember told
            ? heard with { Request = new SpokenRequest.Remember(told.Statement + whole[MaxPatternChars..]) }
            : heard;
    }

    /// <summary>
    /// The request of a turn. What was only passed on may ask a question, but nothing is done for it; and what is said where it was promised to be remembered is
    /// to be remembered.
    /// </summary>
    public static HeardUtterance Read(ReplyContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var heard = Read(context.Words);
        if (!context.IsForwarded)
        {
            return heard.Request is SpokenRequest.Other && KeptPromise.Find(context) is { } statement
                ? heard with { Request = new SpokenRequest.Remember(statement) }
                : heard;
        }

        return heard.Request is SpokenRequest.Remember or SpokenRequest.Remind or SpokenRequest.DoNotRemember or SpokenRequest.Forget or SpokenRequest.AskForPerson
            ? heard with { Request = new SpokenRequest.PassedOn() }
            : heard;
    }

    /// <summary>What a message is to have remembered after an edit; <see langword="null"/> for nothing.</summary>
    /// <param name="stated">What it had remembered until then.</param>
    /// <param name="before">Its words until then.</param>
    public static string? Restate(string stated, string before, string edited)
    {
        var request = Read(edited).Request;
        return request is SpokenRequest.Other ? KeptPromise.Restate(stated, before.Trim(), edited.Trim()) : request.ToBeRemembered;
    }

    /// <summary>The language most of the text is in, links aside: one Chinese character weighs as much as one Latin word. Kana mean neither.</summary>
    public static SpokenLanguage LanguageOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int han = 0, words = 0;
        var inWord = false;
        foreach (var c in Links().Replace(text, " "))
        {
            if (c is >= '\u3040' and <= '\u30ff')
            {
                return SpokenLanguage.English;
            }

            if (IsHan(c))
            {
                han++;
            }

            var isLetter = char.IsLetter(c) && !IsHan(c);
            if (isLetter && !inWord)
            {
                words++;
            }

            inWord = isLetter;
        }

        return han > 0 && han >= words ? SpokenLanguage.Chinese : SpokenLanguage.English;
    }

    /// <summary>
    /// Whether any language shows in the text: not in a command, a number, a sign, a place, a link, or a name like "wifi", which people of every language send.
    /// </summary>
    public static bool ShowsLanguage(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().TrimStart().StartsWith('/'))
        {
            return false;
        }

        var words = Links().Replace(text, string.Empty);
        return words.EnumerateRunes().Any(Rune.IsLetter) && !AreBare(words);
    }

    /// <summary>What a text that shows no language says in one: 88 is a farewell in Chinese alone.</summary>
    internal static SpokenRequest ReadBare(SpokenLanguage language, string utterance)
        => utterance.Trim() is { Length: <= MaxBareChars } text ? ReadIn(language, text) : new SpokenRequest.Other();

    internal static bool IsHan(char c) => c is >= '\u3400' and <= '\u9fff';

    /// <summary>One or two words of Latin letters, neither of which English sentences are made of, and which ask for nothing in English. Everybody says "OK".</summary>
    private static bool AreBare(string text)
    {
        if (text.Length > MaxBareChars || text.Any(c => char.IsLetter(c) && !char.IsAscii(c)))
        {
            return false;
        }

        var words = LatinWords().Matches(text);
        return words.Count <= MaxBareWords
            && (words.Count == 1 && words[0].Value.ToUpperInvariant() is "OK" or "OKAY" or "K"
                || words.All(word => !EnglishWords.Contains(word.Value)) && EnglishPatterns.Read(QuestionMark.Strip(text.Trim())) is SpokenRequest.Other);
    }

    private static HeardUtterance ReadShort(string text)
    {
        if (Mention.IsAlone(text))
        {
            return new HeardUtterance(new SpokenRequest.Greeting(), SpokenLanguage.English);
        }

        // A command in one language about content in another ("请记住 my code is 42") is read in the command's language.
        var first = LanguageOf(text);
        var second = first == SpokenLanguage.Chinese ? SpokenLanguage.English : SpokenLanguage.Chinese;
        var request = ReadIn(first, text);
        return request is SpokenRequest.Other && Has(second, text) && ReadIn(second, text) is var other and not (SpokenRequest.Other or SpokenRequest.Recall)
            ? new HeardUtterance(other, second)
            : new HeardUtterance(request, first);
    }

    private static bool Has(SpokenLanguage language, string text)
        => language == SpokenLanguage.Chinese ? text.Any(IsHan) : text.Any(char.IsAsciiLetter);

    private static SpokenRequest ReadIn(SpokenLanguage language, string text) => language == SpokenLanguage.Chinese
        ? ChinesePatterns.Read(text)
        : EnglishPatterns.Read(text);

    [GeneratedRegex("[a-z]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LatinWords();

    [GeneratedRegex(@"https?://[^\s\u3400-\u9fff]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Links();
}

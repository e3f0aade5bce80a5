using System.Globalization;
using System.Text;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>
/// Answers without a model: small talk, help, remembering, and recalling what was said with date and verbatim quotation. Answers in
/// the language of the utterance, or of the person where it shows none, and never claims more than it did. Pure: what is to be
/// remembered follows from the utterance.
/// </summary>
public static class EmbeddedResponder
{
    /// <summary>Facts told to who asks for all: the newest. Given one more, it says that there are more.</summary>
    public const int ListedFacts = 10;

    private const int MaxNameChars = 40;

    /// <summary>The reply in Markdown.</summary>
    public static EmbeddedAnswer Answer(ReplyContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (string.IsNullOrWhiteSpace(context.Words))
        {
            return new(Phrases.In(LanguageOf(context)).TextOnly, IsSubstantial: true);
        }

        var (request, language) = UtteranceReader.Read(context);
        if (Mention.IsAlone(context.Words) || !UtteranceReader.ShowsLanguage(context.Words))
        {
            language = LanguageOf(context);
            request = request is SpokenRequest.Other ? UtteranceReader.ReadBare(language, context.Words) : request;
        }

        var say = Phrases.In(language);
        return request switch
        {
            SpokenRequest.Recall recall => Recall(context, recall.Question, language),
            SpokenRequest.Other => Volunteer(context, language),
            SpokenRequest.ListFacts => new(ListFacts(context, language), IsSubstantial: true),
            _ => new(Simple(context, request, language, say), IsSubstantial: true),
        };
    }

    /// <summary>One sentence about what this engine can do, in the language of <paramref name="culture"/>.</summary>
    public static string Introduce(CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(culture);
        var say = Phrases.In(culture.Name.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? SpokenLanguage.Chinese : SpokenLanguage.English);
        return say.Greeting + say.Introduction;
    }

    private static string Simple(ReplyContext context, SpokenRequest request, SpokenLanguage language, Phrases say) => request switch
    {
        SpokenRequest.Greeting => Hello(context.Person.DisplayName, say) + say.Introduction,
        SpokenRequest.HowAreYou => say.HowAreYou,
        SpokenRequest.Thanks => say.Thanks,
        SpokenRequest.Farewell => say.Farewell,
        SpokenRequest.Dismissal or SpokenRequest.Assent => say.AllRight,
        SpokenRequest.WhoAreYou => say.WhoAreYou,
        SpokenRequest.Help => say.Help,
        SpokenRequest.Clock => Fill(say.Clock, DateWords.Moment(context.Now, language, context.Person.Locale)),
        SpokenRequest.Remember { Statement: "" } or SpokenRequest.Remind { Statement: "" } => say.RememberWhat,
        SpokenRequest.Remember told => say.Remembered + "\n\n" + QuoteSpeech(told.Statement),
        SpokenRequest.Remind remind => say.CannotRemind + "\n\n" + QuoteSpeech(remind.Statement),
        SpokenRequest.DoNotRemember => context.ToldJustBefore is null ? say.WillNotRemember : say.StaysNoted,
        SpokenRequest.Forget => say.CannotForget,
        SpokenRequest.AskForPerson => say.PersonCalled,
        SpokenRequest.PassedOn => say.PassedOn,
        _ => throw new ArgumentOutOfRangeException(nameof(request), request, "Not a request with a fixed answer."),
    };

    private static EmbeddedAnswer Recall(ReplyContext context, string question, SpokenLanguage language)
    {
        var say = Phrases.In(language);
        if (KeyWords.Of(question).IsEmpty)
        {
            return new(say.Unknown, IsSubstantial: false);
        }

        var found = MemorySearch.Find(context, question);
        if (found.Quotes.Count == 0)
        {
            return new(say.NothingFound, IsSubstantial: false);
        }

        var text = new StringBuilder();
        if (!found.IsSure)
        {
            text.Append(say.PerhapsRelated).Append("\n\n");
        }

        text.AppendJoin("\n\n", found.Quotes.Select(quote => Said(quote, context, language, say)));
        return new(text.ToString(), found.IsSure);
    }

    /// <summary>
    /// Neither question nor request: a few bare words ("spare key") may still be looked up among what was to be remembered. More of them, or others, tell
    /// something new, and a remark tells nothing.
    /// </summary>
    private static EmbeddedAnswer Volunteer(ReplyContext context, SpokenLanguage language)
    {
        var say = Phrases.In(language);
        var remembered = context with { History = [], Recollections = [.. context.Recollections.Where(recollection => recollection.IsFact)] };
        return KeyWords.AreFew(context.Words) && !Remark.IsOne(context.Words) && MemorySearch.Find(remembered, context.Words) is { CoversAll: true, Quotes: [var best, ..] }
            ? new(Said(best, context, language, say), IsSubstantial: true)
            : new(say.Unknown, IsSubstantial: false);
    }

    private static string ListFacts(ReplyContext context, SpokenLanguage language)
    {
        var say = Phrases.In(language);
        if (context.Facts.Count == 0)
        {
            return say.NoFacts;
        }

        // What was told twice is one fact, as it was told last.
        var facts = context.Facts.DistinctBy(fact => fact.Text.Trim(), StringComparer.Ordinal).Take(ListedFacts).ToList();
        var lines = facts.Select(fact =>
            $"{DateWords.Day(fact.StatedAt, context.Now, language, context.Person.Locale)}\n{QuoteSpeech(fact.Text)}");
        var lead = context.Facts.Count > ListedFacts ? Fill(say.NewestFacts, facts.Count.ToString(CultureInfo.InvariantCulture)) : say.Facts;
        return lead + "\n\n" + string.Join("\n\n", lines);
    }

    private static string Said(Recollection quote, ReplyContext context, SpokenLanguage language, Phrases say)
    {
        var day = DateWords.Day(quote.At, context.Now, language, context.Person.Locale);
        var lead = quote.Author switch
        {
            Conversations.AuthorKind.Person when quote.SaidBy is { } name
                => Fill(say.OtherSaid, day).Replace("{1}", NameOf(name) ?? say.SomebodyElse, StringComparison.Ordinal),
            Conversations.AuthorKind.Person when quote.IsForwarded => Fill(say.PersonForwarded, day),
            Conversations.AuthorKind.Person => Fill(say.PersonSaid, day),
            Conversations.AuthorKind.Assistant => Fill(say.AssistantSaid, day),
            _ => Fill(say.ColleagueSaid, day),
        };
        return lead + "\n\n"
            + (quote.Author == Conversations.AuthorKind.Person ? QuoteSpeech(quote.Quote) : MarkdownText.Quote(PlainText.OfMarkdown(quote.Quote)));
    }

    private static string QuoteSpeech(string text) => MarkdownText.Quote(PlainText.OfSpeech(text));

    private static string Hello(string name, Phrases say) => NameOf(name) is { } shown ? Fill(say.GreetingByName, shown) : say.Greeting;

    /// <summary>A name as it may stand in a sentence of ours; <see langword="null"/> for one that is none.</summary>
    private static string? NameOf(string name)
    {
        var shown = name.Trim();
        return shown.Length is 0 or > MaxNameChars || shown.Any(char.IsControl) ? null : MarkdownText.Escape(shown);
    }

    private static SpokenLanguage LanguageOf(ReplyContext context) => PersonLanguage.Of(context.Person, context.History, context.IsGroup);

    private static string Fill(string phrase, string value) => phrase.Replace("{0}", value, StringComparison.Ordinal);
}

/// <summary>A reply of the embedded engine.</summary>
/// <param name="IsSubstantial">
/// <see langword="false"/> when it only says that it does not know. Standing in for an engine that failed, it then stays silent, so that
/// the person is told honestly and the operator sees the failure.
/// </param>
public sealed record EmbeddedAnswer(string Markdown, bool IsSubstantial);

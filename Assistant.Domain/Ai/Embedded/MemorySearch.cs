using System.Text.RegularExpressions;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>
/// Chooses, among what the turn brought along (facts, recollections, recent messages), the sentences that answer a question.
/// Full-text search finds any shared word; an answer needs half of the question's words, and what is asked about the same person.
/// </summary>
internal static partial class MemorySearch
{
    private const double SureCoverage = 0.5;

    /// <summary>More than half where pairs of characters overlap: 门牌号 has half of 车牌号.</summary>
    private const double SureOfPairs = 0.55;

    /// <summary>What is told of somebody else's is at most related.</summary>
    private const double CoverageOfOthers = 0.4;

    private const double SameRank = 0.2;
    private const int MaxQuotes = 3;

    /// <param name="IsSure">The quotes cover the question; else they merely share a word with it.</param>
    /// <param name="CoversAll">One of the quotes has every word of the question; what was told of it later may come first.</param>
    public sealed record Findings(IReadOnlyList<Recollection> Quotes, bool IsSure, bool CoversAll);

    public static Findings Find(ReplyContext context, string question)
    {
        var keys = KeyWords.Of(Standard(question));
        var sure = keys.DoOverlap ? SureOfPairs : SureCoverage;
        var isAboutAssistant = IsAboutAssistant(question);
        var ranked = Candidates(context)
            .Where(c => MayAnswer(c, question, isAboutAssistant))
            .Select(c => (Item: c, Coverage: Cover(keys, question, c)))
            .Where(c => c.Coverage > 0)
            .OrderByDescending(c => c.Coverage).ThenByDescending(c => c.Item.IsFact).ThenByDescending(c => c.Item.At)
            .ToList();
        if (ranked.Count == 0)
        {
            return new([], IsSure: false, CoversAll: false);
        }

        var (first, best) = ranked[0];
        if (best < sure)
        {
            return new([first], IsSure: false, CoversAll: false);
        }

        // A message may repeat the question and say no more: what was to be remembered is measured by its like.
        var bestFact = ranked.Find(c => c.Item.IsFact).Coverage;
        var things = keys.OfThings();
        var told = ranked
            .Where(c => c.Coverage >= sure && (c.Coverage >= (c.Item.IsFact ? bestFact : best) - SameRank || IsNews(c.Item, first, things)))
            .Select(c => c.Item).ToList();
        var changes = told.Where(item => item.At > first.At && SaysItChanged(item.Quote)).OrderByDescending(item => item.At).ThenByDescending(item => item.IsFact);
        var quotes = Once(changes.Concat(told));
        if (quotes.FindIndex(quote => quote.IsFact) is >= MaxQuotes and var fact)
        {
            quotes[MaxQuotes - 1] = quotes[fact];
        }

        return new([.. quotes.Take(MaxQuotes)], IsSure: true, CoversAll: best >= 1);
    }

    /// <summary>What was told of the same thing later, in fewer words of the question: as a fact, or as what has changed.</summary>
    private static bool IsNews(Recollection item, Recollection first, KeyWords things)
        => item.At > first.At && (item.IsFact || SaysItChanged(item.Quote)) && things.CoverageBy(item.Quote) > SureCoverage;

    private static bool SaysItChanged(string quote) => Change().IsMatch(TraditionalForms.Fold(quote));

    /// <summary>A fact and the message that stated it are one memory.</summary>
    private static List<Recollection> Once(IEnumerable<Recollection> items)
    {
        var quotes = new List<Recollection>();
        foreach (var item in items)
        {
            if (!quotes.Exists(q => q.Quote.Contains(item.Quote, StringComparison.Ordinal) || item.Quote.Contains(q.Quote, StringComparison.Ordinal)))
            {
                quotes.Add(item);
            }
        }

        return quotes;
    }

    /// <summary>Whether the question is what the assistant said.</summary>
    public static bool IsAboutAssistant(string question) => AsksWhatAssistantSaid().IsMatch(TraditionalForms.Fold(question));

    /// <summary>Whether it tells something: an earlier question does not, and what the assistant said is quoted only to who asks for that.</summary>
    /// <param name="isAboutAssistant">As <see cref="IsAboutAssistant"/> says of the question.</param>
    public static bool MayAnswer(Recollection what, string question, bool isAboutAssistant) => what.Author switch
    {
        AuthorKind.Assistant => isAboutAssistant,
        AuthorKind.Operator => !isAboutAssistant,
        AuthorKind.Person => !isAboutAssistant && (what.IsFact || IsStatement(what.Quote) && !Repeats(question, what.Quote)),
        _ => false,
    };

    /// <summary>What people ask with when they talk, as key words leave it out: 啥, 咋, 记不记得.</summary>
    private static string Standard(string question) => TraditionalForms.Fold(question)
        .Replace("记不记得", "记得", StringComparison.Ordinal)
        .Replace("啥", "什么", StringComparison.Ordinal)
        .Replace("咋", "怎么", StringComparison.Ordinal);

    private static double Cover(KeyWords keys, string question, Recollection what)
    {
        var coverage = keys.CoverageBy(what.Quote);
        return coverage > CoverageOfOthers && (IsAnothers(question, what.SaidBy) || Belonging.Differs(question, what.Quote)) ? CoverageOfOthers : coverage;
    }

    /// <summary>Whether one asks about oneself, and somebody else said it: their "my" is not the asker's. Who names them asks what they said.</summary>
    private static bool IsAnothers(string question, string? saidBy)
        => saidBy is not null && Belonging.IsOwn(question) && KeyWords.Of(saidBy).CoverageBy(question) == 0;

    private static IEnumerable<Recollection> Candidates(ReplyContext context)
    {
        var facts = context.Facts.Select(f => new Recollection(f.Text, f.StatedAt, true, AuthorKind.Person, f.SourceConversation, f.SourceSeq));
        var recent = context.History.Select(m => new Recollection(m.IsCut ? m.Text[..^1] : m.Text, m.At, false, m.Author, context.Conversation, m.Seq)
        {
            SaidBy = context.IsOfAnother(m) ? m.AuthorName : null,
            IsForwarded = m.IsForwarded,
        });
        return facts.Concat(context.Recollections).Concat(recent).Where(r => !string.IsNullOrWhiteSpace(r.Quote));
    }

    /// <summary>Earlier questions and commands hold the words of the question, not its answer. A call for a person tells something where it says why.</summary>
    private static bool IsStatement(string quote) => UtteranceReader.Read(quote).Request switch
    {
        SpokenRequest.Remember or SpokenRequest.Remind or SpokenRequest.Other => true,
        SpokenRequest.AskForPerson => !QuestionMark.Ends(quote) && (Reason().IsMatch(quote) || ClauseEnd().Split(quote).Any(TellsSomething)),
        _ => false,
    };

    /// <summary>Whether there is no answer in it to who asks for one: "妈妈的电话", "whos the plumber". "Is it in the shed?" is answered by what says no more.</summary>
    private static bool Repeats(string question, string quote)
        => Interrogative().IsMatch(TraditionalForms.Fold(question)) && KeyWords.AddsNothing(Standard(question), Standard(quote));

    private static bool TellsSomething(string clause)
        => !KeyWords.Of(clause).IsEmpty && UtteranceReader.Read(clause).Request is SpokenRequest.Remember or SpokenRequest.Remind or SpokenRequest.Other;

    [GeneratedRegex(
        @"\b(?:what|who|whom|whose|which|where|when|why|how)(?:['’]?s)?\b|什么|啥|多少|哪|谁|几|多大|多久|怎么|怎样|咋|何时|何地", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Interrogative();

    [GeneratedRegex(
        @"\b(?:now|moved?|chang(?:e|ed|es|ing)|instead|actually|no\s+longer|any\s*more|correction|new)\b|改|换|挪|搬|更正|现在|不再",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Change();

    [GeneratedRegex("[.!?,;。！？，；、…\n]", RegexOptions.CultureInvariant)]
    private static partial Regex ClauseEnd();

    [GeneratedRegex(@"\d|\b(?:about|because|regarding|concerning|since)\b|因[为為]|关于|關於|由于|由於", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reason();

    [GeneratedRegex(@"\b(?:did|have|had)\s+you\s+(?:say|said|tell|told|write|written|mention|mentioned|answer|answered)\b|你(?:之前|以前|上次|昨天)?(?:说过|告诉过|回答过|提过|怎么说|说了)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsksWhatAssistantSaid();
}

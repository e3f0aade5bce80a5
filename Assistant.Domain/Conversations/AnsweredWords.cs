using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Conversations;

/// <summary>What a message answers, as an engine is told it: data, from which nothing that is asked for is read.</summary>
/// <param name="Author">Who wrote the words; <see langword="null"/> where they come from elsewhere.</param>
/// <param name="Name">What that person is called; empty where it is not known. Untrusted.</param>
/// <param name="Words">As many of them as are needed; untrusted.</param>
public sealed record AnsweredWords(AuthorKind? Author, string Name, string Words)
{
    /// <summary>Characters that tell which message of the history it is.</summary>
    private const int HintLength = 80;

    /// <summary>The history, each of its messages with what it answers.</summary>
    /// <param name="history">Oldest first.</param>
    public static IReadOnlyList<HistoryMessage> Within(IReadOnlyList<HistoryMessage> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return history.All(message => message.InReplyTo is null)
            ? history
            : [.. history.Select((message, at) => message.InReplyTo is null ? message : message with { Answered = Of(message.InReplyTo, [.. history.Take(at)], []) })];
    }

    /// <summary>What a message answers; <see langword="null"/> when it answers the one before it, or one that nobody can read.</summary>
    /// <param name="told">The messages before it that are told as well, oldest first.</param>
    /// <param name="untold">Others of its conversation.</param>
    public static AnsweredWords? Of(MessageReference? reference, IReadOnlyList<HistoryMessage> told, IEnumerable<HistoryMessage> untold)
    {
        if (reference is null)
        {
            return null;
        }

        var seq = reference.Seq;
        var hinted = told.FirstOrDefault(IsIt);
        var answered = hinted ?? untold.FirstOrDefault(IsIt);
        return reference.Quote is null && told.Count > 0 && ReferenceEquals(answered, told[^1])
            ? null
            : ToldOf(reference, answered, hinted is { IsCut: false } ? HintLength : MessageReference.MaxQuoteLength);

        bool IsIt(HistoryMessage message) => !message.IsElsewhere && message.Seq == seq;
    }

    /// <summary>What a message in a thread answers that stands beside it; <see langword="null"/> when nobody can read that.</summary>
    public static AnsweredWords? OfElsewhere(MessageReference reference, HistoryMessage? answered)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return ToldOf(reference, answered, MessageReference.MaxQuoteLength);
    }

    private static AnsweredWords? ToldOf(MessageReference reference, HistoryMessage? answered, int most)
    {
        if (reference.Quote is { } quote)
        {
            return new AnsweredWords(answered?.Author, quote.By ?? answered?.AuthorName ?? "", quote.Text);
        }

        var words = answered is null ? "" : ToldText.Of(answered with { Answered = null });
        return words.Length == 0 ? null : new AnsweredWords(answered!.Author, answered.AuthorName, Legible.Cut(words, most, "…"));
    }

    /// <summary>On one line, with marks that no words inside can close.</summary>
    public override string ToString() => $"[In reply to {By}: “{Line(Words)}”]";

    private string By => Author switch
    {
        AuthorKind.Assistant or AuthorKind.System => "you",
        AuthorKind.Operator => "a colleague",
        _ => Name.Length > 0 ? $"“{Line(Name)}”" : "somebody",
    };

    private static string Line(string text) => text.ReplaceLineEndings(" ").Replace('“', '"').Replace('”', '"');
}

using Assistant.Domain.Conversations;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>
/// Keeps what the assistant promised last: "If you tell me, I will remember it." and "What should I remember?". What the person then says plainly is to be
/// remembered though they do not ask for it again.
/// </summary>
/// <remarks>Only the fixed sentences promise, and only to who spoke just before them: the words that are kept are always the person's own.</remarks>
internal static class KeptPromise
{
    /// <summary>What is to be remembered, on the line below the question it answers; <see langword="null"/> when nothing was promised or the words tell nothing.</summary>
    public static string? Find(ReplyContext context)
    {
        if (context.History is not [.., { Author: AuthorKind.Person, IsForwarded: false } asked, { Author: AuthorKind.Assistant } promised]
            || context.IsOfAnother(asked) || Remark.IsOne(context.Words))
        {
            return null;
        }

        var words = context.Words.Trim();
        if (Phrases.AsksWhat(promised.Text))
        {
            return words;
        }

        return Phrases.IsPromise(promised.Text) && UtteranceReader.Read(asked.Text).Request is SpokenRequest.Recall recall ? $"{recall.Question}\n{words}" : null;
    }

    /// <summary>What is remembered of an edited answer, with the question still; <see langword="null"/> when the words before had been told to be remembered, and are no more.</summary>
    public static string? Restate(string stated, string before, string edited)
        => before.Length > 0 && stated.EndsWith(before, StringComparison.Ordinal) && UtteranceReader.Read(before).Request is SpokenRequest.Other && !Remark.IsOne(edited)
            ? stated[..^before.Length] + edited
            : null;
}

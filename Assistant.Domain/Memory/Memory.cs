using Assistant.Domain.Conversations;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Memory;

/// <summary>A statement the assistant was told to remember. It changes and goes with the message that made it.</summary>
/// <param name="Text">In the person's own words.</param>
/// <param name="StatedAt">From when it holds, as far as is known.</param>
/// <param name="SourceSeq">The message of <paramref name="SourceConversation"/> that stated it.</param>
public sealed record Fact(
    Guid Id, TenantId Tenant, PersonId Person, string Text, DateTimeOffset StatedAt, ConversationId SourceConversation, long SourceSeq);

/// <summary>Something found in memory, with its evidence.</summary>
/// <param name="Quote">Verbatim.</param>
/// <param name="IsFact">Told to be remembered, rather than said in passing.</param>
public sealed record Recollection(string Quote, DateTimeOffset At, bool IsFact, AuthorKind Author, ConversationId Conversation, long Seq)
{
    /// <summary>What somebody else who said it is called, untrusted; <see langword="null"/> for what whoever asks said, or was answered.</summary>
    public string? SaidBy { get; init; }

    /// <summary>Whether it was passed on, and somebody else wrote it.</summary>
    public bool IsForwarded { get; init; }
}

/// <summary>What a turn is given from memory.</summary>
/// <param name="Found">Best matches first, facts before messages; empty when nothing matches.</param>
/// <param name="Facts">Newest first.</param>
public sealed record Recalled(IReadOnlyList<Recollection> Found, IReadOnlyList<Fact> Facts);

/// <summary>Full-text recall over facts and earlier messages of one person.</summary>
/// <remarks>What a forgotten person said is not found. A projection with a checkpoint: it lags the newest message by a moment and can be rebuilt.</remarks>
public interface IRecall
{
    /// <summary>What memory has to say to an utterance, and the newest facts whatever was said. Chinese is matched by substring; of a long utterance, what it asks counts first.</summary>
    /// <remarks>What was asked before and what the assistant said have at most half of the places while there is something told, see <see cref="RecallPlaces"/>.</remarks>
    /// <param name="beforeSeq">
    /// Leaves out messages of <paramref name="current"/> from this one on: the question itself, and what whoever asks has before them anyway. Facts
    /// stated there are found.
    /// </param>
    /// <param name="onlyHere">Leaves out what was said or stated anywhere but in <paramref name="current"/>: others read along there.</param>
    /// <param name="limit">Recollections at most.</param>
    /// <param name="factLimit">Facts at most.</param>
    Task<Recalled> RecallAsync(
        TenantId tenant, PersonId person, string query, ConversationId current, long beforeSeq, bool onlyHere, int limit, int factLimit, CancellationToken cancellationToken);

    /// <summary>Facts of a person, newest first.</summary>
    Task<IReadOnlyList<Fact>> ListFactsAsync(TenantId tenant, PersonId person, int limit, CancellationToken cancellationToken);
}

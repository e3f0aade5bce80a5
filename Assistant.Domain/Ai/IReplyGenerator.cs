using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Ai;

/// <summary>What an engine is given to answer one utterance. Everything said by people in it is untrusted.</summary>
/// <param name="Person">Without a name where theirs is not known.</param>
/// <param name="Utterance">With what it answers and the names of the files it brought: what an engine reads.</param>
/// <param name="History">Oldest first.</param>
/// <param name="Recollections">Found in memory for this utterance.</param>
/// <param name="Facts">What this person asked to have remembered, newest first.</param>
public sealed record ReplyContext(
    TenantId Tenant,
    ConversationId Conversation,
    Person Person,
    string Utterance,
    IReadOnlyList<HistoryMessage> History,
    IReadOnlyList<Recollection> Recollections,
    IReadOnlyList<Fact> Facts,
    DateTimeOffset Now)
{
    /// <summary>What the person said, and nothing else: what they ask for is read from this. Empty when they only sent files.</summary>
    public required string Words { get; init; }

    /// <summary>Whether the words are somebody else's, passed on: they ask for nothing.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>Several people write and read there. Recollections and facts are then those of this conversation alone.</summary>
    public bool IsGroup { get; init; }

    /// <summary>What the person's message before this one had remembered; <see langword="null"/> for nothing.</summary>
    public Fact? ToldJustBefore => History.LastOrDefault(message => message.Author == AuthorKind.Person && !IsOfAnother(message)) is { IsElsewhere: false } before
        ? Facts.FirstOrDefault(fact => fact.SourceConversation == Conversation && fact.SourceSeq == before.Seq)
        : null;

    /// <summary>Whether somebody else of the group wrote it.</summary>
    public bool IsOfAnother(HistoryMessage message) => IsGroup && message.Author == AuthorKind.Person && message.Person != Person.Id;
}

/// <summary>A piece of a reply as it is generated.</summary>
public abstract record ReplyChunk
{
    private ReplyChunk() { }

    /// <summary>More text.</summary>
    public sealed record Text(string Delta) : ReplyChunk;

    /// <summary>The engine broke off and the next one starts over, or what it said was only thought: the text so far is void.</summary>
    public sealed record Restarted : ReplyChunk;

    /// <summary>The person asked to have this remembered.</summary>
    public sealed record Remember(string Statement) : ReplyChunk;

    /// <summary>The person wants a human.</summary>
    public sealed record AskForPerson : ReplyChunk;

    /// <summary>The end, with who answered and what it took.</summary>
    public sealed record Completed(TurnUsage Usage) : ReplyChunk;
}

/// <summary>Answers through the tenant's engines: the default first, then the others in order.</summary>
public interface IReplyGenerator
{
    /// <summary>Streams one reply, ended by exactly one <see cref="ReplyChunk.Completed"/>.</summary>
    /// <remarks>
    /// Effects (remember, ask for a person) follow from the person's words alone, never from what a model wrote. They come before the first
    /// word: a reply that is cut off promises nothing that is not done.
    /// </remarks>
    /// <exception cref="EnginesFailedException">No engine could answer: text streamed so far is void.</exception>
    IAsyncEnumerable<ReplyChunk> GenerateAsync(ReplyContext context, CancellationToken cancellationToken);
}

/// <summary>Why one engine did not answer.</summary>
public sealed record EngineFailure(string Engine, Phrase Reason);

/// <summary>No engine of the tenant could answer.</summary>
/// <param name="isRefusal">Whether this one message was refused wherever it was asked: sent again, it would be again.</param>
public sealed class EnginesFailedException(IReadOnlyList<EngineFailure> failures, bool isRefusal = false)
    : PhrasedException(new Phrase.Several([.. failures.Select(f => Phrase.Of("engine.failed", [("engine", new Phrase.Verbatim(f.Engine)), ("reason", f.Reason)]))]))
{
    public IReadOnlyList<EngineFailure> Failures => failures;

    public bool IsRefusal => isRefusal;
}

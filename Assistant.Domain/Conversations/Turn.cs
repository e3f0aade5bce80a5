using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;

namespace Assistant.Domain.Conversations;

/// <summary>What a turn starts from: one consistent read.</summary>
/// <param name="Person">Who said it; in a group not always whom the conversation began with.</param>
/// <param name="Entry">The conversation's oldest open event.</param>
/// <param name="Utterance">The message the entry brought, with edits made since.</param>
/// <param name="History">Newest messages before the utterance, oldest first, notes, deleted and forgotten ones left out.</param>
public sealed record TurnStart(
    Conversation Conversation,
    Person Person,
    InboxEntry Entry,
    Message Utterance,
    IReadOnlyList<HistoryMessage> History)
{
    /// <summary>The message the utterance answers, when it is older than the history or stands elsewhere; <see langword="null"/> when nobody can read it any more.</summary>
    public HistoryMessage? Answered { get; init; }
}

/// <summary>An earlier message of a conversation, as far as a reply may build on it.</summary>
/// <param name="Delivery">How far it got when the turn began.</param>
public sealed record HistoryMessage(
    long Seq, AuthorKind Author, string Text, IReadOnlyList<Attachment> Attachments, DateTimeOffset At, DeliveryState Delivery = DeliveryState.None)
{
    /// <summary>Who wrote it, when a person did.</summary>
    public PersonId? Person { get; init; }

    /// <summary>What its author was called then; untrusted.</summary>
    public string AuthorName { get; init; } = "";

    /// <inheritdoc cref="MessageBody.IsForwarded"/>
    public bool IsForwarded { get; init; }

    /// <inheritdoc cref="MessageBody.InReplyTo"/>
    public MessageReference? InReplyTo { get; init; }

    /// <summary>What an engine is to be told of <see cref="InReplyTo"/>.</summary>
    public AnsweredWords? Answered { get; init; }

    /// <summary>The buttons it was given.</summary>
    public IReadOnlyList<MessageButton> Buttons { get; init; } = [];

    /// <summary>Said in the chat that the conversation goes on from: <see cref="Seq"/> counts there.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Told from its beginning as far as there was room: <see cref="Text"/> ends with "…".</summary>
    public bool IsCut { get; init; }
}

/// <summary>How a turn came to its end.</summary>
public enum TurnResult
{
    /// <summary>The assistant answered.</summary>
    Answered,
    /// <summary>A person holds the conversation or closed it, the assistant was not addressed, or the words were taken back or forgotten: nothing was said.</summary>
    LeftToPeople,
    /// <summary>Every engine failed; the person was told so.</summary>
    EnginesFailed,
    /// <summary>An operator took the conversation over, or closed it, while the assistant was writing: what it had written is held back.</summary>
    HeldBack,
}

/// <summary>Who produced a reply and what it took.</summary>
/// <param name="Cost">In the currency of the configured prices; <see langword="null"/> when no price is configured.</param>
public sealed record TurnUsage(string Engine, string Model, long InputTokens, long OutputTokens, decimal? Cost, TimeSpan Elapsed)
{
    /// <summary>The engine's token limit or content filter cut the reply, which then ends with "…".</summary>
    public bool IsCut { get; init; }
}

/// <summary>Everything a finished turn writes, in one transaction: turn, reply, outbox rows, audit, facts, inbox entry done.</summary>
/// <param name="ExpectedVersion">The conversation's version the turn began with.</param>
/// <param name="UtteranceEditedAt"><see cref="Message.EditedAt"/> of the utterance as the turn read it: tells whether its words have changed since.</param>
/// <param name="Result"><see cref="TurnResult.HeldBack"/> when thinking was halted: such a reply is never queued, under no version.</param>
/// <param name="Parts">The reply cut for the channel, in order; empty when nothing is said.</param>
/// <param name="Reply">The whole reply as shown in the console; <see langword="null"/> when nothing is said.</param>
/// <param name="AsksForPerson">Puts the conversation into the waiting state.</param>
public sealed record TurnCommit(
    Guid TurnId,
    Conversation Conversation,
    InboxEntry Entry,
    long ExpectedVersion,
    DateTimeOffset? UtteranceEditedAt,
    TurnResult Result,
    MessageBody? Reply,
    IReadOnlyList<MessageBody> Parts,
    TurnUsage? Usage,
    IReadOnlyList<Fact> NewFacts,
    bool AsksForPerson,
    string? Error,
    DateTimeOffset StartedAt)
{
    /// <summary>
    /// Whether the turn comes to nothing when its utterance was edited meanwhile, so that the entry has another one for the new words. Not of a turn that
    /// has done something already.
    /// </summary>
    public bool YieldsToEdit { get; init; }

    /// <summary>The messenger's id of the message the reply is shown as an answer to; <see langword="null"/> where it stands for itself.</summary>
    public string? ReplyTo { get; init; }
}

/// <summary>What became of a commit.</summary>
public abstract record TurnCommitOutcome
{
    private TurnCommitOutcome() { }

    /// <summary>Everything is on disk.</summary>
    /// <param name="Claimed">The first part, claimed for sending; <see langword="null"/> when others wait before it or nothing is said.</param>
    /// <param name="IsCaughtUp">No other entry of the conversation is open; one that comes later brings its own wake-up.</param>
    public sealed record Committed(OutboxEntry? Claimed, bool IsCaughtUp) : TurnCommitOutcome;

    /// <summary>Control changed while the turn was thinking: its reply is on disk as a held one, the entry is done.</summary>
    public sealed record HeldBack : TurnCommitOutcome;

    /// <summary>
    /// The entry was withdrawn, control changed and came back to the assistant, there was nothing to hold back, or the turn yielded to an edit:
    /// nothing was written.
    /// </summary>
    public sealed record Superseded : TurnCommitOutcome;
}

/// <summary>Reads what a turn needs and commits what it decided. Safe for concurrent use; one turn at a time per conversation.</summary>
public interface ITurnStore
{
    /// <summary>The next turn of a conversation, or <see langword="null"/> when no entry is due at <paramref name="now"/>.</summary>
    /// <param name="historyLimit">Messages of history at most.</param>
    Task<TurnStart?> BeginAsync(ConversationId conversation, int historyLimit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Commits once, guarded by the conversation's version and the entry being open. An answer that lost against a take-over or a close
    /// is written as held, with its parts and facts: it is never queued. When the person was forgotten meanwhile, the entry ends and nothing
    /// is said or remembered. When the utterance was edited after the turn had read it, a turn that <see cref="TurnCommit.YieldsToEdit"/> writes nothing
    /// and its entry stays open; of any other, and of one that is held, the facts are left out, and what the words say now is remembered instead, as if
    /// they had been edited after the commit.
    /// </summary>
    Task<TurnCommitOutcome> CommitAsync(TurnCommit commit, CancellationToken cancellationToken);
}

/// <summary>Wakes the writer of a conversation. Losing a wake-up is harmless: a sweep finds due entries.</summary>
public interface IConversationExecutor
{
    /// <summary>Runs the conversation's turns, one at a time, until none is due. Never blocks.</summary>
    void Wake(ConversationId conversation);

    /// <summary>
    /// Stops the thinking of a turn begun before the conversation reached <paramref name="version"/>; after this returns, nothing more
    /// of what it generates is shown. Never blocks. What keeps its reply from being sent is the version, not this call.
    /// </summary>
    void Halt(ConversationId conversation, long version);

    /// <summary>
    /// Stops the thinking of a turn about words that were edited or taken back since it read them; after this returns, nothing more of what it
    /// generates is shown. Never blocks. What keeps its reply from being sent is the commit, not this call.
    /// </summary>
    /// <param name="message">The messenger's id of what was edited or taken back.</param>
    /// <param name="at">When it was.</param>
    void HaltEdited(ConversationId conversation, string message, DateTimeOffset at);
}

using Assistant.Domain.Ai;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People.Acts;
using Assistant.Domain.People.Reach;
using Assistant.Testing.Ai;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

/// <summary>The processor over the in-memory house, with engines that answer as the test says.</summary>
public abstract class TurnRig : PathContract
{
    private TurnProcessor? _processor;
    private RecordingTurns? _turns;

    protected ScriptedReplies Engines { get; } = new();

    protected QuietLine Line { get; } = new();

    protected InMemoryLiveFeed Live { get; } = new();

    protected HandedOver Outbox { get; } = new();

    protected RecordingTurns Turns => _turns ??= new RecordingTurns(Ports.Turns);

    /// <summary>What is answered without an engine; <see langword="null"/> for nothing.</summary>
    protected virtual PersonCommands? Commands => null;

    /// <summary>What a conversation goes on from; <see langword="null"/> for nothing.</summary>
    protected virtual ContinuedHistory? Continued => null;

    protected TurnProcessor Processor => _processor ??= new TurnProcessor(
        Turns, Ports.Recall, Engines, Line, Line, Ports.Connections, Outbox, Live, TurnLimits.Default, Ports.Clock, Commands, Continued);

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    protected Task<TurnEnding> RunAsync(ConversationId conversation) => Processor.ProcessNextAsync(conversation, Cancel);

    /// <summary>Has the engine say <paramref name="words"/>, then wait until its token is cancelled or the result is released.</summary>
    protected TaskCompletionSource EngineStopsAfter(params string[] words)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Engines.Script = (_, cancellationToken) => SayThenWait(words, release.Task, cancellationToken);
        return release;
    }

    /// <summary>Has the operator take over and the turn in progress told so, as the desk does it.</summary>
    protected async Task<Conversation> TakeOverNowAsync(ConversationId conversation)
    {
        var taken = Assert.IsType<ControlOutcome.Changed>(await TakeOverAsync(Home, conversation, Anna)).Conversation;
        Processor.Halt(conversation, taken.Version);
        return taken;
    }

    /// <summary>Has an operator close the conversation and the turn in progress told so, as the desk does it.</summary>
    protected async Task CloseNowAsync(ConversationId conversation)
        => Processor.Halt(conversation, Assert.IsType<ControlOutcome.Changed>(await CloseAsync(Home, conversation)).Conversation.Version);

    protected Task HandBackAsync(ConversationId conversation)
        => Ports.Conversations.HandBackAsync(Home, conversation, Anna, Draft(Home, "conversation.handback", "x"), Cancel);

    /// <summary>Has the person correct what they said, a second later.</summary>
    protected async Task EditAsync(string id, string text)
    {
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(HomeLine, Said(HomeLine, id, "") with { DedupeKey = $"edit:{id}:{text}", Content = new InboundContent.Edited(text) });
    }

    protected async Task<IReadOnlyList<string>> HeldAsync(ConversationId conversation)
        => [.. (await Ports.Queries.ListHeldAsync(Home, conversation, Cancel)).Select(h => h.Body.Markdown)];

    /// <summary>What the assistant said, held or not.</summary>
    protected async Task<IReadOnlyList<string>> RepliesAsync(ConversationId conversation)
        => [.. (await ThreadAsync(Home, conversation)).Where(m => m.Author == AuthorKind.Assistant).Select(m => m.Body.Markdown)];

    protected IReadOnlyList<T> Shown<T>() where T : LiveEvent => [.. Live.Published.OfType<T>()];

    private static async IAsyncEnumerable<ReplyChunk> SayThenWait(
        string[] words, Task release, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var word in words)
        {
            yield return new ReplyChunk.Text(word);
        }

        await release.WaitAsync(cancellationToken);
        yield return new ReplyChunk.Text(" And the rest.");
    }

    /// <summary>The turn store, with what was committed; may fail on purpose.</summary>
    protected sealed class RecordingTurns(ITurnStore inner) : ITurnStore
    {
        public List<TurnCommit> Commits { get; } = [];

        public Exception? Failure { get; set; }

        /// <summary>What happens once a turn has read what it begins with, before anything else does.</summary>
        public Func<Task>? Began { get; set; }

        public async Task<TurnStart?> BeginAsync(ConversationId conversation, int historyLimit, DateTimeOffset now, CancellationToken cancellationToken)
        {
            var start = await inner.BeginAsync(conversation, historyLimit, now, cancellationToken);
            if (Began is { } began)
            {
                Began = null;
                await began();
            }

            return start;
        }

        public Task<TurnCommitOutcome> CommitAsync(TurnCommit commit, CancellationToken cancellationToken)
        {
            Commits.Add(commit);
            return Failure is { } failure ? Task.FromException<TurnCommitOutcome>(failure) : inner.CommitAsync(commit, cancellationToken);
        }
    }
}

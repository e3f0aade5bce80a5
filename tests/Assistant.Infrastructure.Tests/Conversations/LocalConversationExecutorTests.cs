using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Conversations.Local;
using Assistant.Testing.Ai;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Conversations;

/// <summary>One writer per conversation, many at once, over the in-memory house.</summary>
public sealed class LocalConversationExecutorTests : PathContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BusyReplies _engine = new();
    private readonly ExecutorOptions _options = new();
    private WatchedTurns? _turns;

    private WatchedTurns Turns => _turns ??= new WatchedTurns(Ports.Turns);

    [Fact]
    public async Task A_conversation_has_one_turn_at_a_time_and_keeps_its_order()
    {
        await using var running = await StartAsync();
        var conversation = await HearAsync(HomeLine, "0", "0");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () =>
            {
                for (var i = 0; i < 500; i++)
                {
                    running.Executor.Wake(conversation);
                }
            },
            Cancel)).Append(SpeakAsync()));

        await WhenAsync(() => running.Executor.Active == 0 && _engine.Answered.Count == 41);

        Assert.Equal(Enumerable.Range(0, 41).Select(i => $"{i}"), _engine.Answered);
        Assert.Equal(1, _engine.MostAtOnceInOne);

        async Task SpeakAsync()
        {
            for (var i = 1; i <= 40; i++)
            {
                await HearAsync(HomeLine, $"{i}", $"{i}");
                running.Executor.Wake(conversation);
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Many_conversations_are_answered_at_once()
    {
        const int Count = 200;
        await using var running = await StartAsync();
        _engine.WaitFor(Count);

        await HearManyAsync(running, Count);

        // Nobody is answered before all of them are being worked on.
        await WhenAsync(() => running.Executor.Active == 0 && _engine.Answered.Count == Count);
        Assert.Equal(Count, _engine.MostAtOnce);
    }

    [Fact]
    public async Task No_more_turns_run_at_once_than_allowed_and_the_others_wait_in_line()
    {
        _options.MaxConcurrentTurns = 3;
        await using var running = await StartAsync();
        _engine.WaitFor(3);

        await HearManyAsync(running, 30);

        await WhenAsync(() => running.Executor.Active == 0 && _engine.Answered.Count == 30);
        Assert.Equal(3, _engine.MostAtOnce);
    }

    [Fact]
    public async Task When_the_line_is_full_a_wake_does_not_block_and_the_sweep_comes_back_to_it()
    {
        _options.MaxWaiting = 4;
        var executor = NewExecutor();
        for (var i = 0; i < 12; i++)
        {
            executor.Wake(await HearAsync(HomeLine, "1", $"{i}", $"chat-{i}", $"user-{i}"));
        }

        Assert.Equal(4, executor.Active);
        await using var running = await StartAsync(executor);

        await WhenAsync(() => _engine.Answered.Count == 12, Sweep);
        Assert.Equal(12, _engine.Answered.Distinct().Count());
    }

    [Fact]
    public async Task A_wake_during_a_turn_is_not_lost()
    {
        await using var running = await StartAsync();
        _engine.Stop();
        var conversation = await HearAsync(HomeLine, "1", "one");
        running.Executor.Wake(conversation);
        await WhenAsync(() => _engine.Asked == 1);

        await HearAsync(HomeLine, "2", "two");
        running.Executor.Wake(conversation);
        _engine.GoOn();

        // The clock stands still: no sweep helps.
        await WhenAsync(() => _engine.Answered.Count == 2);
    }

    [Fact]
    public async Task A_wake_in_the_last_moment_of_a_lane_is_not_lost()
    {
        await using var running = await StartAsync();
        // Before anything is heard: the first sweep may begin the turn as well.
        Turns.AfterCommit = async () => running.Executor.Wake(await HearAsync(HomeLine, "2", "two"));
        running.Executor.Wake(await HearAsync(HomeLine, "1", "one"));

        await WhenAsync(() => _engine.Answered.Count == 2);
    }

    [Fact]
    public async Task A_failing_turn_waits_longer_each_time_then_becomes_a_dead_letter_and_the_next_message_is_answered()
    {
        _options.MaxAttempts = 3;
        _options.SweepInterval = TimeSpan.FromMilliseconds(50);
        await using var running = await StartAsync();
        _engine.Fail("broken");
        var conversation = await HearAsync(HomeLine, "1", "broken");
        await HearAsync(HomeLine, "2", "fine");

        running.Executor.Wake(conversation);
        await WhenAsync(() => _engine.Asked == 1 && running.Executor.Active == 0);
        await SweepForAsync(running, TimeSpan.FromMilliseconds(700));
        Assert.Equal(1, _engine.Asked);
        await SweepForAsync(running, TimeSpan.FromMilliseconds(600));
        await WhenAsync(() => _engine.Asked == 2 && running.Executor.Active == 0);
        await SweepForAsync(running, TimeSpan.FromMilliseconds(900));
        Assert.Equal(2, _engine.Asked);
        Assert.Empty(_engine.Answered);
        await SweepForAsync(running, TimeSpan.FromMilliseconds(1_700));

        await WhenAsync(() => _engine.Answered.Count == 1);
        Assert.Equal(["fine"], _engine.Answered);
        Assert.Equal(4, _engine.Asked);
        var letter = Assert.Single((await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items);
        Assert.Equal((Phrase.Of("fault", ("kind", "InvalidDataException"), ("message", "A bug.")), 3, true), (letter.Reason, letter.Attempts, letter.IsInbound));
    }

    [Fact]
    public async Task A_failing_conversation_does_not_keep_others_from_their_answers()
    {
        _options.MaxConcurrentTurns = 1;
        await using var running = await StartAsync();
        _engine.Fail("broken");
        running.Executor.Wake(await HearAsync(HomeLine, "1", "broken"));

        running.Executor.Wake(await HearAsync(HomeLine, "1", "fine", "chat-2", "user-2"));

        await WhenAsync(() => _engine.Answered.Count == 1);
        Assert.Equal(["fine"], _engine.Answered);
    }

    [Fact]
    public async Task When_the_store_itself_fails_the_sweep_comes_back_to_it()
    {
        Turns.Failure = new IOException("The disk is full.");
        await using var running = await StartAsync();
        running.Executor.Wake(await HearAsync(HomeLine, "1", "hello"));
        await WhenAsync(() => Turns.Failures > 1 && running.Executor.Active == 0);
        Assert.Equal(0, _engine.Asked);

        Turns.Failure = null;

        await WhenAsync(() => _engine.Answered.Count == 1, Sweep);
    }

    [Fact]
    public async Task While_nothing_can_be_stored_the_engine_is_asked_less_and_less_often()
    {
        Turns.WriteFailure = new IOException("The disk is full.");
        await using var running = await StartAsync();
        running.Executor.Wake(await HearAsync(HomeLine, "1", "hello"));
        await WhenAsync(() => _engine.Asked >= 1 && running.Executor.Active == 0);

        await SweepForAsync(running, TimeSpan.FromMinutes(1));

        // After 1, 2, 4, 8, 16 and 32 s, a quarter more or less, and not at each of 60 sweeps.
        var asked = _engine.Asked;
        Assert.InRange(asked, 2, 8);
        Turns.WriteFailure = null;
        await WhenAsync(() => _engine.Asked > asked && running.Executor.Active == 0, Sweep);
        Assert.Empty(await Ports.Inbox.FindDueAsync(Ports.Clock.GetUtcNow(), 100, Cancel));
    }

    [Fact]
    public async Task A_stop_ends_turns_in_progress_without_an_answer_and_a_restart_answers_all()
    {
        _engine.Stop();
        var first = await StartAsync();
        await HearManyAsync(first, 10);
        await WhenAsync(() => _engine.Asked == 10);

        await first.DisposeAsync();

        Assert.Empty(_engine.Answered);
        Assert.Equal(10, (await Ports.Inbox.FindDueAsync(Ports.Clock.GetUtcNow(), 100, Cancel)).Count);
        Assert.Empty((await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items);
        _engine.GoOn();
        await using var second = await StartAsync();
        await WhenAsync(() => _engine.Answered.Count == 10 && second.Executor.Active == 0);
        Assert.Empty(await Ports.Inbox.FindDueAsync(Ports.Clock.GetUtcNow(), 100, Cancel));
    }

    [Fact]
    public async Task A_stop_waits_for_a_turn_that_does_not_listen()
    {
        _engine.Stop(isDeaf: true);
        var running = await StartAsync();
        running.Executor.Wake(await HearAsync(HomeLine, "1", "hello"));
        await WhenAsync(() => _engine.Asked == 1);

        var stopping = running.Executor.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        _engine.GoOn();

        await stopping.WaitAsync(Patience, TimeProvider.System, Cancel);
        await running.DisposeAsync();
    }

    [Fact]
    public async Task A_halt_reaches_the_turn_in_progress()
    {
        await using var running = await StartAsync();
        _engine.Stop();
        var conversation = await HearAsync(HomeLine, "1", "hello");
        running.Executor.Wake(conversation);
        await WhenAsync(() => _engine.Asked == 1);

        var taken = Assert.IsType<ControlOutcome.Changed>(await TakeOverAsync(Home, conversation, Anna)).Conversation;
        running.Executor.Halt(conversation, taken.Version);

        await WhenAsync(() => running.Executor.Active == 0);
        Assert.Equal("Re:", Assert.Single(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel)).Body.Markdown);
    }

    [Fact]
    public async Task Quiet_conversations_take_no_memory()
    {
        await using var running = await StartAsync();
        await HearManyAsync(running, 300);

        await WhenAsync(() => _engine.Answered.Count == 300 && running.Executor.Active == 0);
    }

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    private async Task HearManyAsync(Running running, int count)
    {
        for (var i = 0; i < count; i++)
        {
            running.Executor.Wake(await HearAsync(HomeLine, "1", $"{i}", $"chat-{i}", $"user-{i}"));
        }
    }

    private LocalConversationExecutor NewExecutor()
    {
        var line = new QuietLine { Running = HomeLine };
        var processor = new TurnProcessor(
            Turns, Ports.Recall, _engine, line, line, Ports.Connections, new HandedOver(), new InMemoryLiveFeed(), TurnLimits.Default, Ports.Clock);
        var services = new ServiceCollection().AddSingleton(processor).AddSingleton<ITurnStore>(Turns).BuildServiceProvider();
        return new LocalConversationExecutor(
            services, Ports.Inbox, Options.Create(_options), Ports.Clock, NullLogger<LocalConversationExecutor>.Instance);
    }

    private async Task<Running> StartAsync(LocalConversationExecutor? executor = null)
    {
        var running = new Running(executor ?? NewExecutor());
        await running.Executor.StartAsync(Cancel);
        return running;
    }

    private void Sweep() => Ports.Clock.Advance(_options.SweepInterval);

    /// <summary>Lets time pass in steps of a sweep, each worked off before the next.</summary>
    private async Task SweepForAsync(Running running, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += _options.SweepInterval)
        {
            Sweep();
            for (var i = 0; i < 20; i++)
            {
                await Task.Yield();
            }

            await WhenAsync(() => running.Executor.Active == 0);
        }
    }

    private static async Task WhenAsync(Func<bool> isSo, Action? meanwhile = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        while (!isSo())
        {
            meanwhile?.Invoke();
            await Task.Yield();
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private sealed record Running(LocalConversationExecutor Executor) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Executor.StopAsync(CancellationToken.None);
            Executor.Dispose();
        }
    }

    private sealed class WatchedTurns(ITurnStore inner) : ITurnStore
    {
        private int _failures;

        public Exception? Failure { get; set; }

        /// <summary>Turns begin, and neither their end nor their failure can be stored.</summary>
        public Exception? WriteFailure { get; set; }

        /// <summary>Runs once, between a commit and what the executor makes of it.</summary>
        public Func<Task>? AfterCommit { get; set; }

        public int Failures => Volatile.Read(ref _failures);

        public Task<TurnStart?> BeginAsync(ConversationId conversation, int historyLimit, DateTimeOffset now, CancellationToken cancellationToken)
        {
            // Without any history it begins in order to count a failure.
            if ((Failure ?? (historyLimit == 0 ? WriteFailure : null)) is { } failure)
            {
                Interlocked.Increment(ref _failures);
                return Task.FromException<TurnStart?>(failure);
            }

            return inner.BeginAsync(conversation, historyLimit, now, cancellationToken);
        }

        public async Task<TurnCommitOutcome> CommitAsync(TurnCommit commit, CancellationToken cancellationToken)
        {
            if (WriteFailure is { } failure)
            {
                throw failure;
            }

            var outcome = await inner.CommitAsync(commit, cancellationToken);
            if (AfterCommit is { } after)
            {
                AfterCommit = null;
                await after();
            }

            return outcome;
        }
    }
}

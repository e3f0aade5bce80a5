using Assistant.Domain.Ai;
using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

/// <summary>What becomes of a reply in the making when somebody takes over.</summary>
public sealed class TurnHaltTests : TurnRig
{
    [Fact]
    public async Task What_was_written_until_the_takeover_is_held_back()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Your boiler is", " probably");
        var turn = RunAsync(conversation);

        await TakeOverNowAsync(conversation);

        Assert.Equal(TurnEnding.HeldBack, await turn);
        Assert.True(Engines.Token.IsCancellationRequested);
        Assert.Equal(["Your boiler is probably"], await HeldAsync(conversation));
        Assert.Equal(DeliveryState.Held, (await ThreadAsync(Home, conversation))[^1].Delivery);
        Assert.Empty(Outbox.Rows);
        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));
    }

    [Fact]
    public async Task A_reply_that_was_finished_but_came_too_late_is_held_back_whole()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var release = EngineStopsAfter("Your boiler is fine.");
        var turn = RunAsync(conversation);

        await TakeOverAsync(Home, conversation, Anna);
        release.SetResult();

        Assert.Equal(TurnEnding.HeldBack, await turn);
        Assert.Equal(["Your boiler is fine. And the rest."], await HeldAsync(conversation));
        Assert.Empty(Outbox.Rows);
        Assert.Single(Shown<LiveEvent.ReplyAbandoned>());
    }

    [Fact]
    public async Task What_is_held_never_leaves_by_itself_also_after_a_hand_back()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Your boiler is");
        var turn = RunAsync(conversation);
        await TakeOverNowAsync(conversation);
        await turn;

        await HandBackAsync(conversation);
        Ports.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));
        Assert.Null(await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Single(await HeldAsync(conversation));
    }

    [Fact]
    public async Task A_held_reply_keeps_what_it_says_is_remembered()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that the boiler is in the attic");
        Engines.Script = (_, cancellationToken) => RememberThenBreak("the boiler is in the attic", cancellationToken);
        var turn = RunAsync(conversation);

        await TakeOverNowAsync(conversation);

        Assert.Equal(TurnEnding.HeldBack, await turn);
        Assert.Equal(["I'll remember."], await HeldAsync(conversation));
        var person = (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Person;
        Assert.Equal(["the boiler is in the attic"], (await Ports.Recall.ListFactsAsync(Home, person, 10, Cancel)).Select(f => f.Text));
    }

    [Fact]
    public async Task Nothing_is_held_when_not_a_word_was_written()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter();
        var turn = RunAsync(conversation);

        await TakeOverNowAsync(conversation);

        Assert.Equal(TurnEnding.Superseded, await turn);
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
        Assert.Equal(TurnResult.LeftToPeople, Turns.Commits[^1].Result);
        Assert.Empty(await RepliesAsync(conversation));
    }

    [Fact]
    public async Task A_closed_conversation_is_left_to_people_when_not_a_word_was_written()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter();
        var turn = RunAsync(conversation);

        await CloseNowAsync(conversation);

        Assert.Equal(TurnEnding.Superseded, await turn);
        Engines.Answer("Your boiler is fine.");
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
        Assert.Equal(TurnResult.LeftToPeople, Turns.Commits[^1].Result);
        Assert.Empty(await RepliesAsync(conversation));
    }

    [Fact]
    public async Task What_waits_behind_a_reply_a_close_held_back_is_left_to_people_and_a_new_message_is_answered()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Your boiler is");
        var turn = RunAsync(conversation);
        await HearAsync(HomeLine, "2", "are you there?");
        await CloseNowAsync(conversation);
        Assert.Equal(TurnEnding.HeldBack, await turn);
        Engines.Answer("Your boiler is fine.");

        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
        Assert.Equal(["Your boiler is"], await RepliesAsync(conversation));
        await HearAsync(HomeLine, "3", "one more thing");
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));

        Assert.Equal(["Your boiler is", "Your boiler is fine."], await RepliesAsync(conversation));
        Assert.Equal(["Your boiler is"], await HeldAsync(conversation));
    }

    [Fact]
    public async Task An_engine_that_ends_in_a_fault_when_it_is_stopped_leaves_its_words_all_the_same()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Engines.Script = (_, cancellationToken) => SayThenBreak("Your boiler", cancellationToken);
        var turn = RunAsync(conversation);

        await TakeOverNowAsync(conversation);

        Assert.Equal(TurnEnding.HeldBack, await turn);
        Assert.Equal(["Your boiler"], await HeldAsync(conversation));
    }

    [Fact]
    public async Task When_it_was_handed_back_meanwhile_the_assistant_thinks_again()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Your boiler is");
        var turn = RunAsync(conversation);
        await TakeOverAsync(Home, conversation, Anna);
        await HandBackAsync(conversation);
        Processor.Halt(conversation, 3);

        Assert.Equal(TurnEnding.Superseded, await turn);
        Engines.Answer("Your boiler is fine.");
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));

        Assert.Equal(["Your boiler is fine."], await RepliesAsync(conversation));
        Assert.Empty(await HeldAsync(conversation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_halt_meant_for_an_older_turn_does_not_touch_this_one(long version)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var release = EngineStopsAfter("Your boiler is fine.");
        var turn = RunAsync(conversation);

        Processor.Halt(conversation, version);
        Assert.False(Engines.Token.IsCancellationRequested);
        release.SetResult();

        Assert.Equal(TurnEnding.CaughtUp, await turn);
        Assert.Equal(["Your boiler is fine. And the rest."], await RepliesAsync(conversation));
        Assert.NotNull(Assert.Single(Outbox.Rows).Claimed);
    }

    [Fact]
    public async Task A_cut_off_reply_is_never_queued_even_if_no_version_changed()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Your boiler is");
        var turn = RunAsync(conversation);

        Processor.Halt(conversation, long.MaxValue);

        Assert.Equal(TurnEnding.Superseded, await turn);
        Assert.Empty(await RepliesAsync(conversation));
        Assert.Empty(Outbox.Rows);
    }

    [Fact]
    public async Task After_a_halt_nothing_more_of_the_reply_is_shown_and_what_was_shown_is_taken_back()
    {
        using var somebody = Live.Subscribe(Home, 100);
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var release = new TaskCompletionSource();
        Engines.Script = (_, _) => StreamDeafly(release.Task);
        var turn = RunAsync(conversation);
        Assert.Equal(["one"], Shown<LiveEvent.ReplyProgress>().Select(e => e.Text));

        await TakeOverNowAsync(conversation);
        Assert.Single(Shown<LiveEvent.ReplyAbandoned>());
        release.SetResult();
        await turn;

        Assert.Equal(["one"], Shown<LiveEvent.ReplyProgress>().Select(e => e.Text));
        Assert.Equal(["one"], await HeldAsync(conversation));
    }

    [Fact]
    public async Task A_takeover_just_after_a_turn_has_begun_lets_not_a_word_of_it_be_shown()
    {
        using var somebody = Live.Subscribe(Home, 100);
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Engines.Script = (_, _) => StreamDeafly(Task.CompletedTask);
        Turns.Began = () => TakeOverNowAsync(conversation);

        Assert.Equal(TurnEnding.Superseded, await RunAsync(conversation));

        Assert.Empty(Shown<LiveEvent.ReplyProgress>());
        Assert.Empty(await RepliesAsync(conversation));
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
        Assert.Equal(TurnResult.LeftToPeople, Turns.Commits[^1].Result);
    }

    [Fact]
    public async Task A_halt_while_a_turn_begins_that_reads_the_newer_version_does_not_touch_it()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var taken = await TakeOverNowAsync(conversation);
        await HandBackAsync(conversation);
        Engines.Answer("Your boiler is fine.");
        Turns.Began = () =>
        {
            Processor.Halt(conversation, taken.Version);
            return Task.CompletedTask;
        };

        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
        Assert.Equal(["Your boiler is fine."], await RepliesAsync(conversation));
    }

    [Fact]
    public async Task A_halt_without_a_turn_is_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await RunAsync(conversation);

        Processor.Halt(conversation, 99);

        Assert.Empty(Shown<LiveEvent.ReplyAbandoned>());
    }

    private static async IAsyncEnumerable<ReplyChunk> RememberThenBreak(
        string statement, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new ReplyChunk.Remember(statement);
        await foreach (var chunk in SayThenBreak("I'll remember.", cancellationToken))
        {
            yield return chunk;
        }
    }

    private static async IAsyncEnumerable<ReplyChunk> SayThenBreak(
        string words, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new ReplyChunk.Text(words);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw new IOException("The connection was closed.");
    }

    /// <summary>Goes on whatever the token says.</summary>
    private async IAsyncEnumerable<ReplyChunk> StreamDeafly(Task release)
    {
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        yield return new ReplyChunk.Text("one");
        await release;
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        yield return new ReplyChunk.Text(" two");
    }
}

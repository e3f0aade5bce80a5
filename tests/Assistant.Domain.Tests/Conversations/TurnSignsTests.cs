using System.Collections.Concurrent;
using Assistant.Domain.Ai;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

/// <summary>What is seen of a turn before its answer: typing and the text as it grows.</summary>
public sealed class TurnSignsTests : TurnRig
{
    [Fact]
    public async Task Typing_is_shown_when_an_engine_takes_long_and_ends_with_the_answer()
    {
        Line.Running = HomeLine;
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var release = EngineStopsAfter("Hm.");
        var turn = RunAsync(conversation);

        Ports.Clock.Advance(TurnLimits.Default.TypingAfter - TimeSpan.FromMilliseconds(1));
        Assert.Empty(Line.Typing);
        Ports.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([new ExternalChat("chat-1")], Line.Typing);
        Ports.Clock.Advance(TimeSpan.FromSeconds(4.5));
        Assert.Equal(2, Line.Typing.Count);
        Assert.Equal((AuthorKind.Assistant, true), Shown<LiveEvent.Typing>()[0] is var shown ? (shown.Author, shown.IsTyping) : default);

        release.SetResult();
        await turn;
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, Line.Typing.Count);
    }

    [Fact]
    public async Task A_quick_answer_shows_no_typing()
    {
        Line.Running = HomeLine;

        await RunAsync(await HearAsync(HomeLine, "1", "hello"));
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(Line.Typing);
        Assert.Empty(Shown<LiveEvent.Typing>());
    }

    [Fact]
    public async Task Typing_ends_with_a_takeover()
    {
        Line.Running = HomeLine;
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Hm.");
        var turn = RunAsync(conversation);
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));

        await TakeOverNowAsync(conversation);
        await turn;
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Single(Line.Typing);
    }

    [Fact]
    public async Task A_takeover_while_a_sign_is_given_lets_no_other_begin()
    {
        Line.Running = HomeLine;
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Hm.");
        Live.Watch = shown =>
        {
            if (shown is LiveEvent.Typing)
            {
                Processor.Halt(conversation, long.MaxValue);
            }
        };
        var turn = RunAsync(conversation);

        Ports.Clock.Advance(TurnLimits.Default.TypingAfter);
        await turn;

        Assert.Single(Shown<LiveEvent.Typing>());
        Assert.Empty(Line.Typing);
    }

    [Fact]
    public async Task A_takeover_is_not_acknowledged_while_a_sign_is_being_begun()
    {
        Line.Running = HomeLine;
        var conversation = await HearAsync(HomeLine, "1", "hello");
        EngineStopsAfter("Hm.");
        var order = new ConcurrentQueue<string>();
        var takeOver = new Thread(() =>
        {
            Processor.Halt(conversation, long.MaxValue);
            order.Enqueue("acknowledged");
        });
        Line.ShowingTyping = () =>
        {
            takeOver.Start();
            SpinWait.SpinUntil(() => takeOver.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !order.IsEmpty, TimeSpan.FromSeconds(10));
            order.Enqueue("begun");
        };
        var turn = RunAsync(conversation);

        Ports.Clock.Advance(TurnLimits.Default.TypingAfter);
        await turn;
        takeOver.Join();

        Assert.Equal(["begun", "acknowledged"], order);
    }

    [Fact]
    public async Task The_text_so_far_is_shown_at_most_every_sixty_milliseconds()
    {
        using var somebody = Live.Subscribe(Home, 100);
        Engines.Script = (_, _) => Stream(step: TimeSpan.FromMilliseconds(25), words: 8);

        await RunAsync(await HearAsync(HomeLine, "1", "count"));

        Assert.Equal(["1 2 3 ", "1 2 3 4 5 6 "], Shown<LiveEvent.ReplyProgress>().Select(e => e.Text));
        Assert.Equal(Assert.Single(Turns.Commits).TurnId, Shown<LiveEvent.ReplyProgress>()[0].TurnId);
    }

    [Fact]
    public async Task Without_an_audience_nothing_is_shown_as_it_grows()
    {
        Engines.Script = (_, _) => Stream(step: TimeSpan.FromSeconds(1), words: 8);

        await RunAsync(await HearAsync(HomeLine, "1", "count"));

        Assert.Empty(Shown<LiveEvent.ReplyProgress>());
    }

    private async IAsyncEnumerable<ReplyChunk> Stream(TimeSpan step, int words)
    {
        for (var word = 1; word <= words; word++)
        {
            Ports.Clock.Advance(step);
            yield return new ReplyChunk.Text($"{word} ");
        }

        await Task.CompletedTask;
    }
}

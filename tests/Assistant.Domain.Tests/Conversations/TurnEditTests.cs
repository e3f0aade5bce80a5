using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

/// <summary>What is answered when a message is corrected while the assistant thinks about it.</summary>
public sealed class TurnEditTests : TurnRig
{
    [Fact]
    public async Task A_message_corrected_during_the_turn_is_answered_once_and_as_corrected()
    {
        var conversation = await HearAsync(HomeLine, "1", "meet at 4");
        var release = EngineStopsAfter("At 4 then.");
        var turn = RunAsync(conversation);
        await EditAsync("1", "meet at 5");

        release.SetResult();

        Assert.Equal(TurnEnding.Superseded, await turn);
        Assert.Single(Shown<LiveEvent.ReplyAbandoned>());
        Assert.Empty(Outbox.Rows);
        Engines.Answer("At 5 then.");
        Assert.Equal(TurnEnding.CaughtUp, await RunAsync(conversation));
        Assert.Equal("meet at 5", Engines.Asked[^1].Words);
        Assert.Equal(TurnEnding.NothingDue, await RunAsync(conversation));
        Assert.Equal(["At 5 then."], await RepliesAsync(conversation));
    }

    [Fact]
    public async Task What_is_generated_for_the_old_words_stops_when_they_are_corrected()
    {
        var conversation = await HearAsync(HomeLine, "1", "meet at 4");
        EngineStopsAfter("At 4 then.");
        var turn = RunAsync(conversation);
        Processor.HaltEdited(conversation, "2", Ports.Clock.GetUtcNow());
        Assert.False(Engines.Token.IsCancellationRequested);

        await EditAsync("1", "meet at 5");
        Processor.HaltEdited(conversation, "1", Ports.Clock.GetUtcNow());

        Assert.NotEmpty(Shown<LiveEvent.ReplyAbandoned>());
        Assert.Equal(TurnEnding.Superseded, await turn);
        Assert.Empty(await HeldAsync(conversation));
        var release = EngineStopsAfter("At 5 then.");
        turn = RunAsync(conversation);
        Processor.HaltEdited(conversation, "1", Ports.Clock.GetUtcNow()); // told late: this turn has read it
        release.SetResult();
        Assert.Equal(TurnEnding.CaughtUp, await turn);
        Assert.Equal(["At 5 then. And the rest."], await RepliesAsync(conversation));
    }

    [Fact]
    public async Task Whoever_edits_without_end_is_answered_all_the_same()
    {
        for (var message = 1; message <= 2; message++)
        {
            var id = $"{message}";
            var conversation = await HearAsync(HomeLine, id, "meet at 1");
            foreach (var text in new[] { "meet at 2", "meet at 3" })
            {
                Turns.Began = () => EditAsync(id, text);
                Assert.Equal(TurnEnding.Superseded, await RunAsync(conversation));
            }

            var release = EngineStopsAfter("At 3 then.");
            var turn = RunAsync(conversation);
            await EditAsync(id, "meet at 4");
            Processor.HaltEdited(conversation, id, Ports.Clock.GetUtcNow());
            release.SetResult();
            Assert.Equal(TurnEnding.CaughtUp, await turn);
            Assert.Equal("meet at 3", Engines.Asked[^1].Words);
            Engines.Answer("Hello.");
            Assert.Equal(message, (await RepliesAsync(conversation)).Count);
        }
    }
}

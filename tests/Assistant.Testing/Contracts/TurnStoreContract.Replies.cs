using Assistant.Domain.Conversations;
using Xunit;

namespace Assistant.Testing.Contracts;

public abstract partial class TurnStoreContract
{
    [Fact]
    public async Task The_first_part_of_a_reply_names_the_message_it_answers_and_no_other()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");

        var commit = Answer(await BeginAsync(conversation), "hi", "there") with { ReplyTo = "1" };
        var committed = Assert.IsType<TurnCommitOutcome.Committed>(await Ports.Turns.CommitAsync(commit, Cancel));

        Assert.Equal("1", committed.Claimed!.ReplyToExternalId);
        var next = await Ports.Outbox.MarkSentAsync(committed.Claimed, "out-1", Cancel);
        Assert.Equal(("there", null), (next!.Body.Markdown, next.ReplyToExternalId));
    }
}

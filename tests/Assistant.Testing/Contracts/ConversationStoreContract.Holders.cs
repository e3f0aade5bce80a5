using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What is for the holder of a conversation alone.</summary>
public abstract partial class ConversationStoreContract
{
    [Fact]
    public async Task A_held_reply_is_decided_by_the_holder_and_by_anybody_while_there_is_none()
    {
        var (conversation, held) = await HeldReplyAsync();

        Assert.Equal(Anna, Assert.IsType<ReplyOutcome.NotHolder>(await DecideAsync(Home, held.EntryId, HeldDecision.Send, Bo)).Operator);
        Assert.Equal(Anna, Assert.IsType<ReplyOutcome.NotHolder>(await DecideAsync(Home, held.EntryId, HeldDecision.Drop, Bo)).Operator);
        Assert.Equal(held.EntryId, Assert.Single(await HeldAsync(conversation)).EntryId);
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action is AuditActions.HeldReplySent or AuditActions.HeldReplyDropped);

        await HandBackAsync(conversation);
        Assert.IsType<ReplyOutcome.Accepted>(await DecideAsync(Home, held.EntryId, HeldDecision.Send, Bo));
    }
}

using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What is for the holder of a conversation alone.</summary>
public abstract partial class ConversationStoreContract
{
    [Fact]
    public async Task A_conversation_is_taken_over_from_the_one_who_is_passed_over_and_from_nobody_else()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var taken = Assert.IsType<ControlOutcome.Changed>(await TakeOverAsync(Home, conversation, Anna)).Conversation;
        var another = new UserId(Guid.CreateVersion7());

        Assert.Equal(Anna, Assert.IsType<ControlOutcome.HeldByOther>(await TakeOverFromAsync(Home, conversation, another)).Operator);
        Assert.IsType<ControlOutcome.NotFound>(await TakeOverFromAsync(Office, conversation, Anna.Id));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TakeOverFromAsync(Home, conversation, Anna.Id)));

        var passed = Assert.Single(outcomes.OfType<ControlOutcome.Changed>()).Conversation;
        Assert.Equal((Bo, taken.Version + 1), (passed.Operator, passed.Version));
        Assert.Equal(2, (await AuditOfAsync(Home)).Count(e => e.What.Action == AuditActions.ConversationTakenOver));
    }

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

    private Task<ControlOutcome> TakeOverFromAsync(TenantId tenant, ConversationId conversation, UserId from) => Ports.Conversations.TakeOverFromAsync(
        tenant, conversation, from, Bo, Draft(tenant, AuditActions.ConversationTakenOver, $"conversation/{conversation}"), Cancel);
}

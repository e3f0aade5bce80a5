using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>How a message reads while the outbox sends its parts: it is as well as its worst one.</summary>
public abstract class MessageDeliveryContract : OutboxSteps
{
    [Fact]
    public async Task A_send_marks_the_message_when_its_last_part_is_accepted()
    {
        var (conversation, first) = await AnsweredAsync("one", "two");
        var second = await SentAsync(first, "ext-1");
        Assert.Equal(DeliveryState.Stored, (await LastAsync(conversation)).Delivery);

        Assert.Null(await SentAsync(second!, "ext-2"));

        var message = await LastAsync(conversation);
        Assert.Equal((DeliveryState.Sent, "ext-2"), (message.Delivery, message.ExternalId));
        Assert.Equal(2, (await AuditOfAsync(Home)).Count(e => e.What.Action == AuditActions.MessageSent));
        Assert.DoesNotContain(await AuditOfAsync(Office), e => e.What.Action == AuditActions.MessageSent);
    }

    [Fact]
    public async Task A_message_partly_held_stays_held_when_another_part_gets_no_answer()
    {
        var (conversation, first) = await AnsweredAsync("one", "two");
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Conversations.HandBackAsync(Home, conversation, Anna, Draft(Home, AuditActions.ConversationHandedBack, $"conversation/{conversation}"), Cancel);

        await Ports.Outbox.RetryLaterAsync(first, new Phrase.Verbatim("no answer"), Ports.Clock.GetUtcNow(), isUncertain: true, isAttempt: true, Cancel);

        Assert.Equal(DeliveryState.Held, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Fact]
    public async Task A_message_with_a_dead_part_has_failed_even_when_its_last_part_was_sent()
    {
        var (conversation, first) = await AnsweredAsync("one", "two");
        await Ports.Outbox.DeadLetterAsync(first, Phrase.Of("telegram.refuses", ("says", "too long")), Cancel);

        await SentAsync((await ClaimAsync(conversation))!);

        Assert.Equal(DeliveryState.Failed, (await LastAsync(conversation)).Delivery);
    }

    [Fact]
    public async Task A_message_whose_dead_part_was_put_back_and_sent_is_sent()
    {
        var (conversation, first) = await AnsweredAsync("one", "two");
        await Ports.Outbox.DeadLetterAsync(first, Phrase.Of("telegram.own-fault"), Cancel);
        await SentAsync((await ClaimAsync(conversation))!, "ext-last");
        await ReviveAsync(first);

        await SentAsync((await ClaimAsync(conversation))!, "ext-first");

        var message = await LastAsync(conversation);
        Assert.Equal((DeliveryState.Sent, "ext-last"), (message.Delivery, message.ExternalId));
    }

    [Fact]
    public async Task A_message_with_two_dead_parts_has_failed_until_both_are_put_back()
    {
        var (conversation, first) = await AnsweredAsync("one", "two");
        await Ports.Outbox.DeadLetterAsync(first, Phrase.Of("telegram.own-fault"), Cancel);
        var second = (await ClaimAsync(conversation))!;
        await Ports.Outbox.DeadLetterAsync(second, Phrase.Of("telegram.own-fault"), Cancel);

        await ReviveAsync(second);
        Assert.Equal(DeliveryState.Failed, (await LastAsync(conversation)).Delivery);

        await ReviveAsync(first);
        Assert.Equal(DeliveryState.Stored, (await LastAsync(conversation)).Delivery);
    }

    [Fact]
    public async Task A_message_partly_held_waits_for_a_decision_even_when_another_part_is_dead()
    {
        var (conversation, first) = await AnsweredAsync("one", "two");
        await TakeOverAsync(Home, conversation, Anna);

        await Ports.Outbox.DeadLetterAsync(first, Phrase.Of("telegram.own-fault"), Cancel);
        Assert.Equal(DeliveryState.Held, (await LastAsync(conversation)).Delivery);

        var held = Assert.Single(await HeldAsync(conversation));
        await Ports.Conversations.DecideHeldAsync(Home, held.EntryId, Anna, HeldDecision.Drop, Draft(Home, AuditActions.HeldReplyDropped, "x"), Cancel);
        Assert.Equal(DeliveryState.Failed, (await LastAsync(conversation)).Delivery);
    }

    [Fact]
    public async Task A_part_found_to_have_been_shown_leaves_no_doubt_about_the_message()
    {
        var (conversation, _) = await AnsweredAsync("one", "two");
        await Ports.Outbox.RecoverInterruptedAsync(Cancel);

        await SentAsync((await ClaimAsync(conversation))!);

        Assert.Equal(DeliveryState.Stored, (await LastAsync(conversation)).Delivery);
    }

    [Fact]
    public async Task A_message_is_sent_when_all_of_its_parts_are()
    {
        var (conversation, first) = await AnsweredAsync("one", "two");

        var second = (await SentAsync(first))!;
        Assert.Equal(DeliveryState.Stored, (await LastAsync(conversation)).Delivery);

        await SentAsync(second);
        Assert.Equal(DeliveryState.Sent, (await LastAsync(conversation)).Delivery);
    }
}

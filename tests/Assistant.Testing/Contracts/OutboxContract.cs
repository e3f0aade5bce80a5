using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IOutbox"/> must hold; how a message reads meanwhile is in <see cref="MessageDeliveryContract"/>.</summary>
public abstract class OutboxContract : OutboxSteps
{
    [Fact]
    public async Task A_reply_is_claimed_by_the_transaction_that_decided_it()
    {
        var (conversation, claimed) = await AnsweredAsync("hi");

        Assert.Equal((1, false, true, 1L), (claimed.Attempts, claimed.MayRepeat, claimed.ByAssistant, claimed.Version));
        Assert.Null(await ClaimAsync(conversation));
    }

    [Fact]
    public async Task Rows_leave_in_the_order_of_messages_and_parts_one_at_a_time()
    {
        var (conversation, first) = await AnsweredAsync("a1", "a2");
        await HearAsync(HomeLine, "2", "and?");
        Assert.Null(await AnswerAsync(conversation, "b1", "b2"));

        var texts = new List<string>();
        for (OutboxEntry? row = first; row is not null; row = await SentAsync(row))
        {
            texts.Add(row.Body.Markdown);
            Assert.Null(await ClaimAsync(conversation));
        }

        Assert.Equal(["a1", "a2", "b1", "b2"], texts);
        Assert.Empty(await DueAsync());
    }

    [Fact]
    public async Task What_waits_longer_than_anything_may_was_put_back_by_a_clock_that_was_ahead()
    {
        var (conversation, row) = await AnsweredAsync("hi");
        var day = TimeSpan.FromDays(1);

        await LaterAsync(row, day);
        Assert.Equal(0, await Ports.Outbox.EndWaitsAsync(Now, day, Cancel));
        Assert.Empty(await DueAsync());
        Assert.Equal(1, await Ports.Outbox.EndWaitsAsync(Now - TimeSpan.FromSeconds(1), day, Cancel));
        Assert.Equal([conversation], await DueAsync());
        Assert.Equal(row.Id, (await ClaimAsync(conversation))!.Id);
        Assert.Equal(0, await Ports.Outbox.EndWaitsAsync(Now - TimeSpan.FromDays(30), day, Cancel)); // under way, it waits for nothing
    }

    [Fact]
    public async Task Many_claims_at_once_give_the_row_to_one()
    {
        var (conversation, row) = await AnsweredAsync("hi");
        await LaterAsync(row, TimeSpan.Zero);

        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ClaimAsync(conversation)));

        Assert.Single(claims, c => c is not null);
    }

    [Fact]
    public async Task Marking_the_same_send_twice_records_it_once()
    {
        var (_, row) = await AnsweredAsync("hi");

        await SentAsync(row, "ext-1");
        await SentAsync(row, "ext-1");

        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageSent);
    }

    [Fact]
    public async Task Whatever_is_recorded_after_a_send_was_changes_nothing()
    {
        var (conversation, row) = await AnsweredAsync("hi");
        await SentAsync(row);

        await Ports.Outbox.RetryLaterAsync(row, new Phrase.Verbatim("no answer"), Now, isUncertain: true, isAttempt: true, Cancel);
        await Ports.Outbox.HoldAsync(row, Cancel);
        await Ports.Outbox.DeadLetterAsync(row, new Phrase.Verbatim("gone"), Cancel);

        Assert.Equal(DeliveryState.Sent, (await LastAsync(conversation)).Delivery);
        Assert.Null(await ClaimAsync(conversation));
        Assert.Equal(0, await Ports.DeadLetters.CountAsync(Home, Cancel));
    }

    [Fact]
    public async Task A_row_put_back_waits_until_it_is_due_and_counts_the_attempt()
    {
        var (conversation, row) = await AnsweredAsync("hi");

        await LaterAsync(row, TimeSpan.FromSeconds(10));

        Assert.Null(await ClaimAsync(conversation));
        Assert.Empty(await DueAsync());
        Ports.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([conversation], await DueAsync());
        var again = await ClaimAsync(conversation);
        Assert.Equal((row.Id, 2, false), (again!.Id, again.Attempts, again.MayRepeat));
    }

    [Fact]
    public async Task A_row_that_waits_keeps_later_rows_behind_it()
    {
        var (conversation, row) = await AnsweredAsync("first");
        await HearAsync(HomeLine, "2", "and?");
        await AnswerAsync(conversation, "second");
        await LaterAsync(row, TimeSpan.FromSeconds(10));

        Assert.Null(await ClaimAsync(conversation));
    }

    [Fact]
    public async Task A_claim_that_was_never_tried_is_not_counted()
    {
        var (conversation, row) = await AnsweredAsync("hi");

        await Ports.Outbox.RetryLaterAsync(row, new Phrase.Verbatim("paused"), Now, isUncertain: false, isAttempt: false, Cancel);

        Assert.Equal(1, (await ClaimAsync(conversation))!.Attempts);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_may_repeat_and_shows()
    {
        var (conversation, row) = await AnsweredAsync("hi");

        await Ports.Outbox.RetryLaterAsync(row, new Phrase.Verbatim("no answer"), Now, isUncertain: true, isAttempt: true, Cancel);
        Assert.Equal(DeliveryState.Uncertain, (await LastAsync(conversation)).Delivery);
        var again = (await ClaimAsync(conversation))!;
        await Ports.Outbox.RetryLaterAsync(again, new Phrase.Verbatim("refused"), Now, isUncertain: false, isAttempt: true, Cancel);

        Assert.True((await ClaimAsync(conversation))!.MayRepeat);
    }

    [Fact]
    public async Task A_dead_row_lets_the_next_ones_go_on_and_can_be_put_back()
    {
        var (conversation, row) = await AnsweredAsync("hi");
        await HearAsync(HomeLine, "2", "and?");
        await AnswerAsync(conversation, "second");

        await Ports.Outbox.DeadLetterAsync(row, Phrase.Of("telegram.chat-unknown"), Cancel);

        var next = (await ClaimAsync(conversation))!;
        Assert.Equal("second", next.Body.Markdown);
        var dead = Assert.Single((await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items);
        Assert.Equal((row.Id, false, Phrase.Of("telegram.chat-unknown")), (dead.Id, dead.IsInbound, dead.Reason));
        Assert.Equal((1, 0), (await Ports.DeadLetters.CountAsync(Home, Cancel), await Ports.DeadLetters.CountAsync(Office, Cancel)));
        Assert.Contains(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageDeadLettered);
        Assert.Contains(await ThreadAsync(Home, conversation), m => m is { Body.Markdown: "hi", Delivery: DeliveryState.Failed });

        await SentAsync(next);
        Assert.Null(await Ports.Outbox.ReviveAsync(Office, row.Id, Draft(Office, AuditActions.MessageRevived, "x"), Cancel));
        Assert.Equal(conversation, await ReviveAsync(row));
        Assert.Null(await ReviveAsync(row));
        Assert.Equal((row.Id, 1), ((await ClaimAsync(conversation)) is { } back ? (back.Id, back.Attempts) : default));
    }

    [Fact]
    public async Task A_dead_reply_put_back_while_an_operator_holds_the_conversation_is_held_and_blocks_nobody()
    {
        var (conversation, row) = await AnsweredAsync("hi");
        await Ports.Outbox.DeadLetterAsync(row, new Phrase.Verbatim("gone"), Cancel);
        await TakeOverAsync(Home, conversation, Anna);

        await ReviveAsync(row);

        Assert.Equal(row.Id, Assert.Single(await HeldAsync(conversation)).EntryId);
        Assert.Equal(DeliveryState.Held, (await LastAsync(conversation)).Delivery);
        var reply = await ReplyAsync(conversation, "I'm here");
        Assert.Equal("I'm here", reply.Claimed?.Body.Markdown);
    }

    [Fact]
    public async Task A_dead_reply_put_back_into_a_closed_conversation_is_held()
    {
        var (conversation, row) = await AnsweredAsync("hi");
        await Ports.Outbox.DeadLetterAsync(row, new Phrase.Verbatim("gone"), Cancel);
        await CloseAsync(Home, conversation);

        await ReviveAsync(row);

        Assert.Null(await ClaimAsync(conversation));
        Assert.Equal(row.Id, Assert.Single(await HeldAsync(conversation)).EntryId);
    }

    [Fact]
    public async Task A_claimed_row_can_be_held_and_is_nobodys_to_claim()
    {
        var (conversation, row) = await AnsweredAsync("hi");

        await Ports.Outbox.HoldAsync(row, Cancel);

        Assert.Null(await ClaimAsync(conversation));
        Assert.Equal(row.Id, Assert.Single(await HeldAsync(conversation)).EntryId);
        Assert.Equal(DeliveryState.Held, (await LastAsync(conversation)).Delivery);
    }

    [Fact]
    public async Task An_interrupted_row_is_due_again_and_may_repeat()
    {
        var (conversation, row) = await AnsweredAsync("hi");

        Assert.Equal(1, await Ports.Outbox.RecoverInterruptedAsync(Cancel));

        Assert.Equal([conversation], await DueAsync());
        Assert.Equal(DeliveryState.Uncertain, (await LastAsync(conversation)).Delivery);
        var again = await ClaimAsync(conversation);
        Assert.Equal((row.Id, true, 2), (again!.Id, again.MayRepeat, again.Attempts));
    }

    [Fact]
    public async Task A_claim_is_found_while_it_stands()
    {
        var (_, row) = await AnsweredAsync("hi");
        await HearAsync(HomeLine, "2", "silence", "chat-2", "user-2");

        Assert.Equal([row.Claim], await Ports.Outbox.FindClaimsAsync(Cancel));

        await SentAsync(row);
        Assert.Empty(await Ports.Outbox.FindClaimsAsync(Cancel));
    }

    [Fact]
    public async Task A_claim_nobody_acts_upon_makes_its_row_due_again_and_no_other()
    {
        var (conversation, row) = await AnsweredAsync("hi");
        var other = await HearAsync(OfficeLine, "1", "hello");
        var sending = (await AnswerAsync(other, "hi there"))!;

        Assert.True(await Ports.Outbox.RecoverInterruptedAsync(row.Claim, Cancel));

        Assert.Equal([conversation], await DueAsync());
        Assert.Equal([sending.Claim], await Ports.Outbox.FindClaimsAsync(Cancel));
        var again = await ClaimAsync(conversation);
        Assert.Equal((row.Id, true, 2), (again!.Id, again.MayRepeat, again.Attempts));
    }

    [Fact]
    public async Task A_claim_that_has_ended_or_was_followed_by_another_recovers_nothing()
    {
        var (conversation, row) = await AnsweredAsync("hi");

        await LaterAsync(row, TimeSpan.Zero);
        Assert.False(await Ports.Outbox.RecoverInterruptedAsync(row.Claim, Cancel));
        var second = (await ClaimAsync(conversation))!;
        Assert.False(await Ports.Outbox.RecoverInterruptedAsync(row.Claim, Cancel));

        Assert.Equal([second.Claim], await Ports.Outbox.FindClaimsAsync(Cancel));
        Assert.False(second.MayRepeat);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reply_under_way_at_a_take_over_is_held_rather_than_tried_again(bool isCrash)
    {
        var (conversation, row) = await AnsweredAsync("hi");
        await TakeOverAsync(Home, conversation, Anna);

        await InterruptAsync(row, isCrash);

        Assert.Null(await ClaimAsync(conversation));
        Assert.Equal(row.Id, Assert.Single(await HeldAsync(conversation)).EntryId);
        Assert.Equal(DeliveryState.Held, (await LastAsync(conversation)).Delivery);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reply_under_way_at_a_close_is_held_as_well_and_stays_so_when_a_message_opens_it_again(bool isCrash)
    {
        var (conversation, row) = await AnsweredAsync("hi", "and more");
        await CloseAsync(Home, conversation);

        await InterruptAsync(row, isCrash);

        Assert.Empty(await DueAsync());
        Assert.Single(await HeldAsync(conversation));
        Assert.Equal(DeliveryState.Held, (await LastAsync(conversation)).Delivery);
        await HearAsync(HomeLine, "2", "one more thing");
        Assert.Equal("of course", (await AnswerAsync(conversation, "of course"))!.Body.Markdown);
    }

    [Fact]
    public async Task An_operators_reply_is_tried_again_like_any_other()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);
        var reply = await ReplyAsync(conversation, "hello from Anna");

        await LaterAsync(reply.Claimed!, TimeSpan.Zero);

        Assert.Equal(reply.Claimed!.Id, (await ClaimAsync(conversation))?.Id);
        Assert.Empty(await HeldAsync(conversation));
    }

    [Fact]
    public async Task Due_conversations_come_oldest_first_and_no_more_than_asked_for()
    {
        var waiting = new List<ConversationId>();
        for (var i = 0; i < 3; i++)
        {
            var conversation = await HearAsync(HomeLine, "1", "hello", $"chat-{i}");
            await LaterAsync((await AnswerAsync(conversation, "hi"))!, TimeSpan.Zero);
            waiting.Add(conversation);
            Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(waiting.Take(2), await Ports.Outbox.FindDueAsync(Now, 2, Cancel));
    }

    [Fact]
    public async Task A_conversation_is_due_only_when_its_first_open_row_is()
    {
        var (sending, _) = await AnsweredAsync("under way", "waits behind it");
        var paused = await HearAsync(HomeLine, "1", "hello", "chat-2", "user-2");
        await LaterAsync((await AnswerAsync(paused, "for later", "waits behind it"))!, TimeSpan.FromMinutes(1));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        var due = await HearAsync(HomeLine, "1", "hello", "chat-3", "user-3");
        await LaterAsync((await AnswerAsync(due, "now", "then"))!, TimeSpan.Zero);

        Assert.Equal([due], await DueAsync());
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([paused, due], await DueAsync());
        Assert.Null(await ClaimAsync(sending));
    }

    [Fact]
    public async Task Known_ids_are_those_a_connection_received_and_sent_since_then()
    {
        await HearAsync(HomeLine, "old", "hello");
        Ports.Clock.Advance(TimeSpan.FromHours(2));
        var since = Now;
        var conversation = await HearAsync(HomeLine, "in", "hello");
        await HearAsync(OfficeLine, "elsewhere", "hello");
        await SentAsync((await AnswerAsync(conversation, "hi"))!, "out");

        Assert.Equal(["in", "out"], (await Ports.Outbox.FindKnownExternalIdsAsync(HomeLine.Id, since, Cancel)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_heard_last_before_a_row_is_a_persons_and_earlier()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await HearAsync(HomeLine, "2", "are you there?");
        var first = (await AnswerAsync(conversation, "hi"))!;
        await HearAsync(HomeLine, "3", "good");
        await AnswerAsync(conversation, "yes");
        var second = (await SentAsync(first, "out"))!;

        Assert.Equal("2", await Ports.Outbox.FindHeardBeforeAsync(first, Cancel));
        Assert.Equal("3", await Ports.Outbox.FindHeardBeforeAsync(second, Cancel));
        Assert.Null(await Ports.Outbox.FindHeardBeforeAsync(first with { MessageSeq = 1 }, Cancel));
    }

    [Fact]
    public async Task Conversations_of_two_tenants_do_not_wait_for_each_other()
    {
        await AnsweredAsync("hi");
        var other = await HearAsync(OfficeLine, "1", "hello");

        var claimed = await AnswerAsync(other, "hi there");

        Assert.Equal((Office, OfficeLine.Id), (claimed!.Tenant, claimed.Connection));
    }

    /// <summary>The send ends without having shown anything, or with the process.</summary>
    private Task InterruptAsync(OutboxEntry row, bool isCrash)
        => isCrash ? Ports.Outbox.RecoverInterruptedAsync(Cancel) : LaterAsync(row, TimeSpan.Zero);
}

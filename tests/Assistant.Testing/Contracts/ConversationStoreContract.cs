using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IConversationStore"/> must hold.</summary>
public abstract partial class ConversationStoreContract : PathContract
{
    [Fact]
    public async Task A_take_over_raises_the_version_and_holds_back_what_waits()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await HearAsync(HomeLine, "2", "hello?");
        await AnswerAsync(conversation, "under way", "second part");
        await AnswerAsync(conversation, "waits");
        var before = (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!;

        var changed = Assert.IsType<ControlOutcome.Changed>(await TakeOverAsync(Home, conversation, Anna));

        Assert.Equal((Anna, before.Version + 1, 2), (changed.Conversation.Operator, changed.Conversation.Version, changed.HeldBack));
        Assert.Equal(["under way\n\nsecond part", "waits"], (await HeldAsync(conversation)).Select(h => h.Body.Markdown));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.ConversationTakenOver);
    }

    [Fact]
    public async Task A_conversation_held_by_another_cannot_be_taken_over()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);

        Assert.Equal(Anna, Assert.IsType<ControlOutcome.HeldByOther>(await TakeOverAsync(Home, conversation, Bo)).Operator);
        Assert.IsType<ControlOutcome.HeldByOther>(await HandBackAsync(conversation, isHolder: false));
        Assert.Equal(Anna, (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Operator);
    }

    [Fact]
    public async Task Taking_over_twice_changes_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var first = Assert.IsType<ControlOutcome.Changed>(await TakeOverAsync(Home, conversation, Anna));

        var second = Assert.IsType<ControlOutcome.Unchanged>(await TakeOverAsync(Home, conversation, Anna));

        Assert.Equal(first.Conversation.Version, second.Conversation.Version);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.ConversationTakenOver);
    }

    [Fact]
    public async Task One_of_many_takes_over()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TakeOverAsync(Home, conversation, i % 2 == 0 ? Anna : Bo)));

        Assert.Single(outcomes.OfType<ControlOutcome.Changed>());
        Assert.Equal(4, outcomes.OfType<ControlOutcome.HeldByOther>().Count());
    }

    [Fact]
    public async Task Handing_back_raises_the_version_and_leaves_held_replies_held()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await HearAsync(HomeLine, "2", "hello?");
        await AnswerAsync(conversation, "one");
        await AnswerAsync(conversation, "two");
        var taken = Assert.IsType<ControlOutcome.Changed>(await TakeOverAsync(Home, conversation, Anna)).Conversation;

        var back = Assert.IsType<ControlOutcome.Changed>(await HandBackAsync(conversation)).Conversation;

        Assert.Null(back.Operator);
        Assert.True(back.Version > taken.Version);
        Assert.Single(await HeldAsync(conversation));
        Assert.IsType<ControlOutcome.Unchanged>(await HandBackAsync(conversation));
    }

    [Fact]
    public async Task Closing_ends_the_hold_and_a_reopened_conversation_is_the_assistants()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);

        var closed = Assert.IsType<ControlOutcome.Changed>(await SetStatusAsync(conversation, ConversationStatus.Closed)).Conversation;
        Assert.Equal((ConversationStatus.Closed, null), (closed.Status, closed.Operator));
        Assert.IsType<ControlOutcome.Unchanged>(await SetStatusAsync(conversation, ConversationStatus.Closed));

        var open = Assert.IsType<ControlOutcome.Changed>(await SetStatusAsync(conversation, ConversationStatus.Open)).Conversation;
        Assert.Equal((ConversationStatus.Open, null), (open.Status, open.Operator));
    }

    [Fact]
    public async Task Only_who_holds_the_conversation_may_reply()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        Assert.Null(Assert.IsType<ReplyOutcome.NotHolder>(await ReplyAsync(conversation, "hi")).Operator);
        await TakeOverAsync(Home, conversation, Bo);
        Assert.Equal(Bo, Assert.IsType<ReplyOutcome.NotHolder>(await ReplyAsync(conversation, "hi")).Operator);
        Assert.Single(await ThreadAsync(Home, conversation));
    }

    [Fact]
    public async Task A_reply_of_the_holder_is_stored_queued_and_recorded()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);

        var accepted = Assert.IsType<ReplyOutcome.Accepted>(await ReplyAsync(conversation, "hi from Anna"));

        Assert.Equal((2L, AuthorKind.Operator, "Anna", DeliveryState.Stored), (accepted.Message.Seq, accepted.Message.Author, accepted.Message.AuthorName, accepted.Message.Delivery));
        Assert.Equal((false, "hi from Anna"), (accepted.Claimed!.ByAssistant, accepted.Claimed.Body.Markdown));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.OperatorReplied);
    }

    [Fact]
    public async Task A_note_is_for_colleagues_and_is_never_queued()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");

        var note = await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "a VIP", Draft(Home, AuditActions.NoteAdded, "x"), Cancel);

        Assert.Equal((true, DeliveryState.None, 2L), (note!.IsNote, note.Delivery, note.Seq));
        Assert.Null(await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel));
    }

    [Fact]
    public async Task A_held_reply_can_be_sent_while_the_operator_holds_the_conversation()
    {
        var (conversation, held) = await HeldReplyAsync();

        Assert.IsType<ReplyOutcome.Accepted>(await DecideAsync(Home, held.EntryId, HeldDecision.Send));

        var rows = new List<string>();
        for (var row = await ClaimAsync(conversation); row is not null; row = await Ports.Outbox.MarkSentAsync(row, $"x{rows.Count}", Cancel))
        {
            rows.Add(row.Body.Markdown);
        }

        Assert.Equal(["part one", "part two"], rows);
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
        Assert.Empty(await HeldAsync(conversation));
        Assert.IsType<ReplyOutcome.NotFound>(await DecideAsync(Home, held.EntryId, HeldDecision.Drop));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_released_reply_goes_in_order_when_its_first_part_was_under_way(bool hasBegun)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var first = (await AnswerAsync(conversation, "part one", "part two", "part three"))!;
        await TakeOverAsync(Home, conversation, Anna);
        var held = Assert.Single(await HeldAsync(conversation));

        await DecideAsync(Home, held.EntryId, HeldDecision.Send);
        Assert.Null(await ClaimAsync(conversation));
        await (hasBegun
            ? Ports.Outbox.RetryLaterAsync(first, new Phrase.Verbatim("busy"), Ports.Clock.GetUtcNow(), isUncertain: false, isAttempt: true, Cancel)
            : Ports.Outbox.HoldAsync(first, Cancel));

        Assert.Empty(await HeldAsync(conversation));
        var rows = new List<string>();
        for (var row = await ClaimAsync(conversation); row is not null; row = await Ports.Outbox.MarkSentAsync(row, $"x{rows.Count}", Cancel))
        {
            Assert.False(row.ByAssistant);
            rows.Add(row.Body.Markdown);
        }

        Assert.Equal(["part one", "part two", "part three"], rows);
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Fact]
    public async Task What_is_dropped_leaves_the_part_under_way_to_a_decision_of_its_own()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var first = (await AnswerAsync(conversation, "part one", "part two"))!;
        await TakeOverAsync(Home, conversation, Anna);

        await DecideAsync(Home, Assert.Single(await HeldAsync(conversation)).EntryId, HeldDecision.Drop);
        await Ports.Outbox.RetryLaterAsync(first, new Phrase.Verbatim("busy"), Ports.Clock.GetUtcNow(), isUncertain: false, isAttempt: true, Cancel);

        Assert.Equal(first.Id, Assert.Single(await HeldAsync(conversation)).EntryId);
        Assert.Null(await ClaimAsync(conversation));
    }

    [Fact]
    public async Task A_held_reply_can_be_dropped_as_a_whole()
    {
        var (conversation, held) = await HeldReplyAsync();

        Assert.IsType<ReplyOutcome.Accepted>(await DecideAsync(Home, held.EntryId, HeldDecision.Drop));

        Assert.Null(await ClaimAsync(conversation));
        Assert.Empty(await HeldAsync(conversation));
        Assert.Equal(DeliveryState.Dropped, (await ThreadAsync(Home, conversation))[^1].Delivery);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.HeldReplyDropped);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_reply_that_was_sent_in_part_what_was_shown_is_what_was_said(bool isReplaced)
    {
        var (conversation, second) = await PartlySentAsync();
        await TakeOverAsync(Home, conversation, Anna);
        await BusyAsync(second);
        var held = Assert.Single(await HeldAsync(conversation));
        Assert.Equal(("one\n\ntwo\n\nthree", 1), (held.Body.Markdown, held.PartsSent));

        Assert.IsType<ReplyOutcome.Accepted>(isReplaced
            ? await ReplaceAsync(conversation, held.EntryId, "better words")
            : await DecideAsync(Home, held.EntryId, HeldDecision.Drop));

        var said = (await ThreadAsync(Home, conversation))[1];
        Assert.Equal(("one", DeliveryState.Sent), (said.Body.Markdown, said.Delivery));
        Assert.NotNull(said.EditedAt);
        Assert.Empty(await HeldAsync(conversation));
        Assert.Equal("1", Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.HeldReplyDropped).What.Details["partsSent"]);
    }

    [Theory]
    [InlineData(true, "one\n\ntwo")]
    [InlineData(false, "one")]
    public async Task A_part_under_way_when_the_rest_is_dropped_was_said_if_it_is_sent(bool isSent, string said)
    {
        var (conversation, second) = await PartlySentAsync();
        await TakeOverAsync(Home, conversation, Anna);
        await DecideAsync(Home, Assert.Single(await HeldAsync(conversation)).EntryId, HeldDecision.Drop);

        if (isSent)
        {
            await Ports.Outbox.MarkSentAsync(second, "x2", Cancel);
        }
        else
        {
            await BusyAsync(second);
            await DecideAsync(Home, Assert.Single(await HeldAsync(conversation)).EntryId, HeldDecision.Drop);
        }

        var message = (await ThreadAsync(Home, conversation))[^1];
        Assert.Equal((said, DeliveryState.Sent), (message.Body.Markdown, message.Delivery));
    }

    [Fact]
    public async Task A_held_reply_is_replaced_once_and_as_a_whole()
    {
        var (conversation, held) = await HeldReplyAsync();

        var said = Assert.IsType<ReplyOutcome.Accepted>(await ReplaceAsync(conversation, held.EntryId, "better words"));
        Assert.IsType<ReplyOutcome.NotFound>(await ReplaceAsync(conversation, held.EntryId, "better words"));
        Assert.IsType<ReplyOutcome.NotFound>(await DecideAsync(Home, held.EntryId, HeldDecision.Send));

        Assert.Equal("better words", said.Claimed!.Body.Markdown);
        Assert.Null(await Ports.Outbox.MarkSentAsync(said.Claimed, "x", Cancel));
        Assert.Null(await ClaimAsync(conversation));
        Assert.Empty(await HeldAsync(conversation));
        Assert.Equal(
            [("part one\n\npart two", DeliveryState.Dropped), ("better words", DeliveryState.Sent)],
            (await ThreadAsync(Home, conversation)).TakeLast(2).Select(m => (m.Body.Markdown, m.Delivery)));
        Assert.Equal(
            [AuditActions.OperatorReplied, AuditActions.HeldReplyDropped, AuditActions.MessageSent],
            (await AuditOfAsync(Home)).TakeLast(3).Select(e => e.What.Action));
    }

    [Fact]
    public async Task Of_many_who_replace_or_send_a_held_reply_at_once_one_does()
    {
        var (conversation, held) = await HeldReplyAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => i % 2 == 0 ? ReplaceAsync(conversation, held.EntryId, $"words {i}") : DecideAsync(Home, held.EntryId, HeldDecision.Send), Cancel)));

        Assert.Single(outcomes.OfType<ReplyOutcome.Accepted>());
        Assert.Equal(7, outcomes.OfType<ReplyOutcome.NotFound>().Count());
    }

    [Fact]
    public async Task A_refused_replacement_leaves_the_held_reply_and_says_nothing()
    {
        var (conversation, held) = await HeldReplyAsync();
        var other = await HearAsync(HomeLine, "3", "hello from another chat", "chat-2");
        await TakeOverAsync(Home, other, Anna);
        var before = (await ThreadAsync(Home, conversation)).Count;

        Assert.Equal(Anna, Assert.IsType<ReplyOutcome.NotHolder>(await ReplaceAsync(conversation, held.EntryId, "x", Bo)).Operator);
        Assert.IsType<ReplyOutcome.NotFound>(await ReplaceAsync(other, held.EntryId, "x"));
        Assert.IsType<ReplyOutcome.NotFound>(await ReplaceAsync(conversation, held.EntryId, "x", tenant: Office));

        Assert.Equal(held.EntryId, Assert.Single(await HeldAsync(conversation)).EntryId);
        Assert.Equal((before, 1), ((await ThreadAsync(Home, conversation)).Count, (await ThreadAsync(Home, other)).Count));
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action is AuditActions.OperatorReplied or AuditActions.HeldReplyDropped);
    }

    [Fact]
    public async Task Unread_counts_what_people_said_since_the_user_last_read_and_never_grows_back()
    {
        var conversation = await HearAsync(HomeLine, "1", "one");
        await HearAsync(HomeLine, "2", "two");
        await AnswerAsync(conversation, "answer");
        Assert.Equal((2, 2), (await UnreadAsync(conversation, isAnna: true), await UnreadAsync(conversation, isAnna: false)));

        await Ports.Conversations.MarkReadAsync(Home, conversation, Anna.Id, 2, Cancel);
        await Ports.Conversations.MarkReadAsync(Home, conversation, Anna.Id, 1, Cancel);
        await Ports.Conversations.MarkReadAsync(Office, conversation, Bo.Id, 2, Cancel);

        Assert.Equal((0, 2), (await UnreadAsync(conversation, isAnna: true), await UnreadAsync(conversation, isAnna: false)));
    }

    [Fact]
    public async Task Nobody_has_read_what_was_not_said_yet()
    {
        var conversation = await HearAsync(HomeLine, "1", "one");
        await Ports.Conversations.MarkReadAsync(Home, conversation, Anna.Id, long.MaxValue, Cancel);
        Assert.Equal(0, await UnreadAsync(conversation, isAnna: true));

        await HearAsync(HomeLine, "2", "two");

        Assert.Equal(1, await UnreadAsync(conversation, isAnna: true));
    }

    [Fact]
    public async Task Another_tenant_finds_nothing_and_changes_nothing()
    {
        var (conversation, held) = await HeldReplyAsync();
        var before = (await AuditOfAsync(Office)).Count;

        Assert.Null(await Ports.Conversations.FindAsync(Office, conversation, Cancel));
        Assert.IsType<ControlOutcome.NotFound>(await TakeOverAsync(Office, conversation, Bo));
        Assert.IsType<ControlOutcome.NotFound>(await Ports.Conversations.HandBackAsync(Office, conversation, Anna, Draft(Office, "x", "x"), Cancel));
        Assert.IsType<ControlOutcome.NotFound>(await Ports.Conversations.SetStatusAsync(Office, conversation, ConversationStatus.Closed, Draft(Office, "x", "x"), Cancel));
        Assert.IsType<ReplyOutcome.NotFound>(await Ports.Conversations.ReplyAsync(Office, conversation, Anna, new OperatorReply(new MessageBody("x"), [new MessageBody("x")]), Draft(Office, "x", "x"), Cancel));
        Assert.Null(await Ports.Conversations.AddNoteAsync(Office, conversation, Anna, "x", Draft(Office, "x", "x"), Cancel));
        Assert.IsType<ReplyOutcome.NotFound>(await DecideAsync(Office, held.EntryId, HeldDecision.Send));

        Assert.Equal(before, (await AuditOfAsync(Office)).Count);
        Assert.Equal(Anna, (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Operator);
    }

    private async Task<(ConversationId Conversation, HeldReply Held)> HeldReplyAsync()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await HearAsync(HomeLine, "2", "hello?");
        var first = (await AnswerAsync(conversation, "gone already"))!;
        await AnswerAsync(conversation, "part one", "part two");
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Outbox.MarkSentAsync(first, "ext", Cancel);
        return (conversation, Assert.Single(await HeldAsync(conversation)));
    }

    /// <summary>Of a reply of three parts the first was sent and the second is under way.</summary>
    private async Task<(ConversationId Conversation, OutboxEntry Second)> PartlySentAsync()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var first = (await AnswerAsync(conversation, "one", "two", "three"))!;
        return (conversation, (await Ports.Outbox.MarkSentAsync(first, "x1", Cancel))!);
    }

    private Task BusyAsync(OutboxEntry row)
        => Ports.Outbox.RetryLaterAsync(row, new Phrase.Verbatim("busy"), Ports.Clock.GetUtcNow(), isUncertain: false, isAttempt: true, Cancel);

    private Task<IReadOnlyList<HeldReply>> HeldAsync(ConversationId conversation) => Ports.Queries.ListHeldAsync(Home, conversation, Cancel);

    private Task<OutboxEntry?> ClaimAsync(ConversationId conversation) => Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel);

    private Task<ControlOutcome> HandBackAsync(ConversationId conversation, bool isHolder = true)
        => Ports.Conversations.HandBackAsync(Home, conversation, isHolder ? Anna : Bo, Draft(Home, AuditActions.ConversationHandedBack, "x"), Cancel);

    private Task<ControlOutcome> SetStatusAsync(ConversationId conversation, ConversationStatus status)
        => Ports.Conversations.SetStatusAsync(Home, conversation, status, Draft(Home, AuditActions.ConversationClosed, "x"), Cancel);

    private Task<ReplyOutcome> ReplyAsync(ConversationId conversation, string text)
        => Ports.Conversations.ReplyAsync(Home, conversation, Anna, new OperatorReply(new MessageBody(text), [new MessageBody(text)]), Draft(Home, AuditActions.OperatorReplied, "x"), Cancel);

    private Task<ReplyOutcome> DecideAsync(TenantId tenant, Guid entry, HeldDecision decision, UserRef? by = null) => Ports.Conversations.DecideHeldAsync(
        tenant, entry, by ?? Anna, decision, Draft(tenant, decision == HeldDecision.Send ? AuditActions.HeldReplySent : AuditActions.HeldReplyDropped, "x"), Cancel);

    private Task<ReplyOutcome> ReplaceAsync(ConversationId conversation, Guid entry, string text, UserRef? by = null, TenantId? tenant = null)
    {
        var body = new MessageBody(text);
        return Ports.Conversations.ReplaceHeldAsync(
            tenant ?? Home, conversation, entry, by ?? Anna, new OperatorReply(body, [body]), Draft(tenant ?? Home, AuditActions.OperatorReplied, "x"),
            Draft(tenant ?? Home, AuditActions.HeldReplyDropped, "x"), Cancel);
    }

    private async Task<int> UnreadAsync(ConversationId conversation, bool isAnna)
        => (await Ports.Queries.FindAsync(Home, isAnna ? Anna.Id : Bo.Id, conversation, Cancel))!.Unread;
}

using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Web.Components.Live;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

public sealed class ConversationsPageModelTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DeskFixture _house = new();
    private readonly ConversationId _id;

    public ConversationsPageModelTests()
    {
        _id = _house.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram);
        _house.Conversations.Say(_id, AuthorKind.Person, "Li Wei", "Is the port taken?");
    }

    [Fact]
    public async Task Opening_a_conversation_marks_it_read()
    {
        var room = await OpenedAsync();

        Assert.Equal(0, room.List.Rows.Single().Unread);
        var row = await _house.Conversations.FindAsync(DeskFixture.Acme, _house.Me.AsUser.Id, _id, Cancel);
        Assert.Equal(0, row?.Unread);
        Assert.Equal(1, room.Thread.FirstUnreadSeq);
    }

    [Fact]
    public async Task Away_from_the_end_a_new_message_stays_unread()
    {
        var room = await OpenedAsync();

        await room.ReaderMovedAsync(isAtEnd: false, Cancel);
        await room.ApplyAsync(DeskFixture.Batch(DeskFixture.Changed(Say("Hello?"))), Cancel);
        Assert.Equal(1, room.List.Rows.Single().Unread);
        await room.ReaderMovedAsync(isAtEnd: true, Cancel);

        Assert.Equal(0, room.List.Rows.Single().Unread);
    }

    [Fact]
    public async Task Taking_over_opens_the_composer_and_tells_what_was_held_back()
    {
        _house.Conversations.Say(_id, AuthorKind.Assistant, "Assistant", "You asked about Docker.", delivery: DeliveryState.Stored);
        var room = await OpenedAsync();

        await room.TakeOverAsync(Cancel);

        Assert.Equal(new DeskNotice.HeldBack(1), room.Notice);
        Assert.True(room.Thread.Control?.CanReply);
        Assert.Equal("You asked about Docker.", Assert.Single(room.Thread.Held).Body.Markdown);
        Assert.IsType<ThreadRow.HeldBack>(room.Thread.Rows(TimeZoneInfo.Utc)[^1]);
        Assert.Equal(_id, Assert.Single(_house.Signals.Settled));
    }

    [Fact]
    public async Task A_conversation_a_colleague_took_meanwhile_is_not_taken_away()
    {
        var room = await OpenedAsync();
        await _house.Desk.TakeOverAsync(_house.Anna, _id, Cancel);

        await room.TakeOverAsync(Cancel);

        Assert.Equal(new DeskNotice.HeldByColleague("Anna"), room.Notice);
        Assert.Equal(ControlState.WithColleague, room.Thread.Control?.State);
    }

    [Fact]
    public async Task A_conversation_of_a_colleague_who_left_comes_back_to_the_assistant_by_closing_it()
    {
        await _house.Desk.TakeOverAsync(_house.Anna, _id, Cancel);
        var room = await OpenedAsync();
        Assert.Equal(ControlState.WithColleague, room.Thread.Control?.State);

        await room.CloseAsync(Cancel);
        Assert.Equal(ControlState.Closed, room.Thread.Control?.State);
        await room.ReopenAsync(Cancel);

        Assert.Equal(ControlState.WithAssistant, room.Thread.Control?.State);
    }

    [Fact]
    public async Task Closing_and_reopening_that_fail_are_told_and_may_be_tried_again()
    {
        var (store, gate) = Gated.Over<IConversationStore>(_house.Conversations, nameof(IConversationStore.SetStatusAsync));
        var room = _house.Room(desk: _house.DeskOver(store));
        await room.ShowAsync(new ConversationFilter(), _id, Cancel);

        gate.FailNext(new TimeoutException("The database is restarted."));
        await room.CloseAsync(Cancel);
        Assert.IsType<DeskNotice.ActFailed>(room.Notice);
        Assert.Equal(ControlState.WithAssistant, room.Thread.Control?.State);
        await room.CloseAsync(Cancel);
        Assert.Null(room.Notice);
        Assert.Equal(ControlState.Closed, room.Thread.Control?.State);

        gate.FailNext(new TimeoutException("The database is restarted."));
        await room.ReopenAsync(Cancel);
        Assert.IsType<DeskNotice.ActFailed>(room.Notice);
        Assert.Equal(ControlState.Closed, room.Thread.Control?.State);
        await room.ReopenAsync(Cancel);
        Assert.Null(room.Notice);
        Assert.Equal(ControlState.WithAssistant, room.Thread.Control?.State);
    }

    [Fact]
    public async Task Handing_back_that_fails_is_told_and_may_be_tried_again()
    {
        var (store, gate) = Gated.Over<IConversationStore>(_house.Conversations, nameof(IConversationStore.HandBackAsync));
        var room = _house.Room(desk: _house.DeskOver(store));
        await room.ShowAsync(new ConversationFilter(), _id, Cancel);
        await room.TakeOverAsync(Cancel);

        gate.FailNext(new TimeoutException("The database is restarted."));
        await room.HandBackAsync(Cancel);
        Assert.IsType<DeskNotice.ActFailed>(room.Notice);
        await room.HandBackAsync(Cancel);

        Assert.Null(room.Notice);
        Assert.Equal(ControlState.WithAssistant, room.Thread.Control?.State);
    }

    [Fact]
    public async Task A_reply_without_the_conversation_is_refused_and_the_text_stays()
    {
        var room = await OpenedAsync();

        Assert.Equal(SendResult.Refused, await room.SendAsync("first", "It is 8080", [], Cancel));
        Assert.IsType<DeskNotice.TakeOverFirst>(room.Notice);
        Assert.Single(room.Thread.Messages);
    }

    [Fact]
    public async Task A_reply_appears_once_although_its_event_comes_too()
    {
        var room = await OpenedAsync();
        await room.TakeOverAsync(Cancel);

        Assert.Equal(SendResult.Stored, await room.SendAsync("first", "It is 8080", [], Cancel));
        await room.ApplyAsync(new LiveBatch(_house.Feed.Published, Lost: 0), Cancel);

        Assert.Equal(["Is the port taken?", "It is 8080"], room.Thread.Messages.Select(message => message.Body.Markdown));
        Assert.Null(room.Notice);
    }

    [Fact]
    public async Task A_note_needs_nobody_to_hold_the_conversation()
    {
        var room = await OpenedAsync();

        room.Choose(ComposerMode.Note);

        Assert.Equal(SendResult.Stored, await room.SendAsync("first", "Ask Tom", [], Cancel));
        Assert.True(room.Thread.Messages[^1].IsNote);
    }

    [Fact]
    public async Task A_rewritten_held_reply_is_sent_in_its_new_words_and_the_old_ones_dropped()
    {
        var held = _house.Conversations.Hold(_id, "You asked about Docker.");
        var room = await OpenedAsync();
        await room.TakeOverAsync(Cancel);

        room.Rewrite(held);
        Assert.Equal(SendResult.Stored, await room.SendAsync("first", "Tom stops nginx for you.", [], Cancel));

        Assert.Empty(room.Thread.Held);
        Assert.Null(room.Rewriting);
        Assert.Equal(DeliveryState.Dropped, room.Thread.Messages.Single(message => message.Seq == held.MessageSeq).Delivery);
        Assert.Equal("Tom stops nginx for you.", room.Thread.Messages[^1].Body.Markdown);
    }

    [Fact]
    public async Task A_held_reply_that_a_colleague_decided_about_is_not_replaced()
    {
        var held = _house.Conversations.Hold(_id, "You asked about Docker.");
        var room = await OpenedAsync();
        await room.TakeOverAsync(Cancel);
        room.Rewrite(held);
        var audit = new AuditDraft(DeskFixture.Acme, default, Actor.System, AuditActions.HeldReplyDropped, "x", "local", AuditDraft.NoDetails);
        await _house.Conversations.DecideHeldAsync(DeskFixture.Acme, held.EntryId, _house.Me.AsUser, HeldDecision.Drop, audit, Cancel);

        Assert.Equal(SendResult.Refused, await room.SendAsync("first", "Tom stops nginx for you.", [], Cancel));

        Assert.IsType<DeskNotice.HeldDecided>(room.Notice);
        Assert.DoesNotContain(room.Thread.Messages, message => message.Body.Markdown == "Tom stops nginx for you.");
    }

    [Fact]
    public async Task A_held_reply_that_is_used_goes_out_as_it_is()
    {
        var held = _house.Conversations.Hold(_id, "You asked about Docker.");
        var room = await OpenedAsync();

        await room.DecideHeldAsync(held, HeldDecision.Send, Cancel);

        Assert.Empty(room.Thread.Held);
        Assert.Equal(DeliveryState.Stored, room.Thread.Messages[^1].Delivery);
        Assert.Contains((await _house.Audit.ListAsync(DeskFixture.Acme, new AuditFilter(AuditActions.HeldReplySent), null, 9, Cancel)).Items, _ => true);
    }

    [Fact]
    public async Task A_held_reply_is_for_the_colleague_who_has_the_conversation()
    {
        var held = _house.Conversations.Hold(_id, "You asked about Docker.");
        var room = await OpenedAsync();
        Assert.True(room.Thread.Control?.CanDecide); // nobody has it
        await _house.Desk.TakeOverAsync(_house.Anna, _id, Cancel);

        await room.DecideHeldAsync(held, HeldDecision.Send, Cancel);

        Assert.Equal(new DeskNotice.HeldByColleague("Anna"), room.Notice);
        Assert.Equal(held, Assert.Single(room.Thread.Held));
        Assert.False(room.Thread.Control?.CanDecide);
    }

    [Fact]
    public async Task A_busy_tenant_costs_one_list_reading_a_second()
    {
        var room = await OpenedAsync();
        _house.Clock.Advance(ConversationsPageModel.ListInterval);
        var reads = _house.Conversations.Lists;

        for (var i = 0; i < 50; i++)
        {
            await room.ApplyAsync(DeskFixture.Batch(new LiveEvent.ConversationChanged(DeskFixture.Acme, ConversationId.Create())), Cancel);
        }

        Assert.Equal(reads + 1, _house.Conversations.Lists);
        Assert.True(room.List.IsStale);
        _house.Clock.Advance(ConversationsPageModel.ListInterval);
        Assert.True(await room.TickAsync(Cancel));
        Assert.False(room.List.IsStale);
    }

    [Fact]
    public async Task Lost_events_are_made_up_for_from_the_store()
    {
        var room = await OpenedAsync();
        _house.Clock.Advance(ConversationsPageModel.ListInterval);
        Say("Hello?");

        await room.ApplyAsync(new LiveBatch([], Lost: 7), Cancel);

        Assert.Equal(2, room.Thread.LastSeq);
        Assert.Equal("Hello?", room.List.Rows.Single().LastText);
    }

    [Fact]
    public async Task Who_may_only_read_is_offered_no_act()
    {
        var room = _house.Room(DeskFixture.Operator("Vera", DeskFixture.Acme, Roles.Viewer));
        await room.ShowAsync(new ConversationFilter(), _id, Cancel);

        await room.TakeOverAsync(Cancel);

        Assert.Equal(ControlState.WithAssistant, room.Thread.Control?.State);
        Assert.False(room.Thread.Control?.CanTakeOver);
        Assert.False(room.Thread.Control?.CanNote);
    }

    [Fact]
    public async Task Colleagues_hear_of_typing_once_in_a_while()
    {
        var room = await OpenedAsync();
        await room.TakeOverAsync(Cancel);

        room.ShowTyping();
        room.ShowTyping();
        Assert.Single(_house.Feed.Published.OfType<LiveEvent.Typing>());
        _house.Clock.Advance(TimeSpan.FromSeconds(3));
        room.ShowTyping();

        Assert.Equal(2, _house.Feed.Published.OfType<LiveEvent.Typing>().Count());
    }

    [Fact]
    public async Task The_context_shows_the_person_to_who_may_see_people()
    {
        var person = _house.People.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram, Standing.Approved);
        _house.Conversations.Change(_id, conversation => conversation with { Person = person });
        var room = await OpenedAsync();

        Assert.Equal("Li Wei", room.Context.Person?.Person.DisplayName);
    }

    [Fact]
    public async Task The_context_says_when_the_person_is_gone()
    {
        _house.Conversations.Change(_id, conversation => conversation with { Person = new PersonId(Guid.CreateVersion7()) });
        var room = await OpenedAsync();
        Assert.True(room.Context.IsMissing);

        var other = _house.Conversations.Add(DeskFixture.Acme, "Anna", DeskFixture.Telegram);
        MeetPerson(other, "Anna");
        await room.ShowAsync(new ConversationFilter(), other, Cancel);

        Assert.False(room.Context.IsMissing);
    }

    [Theory]
    [InlineData(nameof(IConversationQueries.ListAsync))]
    [InlineData(nameof(IConversationQueries.ReadThreadAsync))]
    [InlineData(nameof(IConversationStore.FindAsync))]
    public async Task What_was_opened_before_and_answers_later_does_not_come_in_its_place(string slow)
    {
        var (queries, store, gate) = Slow(slow);
        MeetPerson(_id, "Li Wei");
        var other = _house.Conversations.Add(DeskFixture.Acme, "Anna", DeskFixture.Telegram);
        var anna = MeetPerson(other, "Anna");
        var room = _house.Room(queries: queries, store: store);
        gate.Close();
        var opening = room.ShowAsync(new ConversationFilter(), _id, Cancel);
        var release = gate.HoldWhoCame();

        await room.ShowAsync(new ConversationFilter(), other, Cancel);
        release();
        await opening;

        Assert.Equal((other, other, anna), (room.Thread.Id, room.Reach.To, room.Context.Person?.Person.Id));
        Assert.True(room.Thread.IsLoaded);
    }

    [Theory]
    [InlineData(nameof(IConversationQueries.ReadThreadAsync))]
    [InlineData(nameof(IConversationStore.FindAsync))]
    public async Task What_was_closed_before_it_answered_is_not_shown(string slow)
    {
        var (queries, store, gate) = Slow(slow);
        MeetPerson(_id, "Li Wei");
        var room = _house.Room(queries: queries, store: store);
        gate.Close();
        var opening = room.ShowAsync(new ConversationFilter(), _id, Cancel);
        var release = gate.HoldWhoCame();

        await room.ShowAsync(new ConversationFilter(), null, Cancel);
        release();
        await opening;

        Assert.Equal((null, null, null), (room.Thread.Id, room.Reach.To, room.Context.Conversation));
    }

    [Fact]
    public async Task What_is_said_while_a_conversation_is_being_opened_is_shown()
    {
        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, nameof(IConversationQueries.ListHeldAsync));
        var room = _house.Room(queries: queries);
        gate.Close();
        var opening = room.ShowAsync(new ConversationFilter(), _id, Cancel);
        await room.ApplyAsync(DeskFixture.Batch(DeskFixture.Changed(Say("Hello?"))), Cancel).WaitAsync(TimeSpan.FromSeconds(1), Cancel);
        gate.Open();
        await opening;

        Assert.Equal("Hello?", room.Thread.Messages[^1].Body.Markdown);
    }

    private (IConversationQueries Queries, IConversationStore Store, Gate Gate) Slow(string method)
    {
        if (method == nameof(IConversationStore.FindAsync))
        {
            var (store, found) = Gated.Over<IConversationStore>(_house.Conversations, method);
            return (_house.Conversations, store, found);
        }

        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, method);
        return (queries, _house.Conversations, gate);
    }

    private PersonId MeetPerson(ConversationId conversation, string name)
    {
        var person = _house.People.Add(DeskFixture.Acme, name, DeskFixture.Telegram, Standing.Approved);
        _house.Conversations.Change(conversation, found => found with { Person = person });
        return person;
    }

    private Message Say(string text) => _house.Conversations.Say(_id, AuthorKind.Person, "Li Wei", text);

    private async Task<ConversationsPageModel> OpenedAsync()
    {
        var room = _house.Room();
        await room.ShowAsync(new ConversationFilter(), _id, Cancel);
        return room;
    }
}

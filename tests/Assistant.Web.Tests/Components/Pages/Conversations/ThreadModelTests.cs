using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

public sealed class ThreadModelTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DeskFixture _house = new();
    private readonly ConversationId _id;

    public ThreadModelTests() => _id = _house.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram);

    [Fact]
    public async Task The_newest_page_is_shown_and_older_ones_come_on_demand()
    {
        Say(ThreadModel.PageSize + 10);
        var thread = await OpenedAsync();

        Assert.Equal(ThreadModel.PageSize, thread.Messages.Count);
        Assert.True(thread.HasOlder);
        await thread.LoadOlderAsync(Cancel);

        Assert.Equal(Enumerable.Range(1, ThreadModel.PageSize + 10).Select(seq => (long)seq), thread.Messages.Select(message => message.Seq));
        Assert.False(thread.HasOlder);
    }

    [Fact]
    public async Task Reading_far_back_lets_go_of_the_newest_and_the_way_forward_reads_them_again()
    {
        Say(500);
        var thread = await OpenedAsync();
        for (var page = 0; page < 5; page++)
        {
            await thread.LoadOlderAsync(Cancel);
        }

        Assert.Equal(ThreadModel.MaxShown, thread.Messages.Count);
        Assert.True(thread.HasNewer);
        while (thread.HasNewer)
        {
            await thread.LoadNewerAsync(Cancel);
        }

        Assert.Equal(500, thread.LastSeq);
        Assert.Equal(ThreadModel.MaxShown, thread.Messages.Count);
    }

    [Fact]
    public async Task Reading_on_shows_the_next_page_after_what_is_shown_until_the_newest()
    {
        Say(500);
        var thread = await FarBackAsync();
        Assert.Equal(Numbers(141, 440), Shown(thread));

        await thread.LoadNewerAsync(Cancel);
        Assert.Equal(Numbers(201, 500), Shown(thread));
        Assert.False(thread.HasNewer);
        thread.ReaderMoved(isAtEnd: true);
        thread.Apply([DeskFixture.Changed(Say(1))]);

        Assert.Equal(501, thread.LastSeq);
    }

    [Fact]
    public async Task What_comes_while_the_window_ends_before_the_newest_is_counted_and_not_put_after_a_gap()
    {
        Say(500);
        var thread = await FarBackAsync();

        thread.Apply([DeskFixture.Changed(Say(1)), DeskFixture.Changed(Say(1))]);
        Assert.Equal((440L, 2, true), (thread.LastSeq, thread.NewBelow, thread.HasNewer));
        await ReadOnAsync(thread);

        Assert.Equal(Numbers(203, 502), Shown(thread));
    }

    [Fact]
    public async Task What_comes_while_the_last_page_is_read_is_not_left_out()
    {
        Say(500);
        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, nameof(IConversationQueries.ReadSinceAsync));
        var thread = await FarBackAsync(queries);
        thread.Apply([DeskFixture.Changed(Say(1))]);
        await thread.LoadNewerAsync(Cancel);
        gate.Close();
        var reading = thread.LoadNewerAsync(Cancel);
        thread.Apply([DeskFixture.Changed(_house.Conversations.Messages(_id)[^1] with { Seq = 502 })]); // stored after the page was read
        gate.Open();
        await reading;
        Say(1);

        await ReadOnAsync(thread);

        Assert.Equal(502, thread.LastSeq);
        AssertWithoutGap(thread);
    }

    [Fact]
    public async Task What_comes_while_the_newest_are_read_is_not_left_out()
    {
        Say(500);
        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, nameof(IConversationQueries.ReadThreadAsync));
        var thread = await FarBackAsync(queries);
        gate.Close();
        var jumping = thread.JumpToEndAsync(Cancel);
        thread.Apply([DeskFixture.Changed(_house.Conversations.Messages(_id)[^1] with { Seq = 501 })]);
        gate.Open();
        await jumping;
        Say(1);

        await ReadOnAsync(thread);

        Assert.Equal(501, thread.LastSeq);
        AssertWithoutGap(thread);
    }

    [Fact]
    public async Task Pages_asked_for_in_both_directions_at_once_leave_no_gap()
    {
        Say(600);
        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, nameof(IConversationQueries.ReadSinceAsync));
        var thread = await FarBackAsync(queries);
        gate.Close();
        var reading = thread.LoadNewerAsync(Cancel);
        await thread.LoadOlderAsync(Cancel);
        gate.Open();
        await reading;

        AssertWithoutGap(thread);
        await ReadOnAsync(thread);
        Assert.Equal(600, thread.LastSeq);
    }

    [Fact]
    public async Task An_older_page_that_comes_after_the_jump_to_the_newest_is_not_put_before_them()
    {
        Say(600);
        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, nameof(IConversationQueries.ReadThreadAsync));
        var thread = await FarBackAsync(queries);
        gate.Close();
        var reading = thread.LoadOlderAsync(Cancel);
        var letGo = gate.HoldWhoCame();
        await thread.JumpToEndAsync(Cancel);
        letGo();
        await reading;

        Assert.Equal(Numbers(541, 600), Shown(thread));
    }

    [Fact]
    public async Task A_refresh_that_the_jump_to_the_newest_overtakes_takes_nothing_away()
    {
        Say(600);
        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, nameof(IConversationQueries.ListHeldAsync));
        var thread = await FarBackAsync(queries);
        gate.Close();
        var refreshing = thread.RefreshAsync(Cancel);
        await thread.JumpToEndAsync(Cancel);
        gate.Open();
        await refreshing;

        Assert.Equal(Numbers(541, 600), Shown(thread));
    }

    [Fact]
    public async Task What_comes_while_the_thread_is_read_again_stays()
    {
        Say(3);
        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, nameof(IConversationQueries.ReadSinceAsync));
        var thread = _house.Thread(queries);
        await thread.OpenAsync(_id, Cancel);
        gate.Close();
        var refreshing = thread.RefreshAsync(Cancel);
        thread.Apply([DeskFixture.Changed(_house.Conversations.Messages(_id)[^1] with { Seq = 4 })]);
        gate.Open();
        await refreshing;

        Assert.Equal(Numbers(1, 4), Shown(thread));
    }

    [Fact]
    public async Task A_thread_that_is_followed_keeps_its_newest_messages_only()
    {
        Say(3);
        var thread = await OpenedAsync();

        for (var i = 0; i < ThreadModel.MaxShown; i++)
        {
            thread.Apply([DeskFixture.Changed(Say(1))]);
        }

        Assert.Equal(Numbers(4, ThreadModel.MaxShown + 3), Shown(thread));
        Assert.Equal((true, false), (thread.HasOlder, thread.HasNewer));
    }

    [Fact]
    public async Task Scrolled_up_the_window_lets_nothing_go_for_what_comes()
    {
        Say(3);
        var thread = await OpenedAsync();
        thread.ReaderMoved(isAtEnd: false);

        for (var i = 0; i < ThreadModel.MaxShown; i++)
        {
            thread.Apply([DeskFixture.Changed(Say(1))]);
        }

        Assert.Equal(Numbers(1, ThreadModel.MaxShown), Shown(thread));
        Assert.Equal((true, ThreadModel.MaxShown), (thread.HasNewer, thread.NewBelow));
        await ReadOnAsync(thread);
        Assert.Equal(ThreadModel.MaxShown + 3, thread.LastSeq);
    }

    [Fact]
    public async Task Who_follows_a_thread_is_at_its_newest_however_much_was_lost()
    {
        Say(100);
        var thread = await OpenedAsync();
        Say(1000);

        thread.EventsWereLost();
        await thread.RefreshAsync(Cancel);

        Assert.Equal((1100L, false), (thread.LastSeq, thread.HasNewer));
        AssertWithoutGap(thread);
    }

    [Fact]
    public async Task Who_reads_further_up_stays_there_however_much_was_lost()
    {
        Say(100);
        var thread = await OpenedAsync();
        thread.ReaderMoved(isAtEnd: false);
        Say(1000);

        thread.EventsWereLost();
        await thread.RefreshAsync(Cancel);

        Assert.Equal(41, thread.Messages[0].Seq);
        Assert.True(thread.HasNewer);
        AssertWithoutGap(thread);
        await ReadOnAsync(thread);
        Assert.Equal(1100, thread.LastSeq);
    }

    [Fact]
    public async Task What_was_lost_far_back_is_read_again_too()
    {
        Say(500);
        var thread = await FarBackAsync();
        _house.Conversations.Change(_id, 150, message => message with { DeletedAt = _house.Clock.GetUtcNow(), Body = new("") });

        thread.EventsWereLost();
        await thread.RefreshAsync(Cancel);

        Assert.NotNull(thread.Messages.Single(message => message.Seq == 150).DeletedAt);
        Assert.Equal(Numbers(141, 440), Shown(thread));
        Assert.True(thread.HasNewer);
    }

    [Fact]
    public async Task The_mark_of_what_is_unread_is_drawn_only_where_that_begins()
    {
        var me = _house.Me.AsUser.Id;
        Say(100);
        await _house.Conversations.MarkReadAsync(DeskFixture.Acme, _id, me, 100, Cancel);
        Say(100);
        _house.Conversations.Change(_id, 150, message => message with { DeletedAt = _house.Clock.GetUtcNow(), Body = new("") });
        var thread = await OpenedAsync();
        Assert.Null(thread.FirstUnreadSeq);

        await thread.LoadOlderAsync(Cancel);

        Assert.Equal(101, thread.FirstUnreadSeq);
    }

    [Fact]
    public async Task Reading_back_and_forth_does_not_move_the_mark_of_what_is_unread()
    {
        var me = _house.Me.AsUser.Id;
        Say(50);
        await _house.Conversations.MarkReadAsync(DeskFixture.Acme, _id, me, 50, Cancel);
        Say(650);
        var thread = await FarBackAsync();
        await ReadOnAsync(thread);

        while (thread.HasOlder)
        {
            await thread.LoadOlderAsync(Cancel);
        }

        Assert.Equal(51, thread.FirstUnreadSeq);
    }

    [Fact]
    public async Task A_message_that_continues_the_thread_is_added_without_a_reading()
    {
        Say(3);
        var thread = await OpenedAsync();

        thread.Apply([DeskFixture.Changed(Say(1))]);

        Assert.Equal(4, thread.LastSeq);
        Assert.False(thread.IsStale);
        Assert.Equal(0, thread.NewBelow);
    }

    [Fact]
    public async Task A_gap_in_the_numbers_is_filled_from_the_store()
    {
        Say(3);
        var thread = await OpenedAsync();
        Say(2);

        thread.Apply([DeskFixture.Changed(Say(1))]);
        Assert.True(thread.IsStale);
        await thread.RefreshAsync(Cancel);

        Assert.Equal([1L, 2, 3, 4, 5, 6], thread.Messages.Select(message => message.Seq));
    }

    [Fact]
    public async Task Scrolled_up_new_messages_are_counted_until_the_reader_comes_down()
    {
        Say(3);
        var thread = await OpenedAsync();

        thread.ReaderMoved(isAtEnd: false);
        thread.Apply([DeskFixture.Changed(Say(1)), DeskFixture.Changed(Say(1)), DeskFixture.Changed(Say(1))]);
        Assert.Equal(3, thread.NewBelow);
        Assert.Null(thread.ReadUpTo);
        thread.ReaderMoved(isAtEnd: true);

        Assert.Equal(0, thread.NewBelow);
        Assert.Equal(6, thread.ReadUpTo);
    }

    [Fact]
    public async Task An_edit_replaces_the_text_in_place()
    {
        Say(3);
        var thread = await OpenedAsync();
        var edited = _house.Conversations.Change(_id, 2, message => message with { Body = new("better"), EditedAt = _house.Clock.GetUtcNow() });

        thread.Apply([DeskFixture.Changed(edited)]);

        Assert.Equal("better", thread.Messages[1].Body.Markdown);
        Assert.Equal(3, thread.Messages.Count);
    }

    [Fact]
    public async Task Reactions_are_shown_at_once_and_outlast_what_else_becomes_of_the_message()
    {
        Say(2);
        var thread = await OpenedAsync();
        var id = new PersonId(Guid.CreateVersion7(_house.Clock.GetUtcNow()));
        Reaction[] reactions = [new("👍", id, "Li Wei"), new("👍", id, "Bo"), new("🎉", id, "Bo")];

        thread.Apply([new LiveEvent.ReactionsChanged(DeskFixture.Acme, _id, 1, reactions), new LiveEvent.ReactionsChanged(DeskFixture.Acme, _id, 99, reactions)]);
        thread.Apply([DeskFixture.Changed(_house.Conversations.Change(_id, 1, message => message with { Body = new("better") }))]);

        Assert.Equal("better", thread.Messages[0].Body.Markdown);
        Assert.Equal([("👍", "Li Wei, Bo"), ("🎉", "Bo")], ThreadWords.Reactions(thread.Messages[0]));
        Assert.Empty(thread.Messages[1].Reactions);

        thread.Apply([DeskFixture.Changed(_house.Conversations.Change(_id, 1, message => message with { Body = new(""), DeletedAt = _house.Clock.GetUtcNow() }))]);
        Assert.Empty(thread.Messages[0].Reactions);
    }

    [Fact]
    public async Task A_reply_grows_in_place_and_gives_way_to_its_message()
    {
        Say(1);
        var thread = await OpenedAsync();
        var turn = Guid.CreateVersion7();

        thread.Apply([new LiveEvent.ReplyProgress(DeskFixture.Acme, _id, turn, "You asked")]);
        thread.Apply([new LiveEvent.ReplyProgress(DeskFixture.Acme, _id, turn, "You asked about Docker")]);
        Assert.Equal("You asked about Docker", thread.Streaming?.Text);
        var answer = _house.Conversations.Say(_id, AuthorKind.Assistant, "Assistant", "You asked about Docker.", turn: turn);
        thread.Apply([DeskFixture.Changed(answer)]);

        Assert.Null(thread.Streaming);
        Assert.Equal("You asked about Docker.", thread.Messages[^1].Body.Markdown);
    }

    [Fact]
    public async Task An_abandoned_reply_disappears()
    {
        Say(1);
        var thread = await OpenedAsync();
        var turn = Guid.CreateVersion7();

        thread.Apply([new LiveEvent.ReplyProgress(DeskFixture.Acme, _id, turn, "You"), new LiveEvent.ReplyAbandoned(DeskFixture.Acme, _id, turn)]);

        Assert.Null(thread.Streaming);
    }

    [Fact]
    public async Task What_a_takeover_cut_off_appears_as_held_with_its_decision()
    {
        Say(1);
        var thread = await OpenedAsync();
        var turn = Guid.CreateVersion7();
        thread.Apply([new LiveEvent.ReplyProgress(DeskFixture.Acme, _id, turn, "You asked"), new LiveEvent.ReplyAbandoned(DeskFixture.Acme, _id, turn)]);
        var held = _house.Conversations.Hold(_id, "You asked ab");

        thread.Apply([DeskFixture.Changed(_house.Conversations.Messages(_id)[^1])]);

        Assert.True(thread.IsStale);
        await thread.RefreshAsync(Cancel);
        Assert.Equal([held], thread.Held);
        Assert.Contains(thread.Rows(TimeZoneInfo.Utc), row => row is ThreadRow.HeldBack back && back.Reply == held);
    }

    [Fact]
    public async Task Somebody_writing_fades_after_a_while_and_the_user_is_not_told_about_themselves()
    {
        Say(1);
        var thread = await OpenedAsync();

        thread.Apply(
        [
            new LiveEvent.Typing(DeskFixture.Acme, _id, AuthorKind.Operator, "Anna", IsTyping: true),
            new LiveEvent.Typing(DeskFixture.Acme, _id, AuthorKind.Operator, "Mira", IsTyping: true),
        ]);
        Assert.Equal("Anna", Assert.Single(thread.Typists).Name);
        _house.Clock.Advance(ThreadModel.TypingFades);

        Assert.Empty(thread.Typists);
    }

    [Fact]
    public async Task Events_of_another_conversation_change_nothing()
    {
        Say(1);
        var other = _house.Conversations.Add(DeskFixture.Acme, "Anna", DeskFixture.Telegram);
        var thread = await OpenedAsync();

        Assert.False(thread.Apply([DeskFixture.Changed(_house.Conversations.Say(other, AuthorKind.Person, "Anna", "Hi"))]));
        Assert.Single(thread.Messages);
    }

    [Fact]
    public async Task What_was_lost_is_read_again_with_its_edits()
    {
        Say(5);
        var thread = await OpenedAsync();
        _house.Conversations.Change(_id, 4, message => message with { DeletedAt = _house.Clock.GetUtcNow(), Body = new("") });
        Say(1);

        thread.EventsWereLost();
        await thread.RefreshAsync(Cancel);

        Assert.Equal(6, thread.LastSeq);
        Assert.NotNull(thread.Messages[3].DeletedAt);
    }

    [Fact]
    public async Task A_conversation_of_another_tenant_is_not_there()
    {
        var foreign = _house.Conversations.Add(DeskFixture.Other, "Stranger", DeskFixture.Telegram);
        _house.Conversations.Say(foreign, AuthorKind.Person, "Stranger", "Hello");
        var thread = _house.Thread();

        await thread.OpenAsync(foreign, Cancel);

        Assert.True(thread.IsMissing);
        Assert.Empty(thread.Messages);
    }

    [Fact]
    public async Task Events_lost_while_a_thread_is_being_opened_do_not_show_its_beginning_as_its_end()
    {
        Say(ThreadModel.MaxShown + 100);
        var (queries, gate) = Gated.Over<IConversationQueries>(_house.Conversations, nameof(IConversationQueries.ListHeldAsync));
        var thread = _house.Thread(queries);
        gate.Close();
        var opening = thread.OpenAsync(_id, Cancel);
        thread.EventsWereLost();
        await thread.RefreshAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(1), Cancel);
        Assert.Equal((false, true), (thread.IsLoaded, thread.IsStale));
        Assert.Empty(thread.Messages);
        gate.Open();
        await opening;

        Assert.Equal(ThreadModel.MaxShown + 100, thread.LastSeq);
    }

    private Message Say(int count)
    {
        Message? last = null;
        for (var i = 0; i < count; i++)
        {
            last = _house.Conversations.Say(_id, AuthorKind.Person, "Li Wei", $"message {i}");
        }

        return last!;
    }

    /// <summary>A reader who has gone back so far that the window has let go of the newest page.</summary>
    private async Task<ThreadModel> FarBackAsync(IConversationQueries? queries = null)
    {
        var thread = _house.Thread(queries);
        await thread.OpenAsync(_id, Cancel);
        thread.ReaderMoved(isAtEnd: false);
        while (!thread.HasNewer)
        {
            await thread.LoadOlderAsync(Cancel);
        }

        return thread;
    }

    private static async Task ReadOnAsync(ThreadModel thread)
    {
        while (thread.HasNewer)
        {
            await thread.LoadNewerAsync(Cancel);
            AssertWithoutGap(thread);
        }
    }

    private static void AssertWithoutGap(ThreadModel thread) => Assert.Equal(Numbers(thread.Messages[0].Seq, thread.LastSeq), Shown(thread));

    private static IEnumerable<long> Shown(ThreadModel thread) => thread.Messages.Select(message => message.Seq);

    private static IEnumerable<long> Numbers(long first, long last)
    {
        for (var number = first; number <= last; number++)
        {
            yield return number;
        }
    }

    private async Task<ThreadModel> OpenedAsync()
    {
        var thread = _house.Thread();
        await thread.OpenAsync(_id, Cancel);
        return thread;
    }
}

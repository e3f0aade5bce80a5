using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

/// <summary>Reading back and forth in a thread that is longer than what is shown of it, while it goes on.</summary>
public sealed class ThreadReadingTests : ThreadRig
{
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
        var (queries, gate) = Gated.Over<IConversationQueries>(House.Conversations, nameof(IConversationQueries.ReadSinceAsync));
        var thread = await FarBackAsync(queries);
        thread.Apply([DeskFixture.Changed(Say(1))]);
        await thread.LoadNewerAsync(Cancel);
        gate.Close();
        var reading = thread.LoadNewerAsync(Cancel);
        thread.Apply([DeskFixture.Changed(House.Conversations.Messages(Id)[^1] with { Seq = 502 })]); // stored after the page was read
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
        var (queries, gate) = Gated.Over<IConversationQueries>(House.Conversations, nameof(IConversationQueries.ReadThreadAsync));
        var thread = await FarBackAsync(queries);
        gate.Close();
        var jumping = thread.JumpToEndAsync(Cancel);
        thread.Apply([DeskFixture.Changed(House.Conversations.Messages(Id)[^1] with { Seq = 501 })]);
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
        var (queries, gate) = Gated.Over<IConversationQueries>(House.Conversations, nameof(IConversationQueries.ReadSinceAsync));
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
        var (queries, gate) = Gated.Over<IConversationQueries>(House.Conversations, nameof(IConversationQueries.ReadThreadAsync));
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
        var (queries, gate) = Gated.Over<IConversationQueries>(House.Conversations, nameof(IConversationQueries.ListHeldAsync));
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
        var (queries, gate) = Gated.Over<IConversationQueries>(House.Conversations, nameof(IConversationQueries.ReadSinceAsync));
        var thread = House.Thread(queries);
        await thread.OpenAsync(Id, Cancel);
        gate.Close();
        var refreshing = thread.RefreshAsync(Cancel);
        thread.Apply([DeskFixture.Changed(House.Conversations.Messages(Id)[^1] with { Seq = 4 })]);
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
        House.Conversations.Change(Id, 150, message => message with { DeletedAt = House.Clock.GetUtcNow(), Body = new("") });

        thread.EventsWereLost();
        await thread.RefreshAsync(Cancel);

        Assert.NotNull(thread.Messages.Single(message => message.Seq == 150).DeletedAt);
        Assert.Equal(Numbers(141, 440), Shown(thread));
        Assert.True(thread.HasNewer);
    }

    [Fact]
    public async Task The_mark_of_what_is_unread_is_drawn_only_where_that_begins()
    {
        var me = House.Me.AsUser.Id;
        Say(100);
        await House.Conversations.MarkReadAsync(DeskFixture.Acme, Id, me, 100, Cancel);
        Say(100);
        House.Conversations.Change(Id, 150, message => message with { DeletedAt = House.Clock.GetUtcNow(), Body = new("") });
        var thread = await OpenedAsync();
        Assert.Null(thread.FirstUnreadSeq);

        await thread.LoadOlderAsync(Cancel);

        Assert.Equal(101, thread.FirstUnreadSeq);
    }

    [Fact]
    public async Task Reading_back_and_forth_does_not_move_the_mark_of_what_is_unread()
    {
        var me = House.Me.AsUser.Id;
        Say(50);
        await House.Conversations.MarkReadAsync(DeskFixture.Acme, Id, me, 50, Cancel);
        Say(650);
        var thread = await FarBackAsync();
        await ReadOnAsync(thread);

        while (thread.HasOlder)
        {
            await thread.LoadOlderAsync(Cancel);
        }

        Assert.Equal(51, thread.FirstUnreadSeq);
    }

    /// <summary>A reader who has gone back so far that the window has let go of the newest page.</summary>
    private async Task<ThreadModel> FarBackAsync(IConversationQueries? queries = null)
    {
        var thread = House.Thread(queries);
        await thread.OpenAsync(Id, Cancel);
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
}

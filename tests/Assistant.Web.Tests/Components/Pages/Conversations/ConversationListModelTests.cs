using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

public sealed class ConversationListModelTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DeskFixture _house = new();

    [Fact]
    public async Task The_newest_conversation_comes_first_and_another_tenants_never()
    {
        var older = Add("Li Wei", "Is the port taken?");
        var newer = Add("Anna", "Thanks!");
        var foreign = _house.Conversations.Add(DeskFixture.Other, "Stranger", DeskFixture.Telegram);
        _house.Conversations.Say(foreign, AuthorKind.Person, "Stranger", "Hello");
        var list = _house.List();

        await list.LoadAsync(new ConversationFilter(), Cancel);

        Assert.Equal([newer, older], list.Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task A_new_message_moves_its_row_up_without_a_reading()
    {
        var older = Add("Li Wei", "Is the port taken?");
        var newer = Add("Anna", "Thanks!");
        var list = await LoadedAsync();
        var reads = _house.Conversations.Lists;

        list.Apply([DeskFixture.Changed(Say(older, "It is 8080"))]);

        Assert.Equal([older, newer], list.Rows.Select(row => row.Id));
        Assert.Equal("It is 8080", list.Rows[0].LastText);
        Assert.Equal(2, list.Rows[0].Unread);
        Assert.Equal(reads, _house.Conversations.Lists);
        Assert.False(list.IsStale);
    }

    [Fact]
    public async Task What_is_read_on_another_page_is_read_here_too_and_what_a_colleague_reads_is_not()
    {
        var id = Add("Li Wei", "Is the port taken?");
        var list = await LoadedAsync();
        var last = list.Rows[0].LastSeq;

        await _house.Desk.MarkReadAsync(_house.Anna, id, last, Cancel);
        list.Apply(_house.Feed.Published);
        Assert.Equal(1, list.Rows[0].Unread);

        await _house.Desk.MarkReadAsync(_house.Me, id, last, Cancel);
        list.Apply(_house.Feed.Published);
        Assert.Equal(0, list.Rows[0].Unread);
    }

    [Fact]
    public async Task What_came_after_it_was_read_on_another_page_stays_unread()
    {
        var id = Add("Li Wei", "Is the port taken?");
        var list = await LoadedAsync();
        var last = list.Rows[0].LastSeq;

        list.Apply([DeskFixture.Changed(Say(id, "It is 8080")), new LiveEvent.ReadUpTo(DeskFixture.Acme, id, _house.Me.AsUser.Id, last)]);

        Assert.Equal(2, list.Rows[0].Unread);
    }

    [Fact]
    public async Task Under_the_pointer_rows_change_their_text_but_not_their_place()
    {
        var older = Add("Li Wei", "Is the port taken?");
        var newer = Add("Anna", "Thanks!");
        var list = await LoadedAsync();

        list.PointerEntered();
        list.Apply([DeskFixture.Changed(Say(older, "It is 8080"))]);

        Assert.Equal([newer, older], list.Rows.Select(row => row.Id));
        Assert.Equal("It is 8080", list.Rows[1].LastText);
        Assert.Equal(1, list.Updated);

        list.PointerLeft();

        Assert.Equal([older, newer], list.Rows.Select(row => row.Id));
        Assert.Equal(0, list.Updated);
    }

    [Fact]
    public async Task Under_the_pointer_new_and_gone_conversations_are_counted_and_wait()
    {
        var closing = Add("Li Wei", "Bye");
        var staying = Add("Anna", "Thanks!");
        var list = await LoadedAsync();

        list.PointerEntered();
        var arriving = Add("Tomás", "Hola");
        _house.Conversations.Change(closing, conversation => conversation with { Status = ConversationStatus.Closed });
        await list.RefreshAsync(Cancel);

        Assert.Equal([staying, closing], list.Rows.Select(row => row.Id));
        Assert.Equal(2, list.Updated);

        list.ShowUpdates();

        Assert.Equal([arriving, staying], list.Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task A_message_of_an_unknown_conversation_asks_for_a_reading()
    {
        Add("Anna", "Thanks!");
        var list = await LoadedAsync();
        var arriving = Add("Tomás", "Hola");

        list.Apply([DeskFixture.Changed(_house.Conversations.Messages(arriving)[0])]);
        Assert.True(list.IsStale);
        await list.RefreshAsync(Cancel);

        Assert.False(list.IsStale);
        Assert.Equal(arriving, list.Rows[0].Id);
    }

    [Fact]
    public async Task A_note_does_not_move_a_conversation()
    {
        var older = Add("Li Wei", "Is the port taken?");
        var newer = Add("Anna", "Thanks!");
        var list = await LoadedAsync();

        list.Apply([DeskFixture.Changed(_house.Conversations.Say(older, AuthorKind.Operator, "Mira", "Ask Tom", isNote: true))]);

        Assert.Equal([newer, older], list.Rows.Select(row => row.Id));
        Assert.Equal("Is the port taken?", list.Rows[1].LastText);
    }

    [Fact]
    public async Task A_delivery_report_of_the_last_message_does_not_move_its_row_or_count_as_unread()
    {
        var older = Add("Li Wei", "Is the port taken?");
        Add("Anna", "Thanks!");
        var list = await LoadedAsync();

        list.Apply([DeskFixture.Changed(_house.Conversations.Change(older, 1, message => message with { EditedAt = _house.Clock.GetUtcNow() }))]);

        Assert.Equal(older, list.Rows[1].Id);
        Assert.Equal(1, list.Rows[1].Unread);
    }

    [Fact]
    public async Task Older_pages_follow_and_stay_after_a_reading()
    {
        for (var i = 0; i < ConversationListModel.PageSize + 5; i++)
        {
            Add($"Person {i}", "Hello");
        }

        var list = await LoadedAsync();
        Assert.True(list.HasMore);
        await list.LoadMoreAsync(Cancel);
        await list.RefreshAsync(Cancel);

        Assert.Equal(ConversationListModel.PageSize + 5, list.Rows.Count);
        Assert.False(list.HasMore);
        Assert.Equal(list.Rows.Count, list.Rows.Select(row => row.Id).Distinct().Count());
    }

    [Fact]
    public async Task Older_pages_come_under_the_pointer_too()
    {
        for (var i = 0; i < ConversationListModel.PageSize + 5; i++)
        {
            Add($"Person {i}", "Hello");
        }

        var list = await LoadedAsync();
        list.PointerEntered();
        await list.LoadMoreAsync(Cancel);

        Assert.Equal((ConversationListModel.PageSize + 5, 0), (list.Rows.Count, list.Updated));
    }

    [Fact]
    public async Task Older_pages_come_under_the_pointer_below_rows_that_wait_for_their_place()
    {
        for (var i = 0; i < ConversationListModel.PageSize + 5; i++)
        {
            Add($"Person {i}", "Hello");
        }

        var list = await LoadedAsync();
        list.PointerEntered();
        var (first, last) = (list.Rows[0].Id, list.Rows[^1].Id);
        list.Apply([DeskFixture.Changed(Say(list.Rows[^2].Id, "Still there?"))]);
        await list.LoadMoreAsync(Cancel);

        Assert.Equal((ConversationListModel.PageSize + 5, 1), (list.Rows.Count, list.Updated));
        Assert.Equal((first, last), (list.Rows[0].Id, list.Rows[ConversationListModel.PageSize - 1].Id));
    }

    [Fact]
    public async Task Another_filter_shows_its_conversations_under_the_pointer_too()
    {
        Add("Li Wei", "Docker port");
        var waiting = Add("Anna", "Help");
        _house.Conversations.Change(waiting, conversation => conversation with { WaitingSince = _house.Clock.GetUtcNow() });
        var list = await LoadedAsync();

        list.PointerEntered();
        await list.LoadAsync(new ConversationFilter(ConversationView.Waiting), Cancel);

        Assert.Equal([waiting], list.Rows.Select(row => row.Id));
        Assert.Equal(0, list.Updated);
    }

    [Fact]
    public async Task A_filter_shows_its_own_conversations_only()
    {
        Add("Li Wei", "Docker port");
        var waiting = Add("Anna", "Help");
        _house.Conversations.Change(waiting, conversation => conversation with { WaitingSince = _house.Clock.GetUtcNow() });
        var list = _house.List();

        await list.LoadAsync(new ConversationFilter(ConversationView.Waiting), Cancel);

        Assert.Equal([waiting], list.Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task New_conversations_push_none_out_of_a_list_that_was_read_far_back()
    {
        var all = Enumerable.Range(1, 250).Select(number => Add($"Person {number}", "Hello")).ToList();
        var list = await LoadedAsync();
        while (list.HasMore)
        {
            await list.LoadMoreAsync(Cancel);
        }

        all.AddRange([Add("Li Wei", "Hello"), Add("Anna", "Hello")]);
        await list.RefreshAsync(Cancel);

        Assert.Equal(Enumerable.Reverse(all), list.Rows.Select(row => row.Id));
    }

    private ConversationId Add(string title, string text)
    {
        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        var id = _house.Conversations.Add(DeskFixture.Acme, title, DeskFixture.Telegram);
        _house.Conversations.Say(id, AuthorKind.Person, title, text);
        return id;
    }

    private Message Say(ConversationId id, string text)
    {
        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        return _house.Conversations.Say(id, AuthorKind.Person, "Li Wei", text);
    }

    private async Task<ConversationListModel> LoadedAsync()
    {
        var list = _house.List();
        await list.LoadAsync(new ConversationFilter(), Cancel);
        return list;
    }
}

using Assistant.Domain.Conversations;
using Assistant.Domain.Idempotency;
using Assistant.Testing.Fakes;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

/// <summary>A browser that saw no answer sends again: on the page it has, or on a new one.</summary>
public sealed class SentOnceTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DeskFixture _house = new();
    private readonly ConversationId _id;

    public SentOnceTests() => _id = _house.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram);

    [Fact]
    public async Task A_reply_that_is_sent_again_because_the_answer_was_lost_is_stored_once()
    {
        var room = await OpenAsync();
        await room.TakeOverAsync(Cancel);
        await room.SendAsync("first", "It is 8080", [], Cancel);
        var page = await OpenAsync(); // the browser came back to a new page, or to a program that was started again

        Assert.Equal(SendResult.StoredBefore, await room.SendAsync("first", "It is 8080", [], Cancel));
        Assert.Equal(SendResult.StoredBefore, await page.SendAsync("first", "It is 8080", [], Cancel));
        Assert.Single(page.Thread.Messages, message => message.Body.Markdown == "It is 8080");
        Assert.Null(page.Notice);

        Assert.Equal(SendResult.Stored, await page.SendAsync("first", "It is 9090", [], Cancel)); // other words
        Assert.Equal(SendResult.Stored, await page.SendAsync("second", "It is 8080", [], Cancel)); // said once more
        Assert.Equal(["It is 8080", "It is 9090", "It is 8080"], page.Thread.Messages.Select(message => message.Body.Markdown));
    }

    [Fact]
    public async Task A_note_that_is_sent_again_while_it_is_being_stored_waits_for_that()
    {
        var (store, gate) = Gated.Over<IConversationStore>(_house.Conversations, nameof(IConversationStore.AddNoteAsync));
        var room = _house.Room(desk: _house.DeskOver(store));
        await room.ShowAsync(new ConversationFilter(), _id, Cancel);
        room.Choose(ComposerMode.Note);
        gate.Close();
        var first = room.SendAsync("first", "It is 8080", [], Cancel);
        var again = room.SendAsync("first", "It is 8080", [], Cancel);
        Assert.False(again.IsCompleted);

        gate.Open();
        Assert.Equal(SendResult.Stored, await first);
        _house.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(SendResult.StoredBefore, await again);
        Assert.Single(_house.Conversations.Messages(_id), message => message.Body.Markdown == "It is 8080");
    }

    [Fact]
    public async Task A_reply_that_was_refused_is_sent_when_it_is_sent_again()
    {
        var room = await OpenAsync();
        await room.SendAsync("first", "It is 8080", [], Cancel);

        await room.TakeOverAsync(Cancel);

        Assert.Equal(SendResult.Stored, await room.SendAsync("first", "It is 8080", [], Cancel));
        Assert.Equal("It is 8080", room.Thread.Messages[^1].Body.Markdown);
    }

    [Fact]
    public async Task Words_go_where_they_were_written_although_something_else_is_opened_before_they_are_stored()
    {
        var (answers, gate) = Gated.Over<IIdempotencyStore>(new FakeIdempotency(TimeProvider.System), nameof(IIdempotencyStore.BeginAsync));
        var house = new DeskFixture { Answers = answers };
        var here = house.Conversations.Add(DeskFixture.Acme, "Li Wei", DeskFixture.Telegram);
        var there = house.Conversations.Add(DeskFixture.Acme, "Anna", DeskFixture.Telegram);
        await house.Desk.TakeOverAsync(house.Me, here, Cancel);
        await house.Desk.TakeOverAsync(house.Me, there, Cancel);
        var room = house.Room();
        await room.ShowAsync(new ConversationFilter(), here, Cancel);
        gate.Close();
        var sending = room.SendAsync("first", "For Li Wei", [], Cancel);

        await room.ShowAsync(new ConversationFilter(), there, Cancel);
        room.Choose(ComposerMode.Note);
        gate.Open();

        Assert.Equal(SendResult.Stored, await sending);
        Assert.False(Assert.Single(house.Conversations.Messages(here)).IsNote);
        Assert.Empty(house.Conversations.Messages(there));
    }

    private async Task<ConversationsPageModel> OpenAsync()
    {
        var room = _house.Room();
        await room.ShowAsync(new ConversationFilter(), _id, Cancel);
        return room;
    }
}

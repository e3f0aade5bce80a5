using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Web.Components.Pages.Conversations;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

public sealed class ThreadModelTests : ThreadRig
{
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
        var edited = House.Conversations.Change(Id, 2, message => message with { Body = new("better"), EditedAt = House.Clock.GetUtcNow() });

        thread.Apply([DeskFixture.Changed(edited)]);

        Assert.Equal("better", thread.Messages[1].Body.Markdown);
        Assert.Equal(3, thread.Messages.Count);
    }

    [Fact]
    public async Task Reactions_are_shown_at_once_and_outlast_what_else_becomes_of_the_message()
    {
        Say(2);
        var thread = await OpenedAsync();
        var id = new PersonId(Guid.CreateVersion7(House.Clock.GetUtcNow()));
        Reaction[] reactions = [new("👍", id, "Li Wei"), new("👍", id, "Bo"), new("🎉", id, "Bo")];

        thread.Apply([new LiveEvent.ReactionsChanged(DeskFixture.Acme, Id, 1, reactions), new LiveEvent.ReactionsChanged(DeskFixture.Acme, Id, 99, reactions)]);
        thread.Apply([DeskFixture.Changed(House.Conversations.Change(Id, 1, message => message with { Body = new("better") }))]);

        Assert.Equal("better", thread.Messages[0].Body.Markdown);
        Assert.Equal([("👍", "Li Wei, Bo"), ("🎉", "Bo")], ThreadWords.Reactions(thread.Messages[0]));
        Assert.Empty(thread.Messages[1].Reactions);

        thread.Apply([DeskFixture.Changed(House.Conversations.Change(Id, 1, message => message with { Body = new(""), DeletedAt = House.Clock.GetUtcNow() }))]);
        Assert.Empty(thread.Messages[0].Reactions);
    }

    [Fact]
    public async Task A_reply_grows_in_place_and_gives_way_to_its_message()
    {
        Say(1);
        var thread = await OpenedAsync();
        var turn = Guid.CreateVersion7();

        thread.Apply([new LiveEvent.ReplyProgress(DeskFixture.Acme, Id, turn, "You asked")]);
        thread.Apply([new LiveEvent.ReplyProgress(DeskFixture.Acme, Id, turn, "You asked about Docker")]);
        Assert.Equal("You asked about Docker", thread.Streaming?.Text);
        var answer = House.Conversations.Say(Id, AuthorKind.Assistant, "Assistant", "You asked about Docker.", turn: turn);
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

        thread.Apply([new LiveEvent.ReplyProgress(DeskFixture.Acme, Id, turn, "You"), new LiveEvent.ReplyAbandoned(DeskFixture.Acme, Id, turn)]);

        Assert.Null(thread.Streaming);
    }

    [Fact]
    public async Task What_a_takeover_cut_off_appears_as_held_with_its_decision()
    {
        Say(1);
        var thread = await OpenedAsync();
        var turn = Guid.CreateVersion7();
        thread.Apply([new LiveEvent.ReplyProgress(DeskFixture.Acme, Id, turn, "You asked"), new LiveEvent.ReplyAbandoned(DeskFixture.Acme, Id, turn)]);
        var held = House.Conversations.Hold(Id, "You asked ab");

        thread.Apply([DeskFixture.Changed(House.Conversations.Messages(Id)[^1])]);

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
            new LiveEvent.Typing(DeskFixture.Acme, Id, AuthorKind.Operator, "Anna", IsTyping: true),
            new LiveEvent.Typing(DeskFixture.Acme, Id, AuthorKind.Operator, "Mira", IsTyping: true),
        ]);
        Assert.Equal("Anna", Assert.Single(thread.Typists).Name);
        House.Clock.Advance(ThreadModel.TypingFades);

        Assert.Empty(thread.Typists);
    }

    [Fact]
    public async Task Events_of_another_conversation_change_nothing()
    {
        Say(1);
        var other = House.Conversations.Add(DeskFixture.Acme, "Anna", DeskFixture.Telegram);
        var thread = await OpenedAsync();

        Assert.False(thread.Apply([DeskFixture.Changed(House.Conversations.Say(other, AuthorKind.Person, "Anna", "Hi"))]));
        Assert.Single(thread.Messages);
    }

    [Fact]
    public async Task What_was_lost_is_read_again_with_its_edits()
    {
        Say(5);
        var thread = await OpenedAsync();
        House.Conversations.Change(Id, 4, message => message with { DeletedAt = House.Clock.GetUtcNow(), Body = new("") });
        Say(1);

        thread.EventsWereLost();
        await thread.RefreshAsync(Cancel);

        Assert.Equal(6, thread.LastSeq);
        Assert.NotNull(thread.Messages[3].DeletedAt);
    }

    [Fact]
    public async Task A_conversation_of_another_tenant_is_not_there()
    {
        var foreign = House.Conversations.Add(DeskFixture.Other, "Stranger", DeskFixture.Telegram);
        House.Conversations.Say(foreign, AuthorKind.Person, "Stranger", "Hello");
        var thread = House.Thread();

        await thread.OpenAsync(foreign, Cancel);

        Assert.True(thread.IsMissing);
        Assert.Empty(thread.Messages);
    }

    [Fact]
    public async Task Events_lost_while_a_thread_is_being_opened_do_not_show_its_beginning_as_its_end()
    {
        Say(ThreadModel.MaxShown + 100);
        var (queries, gate) = Gated.Over<IConversationQueries>(House.Conversations, nameof(IConversationQueries.ListHeldAsync));
        var thread = House.Thread(queries);
        gate.Close();
        var opening = thread.OpenAsync(Id, Cancel);
        thread.EventsWereLost();
        await thread.RefreshAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(1), Cancel);
        Assert.Equal((false, true), (thread.IsLoaded, thread.IsStale));
        Assert.Empty(thread.Messages);
        gate.Open();
        await opening;

        Assert.Equal(ThreadModel.MaxShown + 100, thread.LastSeq);
    }
}

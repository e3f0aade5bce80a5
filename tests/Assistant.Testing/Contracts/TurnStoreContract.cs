using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="ITurnStore"/> must hold.</summary>
public abstract class TurnStoreContract : PathContract
{
    [Fact]
    public async Task Turns_come_in_the_order_of_the_messages()
    {
        var conversation = await HearAsync(HomeLine, "1", "first");
        await HearAsync(HomeLine, "2", "second");

        Assert.Equal("first", (await BeginAsync(conversation)).Utterance.Body.Markdown);
        await AnswerAsync(conversation, "answer one");
        Assert.Equal("second", (await BeginAsync(conversation)).Utterance.Body.Markdown);
    }

    [Fact]
    public async Task A_committed_turn_writes_everything_at_once()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");

        var claimed = await AnswerAsync(conversation, "hi", "there");

        Assert.NotNull(claimed);
        Assert.Equal(("hi", 0, false, 1), (claimed.Body.Markdown, claimed.Part, claimed.IsLastPart, claimed.Attempts));
        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
        var reply = (await ThreadAsync(Home, conversation))[^1];
        Assert.Equal((AuthorKind.Assistant, "hi\n\nthere", DeliveryState.Stored), (reply.Author, reply.Body.Markdown, reply.Delivery));
        Assert.Contains(await AuditOfAsync(Home), e => e.What.Action == AuditActions.TurnCompleted);
    }

    [Fact]
    public async Task A_turn_that_says_nothing_ends_the_entry_and_sends_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");

        Assert.Null(await AnswerAsync(conversation));

        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Null(await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel));
    }

    [Fact]
    public async Task A_turn_that_lost_against_a_take_over_writes_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var start = await BeginAsync(conversation);
        await TakeOverAsync(Home, conversation, Anna);
        var before = (await AuditOfAsync(Home)).Count;

        Assert.IsType<TurnCommitOutcome.Superseded>(await Ports.Turns.CommitAsync(Answer(start, "too late"), Cancel));

        Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Equal(before, (await AuditOfAsync(Home)).Count);
        Assert.NotNull((await BeginAsync(conversation)).Conversation.Operator);
    }

    [Fact]
    public async Task The_same_turn_commits_once()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "hello"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Ports.Turns.CommitAsync(Answer(start, "hi"), Cancel)));

        Assert.Single(outcomes.OfType<TurnCommitOutcome.Committed>());
        Assert.Equal(7, outcomes.OfType<TurnCommitOutcome.Superseded>().Count());
    }

    [Fact]
    public async Task A_turn_whose_message_was_withdrawn_writes_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var start = await BeginAsync(conversation);
        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "gone", Content = new InboundContent.Deleted() });

        Assert.IsType<TurnCommitOutcome.Superseded>(await Ports.Turns.CommitAsync(Answer(start, "too late"), Cancel));
    }

    [Fact]
    public async Task History_holds_what_was_said_before_and_the_answers_to_it_but_no_notes_and_nothing_that_waits()
    {
        var conversation = await HearAsync(HomeLine, "1", "one");
        await HearAsync(HomeLine, "2", "two");
        await HearAsync(HomeLine, "3", "three");
        await AnswerAsync(conversation, "answer to one");
        await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "between us", Draft(Home, AuditActions.NoteAdded, "x"), Cancel);

        var start = await BeginAsync(conversation);

        Assert.Equal("two", start.Utterance.Body.Markdown);
        Assert.Equal(["one", "answer to one"], start.History.Select(m => m.Body.Markdown));
    }

    [Fact]
    public async Task Only_the_newest_history_is_read()
    {
        ConversationId conversation = default;
        for (var i = 0; i < 6; i++)
        {
            conversation = await HearAsync(HomeLine, $"{i}", $"question {i}");
            await AnswerAsync(conversation, $"answer {i}");
        }

        await HearAsync(HomeLine, "last", "and now?");
        var start = await Ports.Turns.BeginAsync(conversation, 3, Ports.Clock.GetUtcNow(), Cancel);

        Assert.Equal(["answer 4", "question 5", "answer 5"], start!.History.Select(m => m.Body.Markdown));
    }

    [Fact]
    public async Task Facts_of_a_turn_are_remembered_for_that_person_in_that_tenant()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "remember that the boiler is in the attic"));
        var other = await BeginAsync(await HearAsync(OfficeLine, "1", "hello"));
        var fact = new Fact(
            Guid.CreateVersion7(), Home, start.Conversation.Person, "the boiler is in the attic", start.Utterance.At, start.Conversation.Id, start.Utterance.Seq);

        await Ports.Turns.CommitAsync(Answer(start, "I'll remember.") with { NewFacts = [fact] }, Cancel);

        Assert.Equal(fact, Assert.Single(await Ports.Recall.ListFactsAsync(Home, start.Conversation.Person, 10, Cancel)));
        Assert.Empty(await Ports.Recall.ListFactsAsync(Office, start.Conversation.Person, 10, Cancel));
        Assert.Empty(await Ports.Recall.ListFactsAsync(Office, other.Conversation.Person, 10, Cancel));
    }

    [Fact]
    public async Task Asking_for_a_person_puts_the_conversation_into_the_waiting_list()
    {
        var conversation = await HearAsync(HomeLine, "1", "a human please");
        await Ports.Turns.CommitAsync(Answer(await BeginAsync(conversation), "Somebody will come.") with { AsksForPerson = true }, Cancel);

        var waiting = await Ports.Queries.ListAsync(Home, Anna.Id, new ConversationFilter(ConversationView.Waiting), null, 10, Cancel);

        Assert.Equal(conversation, Assert.Single(waiting.Items).Id);
    }

    [Fact]
    public async Task A_pressed_button_is_an_utterance_with_its_label()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await AnswerAsync(conversation, "choose");
        await StoreAsync(HomeLine, Said(HomeLine, "m", "") with { DedupeKey = "press-1", Content = new InboundContent.Pressed("yes", "Yes, please") });

        var start = await BeginAsync(conversation);

        Assert.Equal("Yes, please", start.Utterance.Body.Markdown);
        Assert.Equal("yes", Assert.IsType<InboundContent.Pressed>(start.Entry.Content).Data);
    }
}

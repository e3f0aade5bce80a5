using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="ITurnStore"/> must hold.</summary>
public abstract partial class TurnStoreContract : PathContract
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_log_tells_of_a_reply_that_was_cut_and_of_no_other(bool isCut)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var commit = Answer(await BeginAsync(conversation), "Part of a long answ…");

        await Ports.Turns.CommitAsync(commit with { Usage = commit.Usage! with { IsCut = isCut } }, Cancel);

        var recorded = Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.TurnCompleted);
        Assert.Equal(isCut ? "true" : null, recorded.What.Details.GetValueOrDefault("cut"));
    }

    [Fact]
    public async Task A_turn_that_says_nothing_ends_the_entry_and_sends_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");

        Assert.Null(await AnswerAsync(conversation));

        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Null(await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel));
    }

    [Theory]
    [InlineData(TurnResult.Answered)]
    [InlineData(TurnResult.HeldBack)]
    public async Task A_reply_that_lost_against_a_take_over_is_written_as_held_and_never_queued(TurnResult result)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var start = await BeginAsync(conversation);
        await TakeOverAsync(Home, conversation, Anna);
        var late = Answer(start, "too", "late") with { Result = result, AsksForPerson = true };

        Assert.IsType<TurnCommitOutcome.HeldBack>(await Ports.Turns.CommitAsync(late, Cancel));

        var written = (await ThreadAsync(Home, conversation))[^1];
        Assert.Equal((2L, AuthorKind.Assistant, DeliveryState.Held, late.TurnId), (written.Seq, written.Author, written.Delivery, written.TurnId));
        var held = Assert.Single(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel));
        Assert.Equal((2L, "too\n\nlate"), (held.MessageSeq, held.Body.Markdown));
        Assert.Empty(await Ports.Queries.ListHeldAsync(Office, conversation, Cancel));
        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Null((await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.WaitingSince);
        await NothingIsDueAsync(conversation);
        Assert.Equal("HeldBack", Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.TurnCompleted).What.Details["result"]);

        await HandBackAsync(conversation);
        Ports.Clock.Advance(TimeSpan.FromDays(1));
        await NothingIsDueAsync(conversation);
    }

    [Fact]
    public async Task A_reply_that_lost_against_a_close_is_held_as_well()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var start = await BeginAsync(conversation);
        await CloseAsync(Home, conversation);

        Assert.IsType<TurnCommitOutcome.HeldBack>(await Ports.Turns.CommitAsync(Answer(start, "too late"), Cancel));

        Assert.Single(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel));
        await NothingIsDueAsync(conversation);
    }

    [Fact]
    public async Task A_held_reply_of_a_late_turn_goes_out_in_order_once_an_operator_says_so()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var start = await BeginAsync(conversation);
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Turns.CommitAsync(Answer(start, "too", "late"), Cancel);
        var held = Assert.Single(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel));

        await Ports.Conversations.DecideHeldAsync(Home, held.EntryId, Anna, HeldDecision.Send, Draft(Home, AuditActions.HeldReplySent, "x"), Cancel);

        var first = await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel);
        Assert.Equal(("too", 0, 1), (first!.Body.Markdown, first.Part, first.Attempts));
        var second = await Ports.Outbox.MarkSentAsync(first, "x1", Cancel);
        Assert.Equal(("late", true), (second!.Body.Markdown, second.IsLastPart));
        Assert.Null(await Ports.Outbox.MarkSentAsync(second, "x2", Cancel));
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Fact]
    public async Task A_held_reply_is_neither_history_nor_memory()
    {
        var conversation = await HearAsync(HomeLine, "1", "where is the boiler?");
        var start = await BeginAsync(conversation);
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Turns.CommitAsync(Answer(start, "The boiler is in the attic."), Cancel);
        await HandBackAsync(conversation);
        await HearAsync(HomeLine, "2", "the boiler, please");
        await Ports.ProjectAsync(Cancel);

        var next = await BeginAsync(conversation);

        Assert.Equal(["where is the boiler?"], next.History.Select(m => m.Text));
        Assert.DoesNotContain(
            (await Ports.Recall.RecallAsync(Home, next.Conversation.Person, "boiler", conversation, next.Utterance.Seq, onlyHere: false, 10, 10, Cancel)).Found,
            r => r.Author == AuthorKind.Assistant);
    }

    [Theory]
    [InlineData(TurnResult.Answered)]
    [InlineData(TurnResult.HeldBack)]
    public async Task What_a_held_reply_says_is_remembered_is(TurnResult result)
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "remember that the boiler is in the attic"));
        await TakeOverAsync(Home, start.Conversation.Id, Anna);

        Assert.IsType<TurnCommitOutcome.HeldBack>(
            await Ports.Turns.CommitAsync(Answer(start, "I'll rem") with { Result = result, NewFacts = [BoilerFact(start)] }, Cancel));

        Assert.Equal([BoilerFact(start).Text], (await Ports.Recall.ListFactsAsync(Home, start.Conversation.Person, 10, Cancel)).Select(f => f.Text));
        Assert.Empty(await Ports.Recall.ListFactsAsync(Office, start.Conversation.Person, 10, Cancel));
    }

    [Fact]
    public async Task A_late_turn_writes_nothing_when_the_assistant_answers_again()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "remember that the boiler is in the attic"));
        await TakeOverAsync(Home, start.Conversation.Id, Anna);
        await HandBackAsync(start.Conversation.Id);

        await LeavesNothingAsync(Answer(start, "too late") with { NewFacts = [BoilerFact(start)] });
        Assert.Empty(await Ports.Recall.ListFactsAsync(Home, start.Conversation.Person, 10, Cancel));
    }

    [Fact]
    public async Task A_late_turn_writes_nothing_when_there_is_nothing_to_hold()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var start = await BeginAsync(conversation);
        await TakeOverAsync(Home, conversation, Anna);

        await LeavesNothingAsync(Answer(start));
        await LeavesNothingAsync(Answer(start, "Sorry, no engine works.") with { Result = TurnResult.EnginesFailed });
        await LeavesNothingAsync(Answer(start) with { Result = TurnResult.LeftToPeople });
        Assert.NotNull((await BeginAsync(conversation)).Conversation.Operator);
    }

    [Fact]
    public async Task A_reply_that_was_cut_off_is_never_queued_even_if_no_version_changed()
        => await LeavesNothingAsync(Answer(await BeginAsync(await HearAsync(HomeLine, "1", "hello")), "cut o") with { Result = TurnResult.HeldBack });

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
        Assert.Equal(["one", "answer to one"], start.History.Select(m => m.Text));
    }

    [Fact]
    public async Task History_tells_of_a_reply_whose_rest_was_dropped_what_was_shown()
    {
        var conversation = await HearAsync(HomeLine, "1", "one");
        var first = (await AnswerAsync(conversation, "shown", "never shown"))!;
        var second = (await Ports.Outbox.MarkSentAsync(first, "x1", Cancel))!;
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Outbox.HoldAsync(second, Cancel);
        await Ports.Conversations.DecideHeldAsync(Home, second.Id, Anna, HeldDecision.Drop, Draft(Home, AuditActions.HeldReplyDropped, "x"), Cancel);
        await HandBackAsync(conversation);
        await HearAsync(HomeLine, "2", "two");

        Assert.Equal(["one", "shown"], await HistoryAsync(conversation));
    }

    [Fact]
    public async Task History_is_what_the_rows_say_also_when_it_was_read_a_moment_ago()
    {
        var conversation = await TalkOnceAsync(HomeLine);
        await HearAsync(HomeLine, "2", "two");
        Assert.Equal(["one", "answer"], await HistoryAsync(conversation));

        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "e", Content = new InboundContent.Edited("one, or rather ten"), SentAt = Ports.Clock.GetUtcNow() });
        Assert.Equal(["one, or rather ten", "answer"], await HistoryAsync(conversation));

        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Conversations.ReplyAsync(
            Home, conversation, Anna, new OperatorReply(new MessageBody("Anna here"), [new MessageBody("Anna here")]), Draft(Home, AuditActions.OperatorReplied, "x"), Cancel);
        await HandBackAsync(conversation);
        Assert.Equal(["one, or rather ten", "answer", "Anna here"], await HistoryAsync(conversation));

        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "d", Content = new InboundContent.Deleted(), SentAt = Ports.Clock.GetUtcNow() });
        Assert.Equal(["answer", "Anna here"], await HistoryAsync(conversation));
    }

    [Fact]
    public async Task History_that_was_read_a_moment_ago_is_empty_once_its_person_was_forgotten()
    {
        var conversation = await TalkOnceAsync(HomeLine);
        await HearAsync(HomeLine, "2", "two");
        Assert.Equal(["one", "answer"], await HistoryAsync(conversation));

        await ForgetAsync(Home, (await BeginAsync(conversation)).Person.Id);

        Assert.Empty(await HistoryAsync(conversation));
    }

    [Fact]
    public async Task History_is_of_its_conversation_and_tenant_alone()
    {
        var (home, office) = (await TalkOnceAsync(HomeLine), await TalkOnceAsync(OfficeLine, "office answer"));
        await HearAsync(HomeLine, "2", "two");
        await HearAsync(OfficeLine, "2", "two");
        for (var turn = 0; turn < 2; turn++)
        {
            Assert.Equal(["one", "answer"], await HistoryAsync(home));
            Assert.Equal(["one", "office answer"], await HistoryAsync(office));
        }
    }

    [Fact]
    public async Task The_history_tells_who_said_it()
    {
        var group = new ExternalChat("group", IsGroup: true);
        var heard = await StoreAsync(HomeLine, Said(HomeLine, "1", "the key is under the pot") with { Chat = group, Sender = new ExternalSender("user-2", "Bob") });
        var conversation = Assert.IsType<InboxOutcome.Stored>(heard).Conversation;
        var bob = (await BeginAsync(conversation)).Person.Id;
        await AnswerAsync(conversation, "noted");
        await StoreAsync(HomeLine, Said(HomeLine, "2", "where is the key?") with { Chat = group });

        var start = await BeginAsync(conversation);

        Assert.NotEqual(bob, start.Person.Id);
        Assert.Equal(bob, start.History[0].Person);
        Assert.Equal("Bob", start.History[0].AuthorName);
        Assert.Null(start.History[1].Person);
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

        Assert.Equal(["answer 4", "question 5", "answer 5"], start!.History.Select(m => m.Text));
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

    [Fact]
    public async Task The_history_tells_what_could_be_chosen_and_whether_it_was_shown()
    {
        var question = new MessageBody("choose", [new MessageButton("Yes, please", "yes"), new MessageButton("否", "no")]);
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "hello"));
        var committed = await Ports.Turns.CommitAsync(Answer(start) with { Reply = question, Parts = [question] }, Cancel);
        await HearAsync(HomeLine, "2", "2");

        var waiting = (await BeginAsync(start.Conversation.Id)).History;
        await Ports.Outbox.MarkSentAsync(Assert.IsType<TurnCommitOutcome.Committed>(committed).Claimed!, "ext-1", Cancel);
        var asked = await BeginAsync(start.Conversation.Id);

        Assert.Equal([DeliveryState.None, DeliveryState.Stored], waiting.Select(m => m.Delivery));
        Assert.Equal([DeliveryState.None, DeliveryState.Sent], asked.History.Select(m => m.Delivery));
        Assert.Empty(asked.History[0].Buttons);
        Assert.Equal(question.Buttons, asked.History[1].Buttons);
        Assert.Equal(question.Buttons[1], NumberedAnswer.Find(asked));
    }

    private async Task<ConversationId> TalkOnceAsync(Connection line, string answer = "answer")
    {
        var conversation = await HearAsync(line, "1", "one");
        await AnswerAsync(conversation, answer);
        return conversation;
    }

    private async Task<IEnumerable<string>> HistoryAsync(ConversationId conversation) => (await BeginAsync(conversation)).History.Select(m => m.Text);

    private static Fact BoilerFact(TurnStart start) => new(
        Guid.CreateVersion7(), start.Conversation.Tenant, start.Conversation.Person, "the boiler is in the attic", start.Utterance.At, start.Conversation.Id,
        start.Utterance.Seq);

    private async Task LeavesNothingAsync(TurnCommit commit)
    {
        var (thread, audit) = (await ThreadAsync(Home, commit.Conversation.Id), (await AuditOfAsync(Home)).Count);

        Assert.IsType<TurnCommitOutcome.Superseded>(await Ports.Turns.CommitAsync(commit, Cancel));

        Assert.Equal(thread.Count, (await ThreadAsync(Home, commit.Conversation.Id)).Count);
        Assert.Equal(audit, (await AuditOfAsync(Home)).Count);
        Assert.Empty(await Ports.Queries.ListHeldAsync(Home, commit.Conversation.Id, Cancel));
        Assert.Equal(commit.Entry.Id, (await BeginAsync(commit.Conversation.Id)).Entry.Id);
        await NothingIsDueAsync(commit.Conversation.Id);
    }

    private async Task NothingIsDueAsync(ConversationId conversation)
    {
        Assert.Null(await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Empty(await Ports.Outbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));
    }

    private Task<ControlOutcome> HandBackAsync(ConversationId conversation)
        => Ports.Conversations.HandBackAsync(Home, conversation, Anna, Draft(Home, AuditActions.ConversationHandedBack, "x"), Cancel);
}

using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of a message's path must hold once a person's key was destroyed.</summary>
public abstract class ForgettingContract : PathContract
{
    [Fact]
    public async Task What_was_said_and_answered_reads_as_forgotten_and_the_rest_as_it_was()
    {
        var (conversation, person) = await TalkAsync("chat-1", "user-1");
        var (other, _) = await TalkAsync("chat-2", "user-2");
        await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "An important customer.", Draft(Home, AuditActions.NoteAdded, "x"), Cancel);

        Assert.True(await ForgetAsync(Home, person));

        var thread = await ThreadAsync(Home, conversation);
        Assert.Equal([AuthorKind.Person, AuthorKind.Assistant, AuthorKind.Operator], thread.Select(m => m.Author));
        Assert.All(thread, m => Assert.True(m.Body is { IsForgotten: true, Markdown: "", Buttons.Count: 0 } && m.Attachments.Count == 0));
        Assert.Equal(["the boiler is in the attic", "I see."], (await ThreadAsync(Home, other)).Select(m => m.Body.Markdown));
        var rows = (await Ports.Queries.ListAsync(Home, Anna.Id, new ConversationFilter(), null, 10, Cancel)).Items.ToDictionary(r => r.Id);
        Assert.Equal((true, ""), (rows[conversation].IsForgotten, rows[conversation].LastText));
        Assert.Equal((false, "I see."), (rows[other].IsForgotten, rows[other].LastText));
    }

    [Fact]
    public async Task Memory_and_search_know_nothing_of_it()
    {
        var (conversation, person) = await TalkAsync("chat-1", "user-1");
        await HearAsync(HomeLine, "2", "remember it");
        var start = await BeginAsync(conversation);
        var fact = new Fact(Guid.CreateVersion7(Ports.Clock.GetUtcNow()), Home, person, "the boiler is old", start.Utterance.At, conversation, start.Utterance.Seq);
        await Ports.Turns.CommitAsync(Answer(start) with { NewFacts = [fact] }, Cancel);
        await Ports.ProjectAsync(Cancel);
        Assert.NotEmpty((await RecallAsync(person, conversation)).Found);
        Assert.Equal(["the boiler is old"], (await RecallAsync(person, conversation)).Facts.Select(f => f.Text));

        await ForgetAsync(Home, person);

        Assert.Empty((await RecallAsync(person, conversation)).Found);
        Assert.Empty((await RecallAsync(person, conversation)).Facts);
        Assert.Empty(await Ports.Recall.ListFactsAsync(Home, person, 10, Cancel));
        Assert.Empty((await Ports.Queries.ListAsync(Home, Anna.Id, new ConversationFilter(Text: "boiler"), null, 10, Cancel)).Items);
    }

    [Fact]
    public async Task A_turn_that_was_thinking_ends_and_says_nothing()
    {
        var conversation = await HearAsync(HomeLine, "1", "the boiler is in the attic");
        var start = await BeginAsync(conversation);
        await ForgetAsync(Home, start.Person.Id);

        var committed = Assert.IsType<TurnCommitOutcome.Committed>(await Ports.Turns.CommitAsync(Answer(start, "I see."), Cancel));

        Assert.Equal((null, true), (committed.Claimed, committed.IsCaughtUp));
        Assert.Single(await ThreadAsync(Home, conversation));
    }

    [Fact]
    public async Task A_turn_that_begins_afterwards_sees_no_words()
    {
        var (conversation, person) = await TalkAsync("chat-1", "user-1");
        await HearAsync(HomeLine, "2", "and old");
        await ForgetAsync(Home, person);

        var start = await BeginAsync(conversation);

        Assert.True(start.Utterance.Body.IsForgotten);
        Assert.Empty(start.History);
    }

    [Fact]
    public async Task What_waits_to_be_sent_is_dropped_and_what_comes_after_it_goes_out()
    {
        var (conversation, person) = await TalkAsync("chat-1", "user-1");
        await HearAsync(HomeLine, "2", "more");
        await AnswerAsync(conversation, "one", "two");
        await ForgetAsync(Home, person);
        await HearAsync(HomeLine, "3", "who am I?"); // a stranger by now
        await AnswerAsync(conversation, "I do not know you.");
        await Ports.Outbox.RecoverInterruptedAsync(Cancel); // the first answer's claim

        var next = await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel);

        Assert.Equal("I do not know you.", next?.Body.Markdown);
        Assert.Equal([DeliveryState.Dropped, DeliveryState.Dropped], (await ThreadAsync(Home, conversation)).Where(m => m.Author == AuthorKind.Assistant).Take(2).Select(m => m.Delivery));
    }

    [Fact]
    public async Task Held_replies_and_dead_letters_are_listed_without_their_words()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await HearAsync(HomeLine, "2", "hello?");
        await HearAsync(HomeLine, "3", "hello??");
        var sent = (await AnswerAsync(conversation, "dead"))!;
        await Ports.Outbox.DeadLetterAsync(sent, new Phrase.Verbatim("no"), Cancel);
        await AnswerAsync(conversation, "claimed");
        await AnswerAsync(conversation, "held");
        await TakeOverAsync(Home, conversation, Anna);
        await HearAsync(HomeLine, "4", "too hard");
        await Ports.Inbox.DeadLetterAsync((await BeginAsync(conversation)).Entry, new Phrase.Verbatim("no"), Cancel);

        await ForgetAsync(Home, (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Person);

        Assert.All(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel), held => Assert.True(held.Body is { IsForgotten: true, Markdown: "" }));
        var letters = (await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items;
        Assert.Equal(2, letters.Count);
        Assert.All(letters, letter => Assert.Equal((true, ""), (letter.IsForgotten, letter.Preview)));
    }

    [Fact]
    public async Task What_was_sent_in_part_stays_forgotten_when_the_rest_is_dropped()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var second = (await Ports.Outbox.MarkSentAsync((await AnswerAsync(conversation, "one", "two"))!, "x1", Cancel))!;
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Outbox.HoldAsync(second, Cancel);
        await ForgetAsync(Home, (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Person);

        await Ports.Conversations.DecideHeldAsync(Home, second.Id, Anna, HeldDecision.Drop, Draft(Home, AuditActions.HeldReplyDropped, "x"), Cancel);

        var message = (await ThreadAsync(Home, conversation))[^1];
        Assert.Equal((true, "", DeliveryState.Sent), (message.Body.IsForgotten, message.Body.Markdown, message.Delivery));
    }

    [Fact]
    public async Task Nobody_writes_to_or_about_them_any_more()
    {
        var (conversation, person) = await TalkAsync("chat-1", "user-1");
        await TakeOverAsync(Home, conversation, Anna);
        await ForgetAsync(Home, person);

        var body = new MessageBody("Hello?");
        Assert.IsType<ReplyOutcome.NotFound>(
            await Ports.Conversations.ReplyAsync(Home, conversation, Anna, new OperatorReply(body, [body]), Draft(Home, AuditActions.OperatorReplied, "x"), Cancel));
        Assert.Null(await Ports.Conversations.AddNoteAsync(Home, conversation, Anna, "Gone.", Draft(Home, AuditActions.NoteAdded, "x"), Cancel));
        Assert.Equal(2, (await ThreadAsync(Home, conversation)).Count);
    }

    [Fact]
    public async Task Who_writes_again_is_a_stranger_with_words_of_their_own()
    {
        var (conversation, person) = await TalkAsync("chat-1", "user-1");
        await ForgetAsync(Home, person);

        Assert.Equal(conversation, await HearAsync(HomeLine, "2", "hello again"));

        var start = await BeginAsync(conversation);
        Assert.NotEqual(person, start.Person.Id);
        Assert.Equal(start.Person.Id, start.Conversation.Person);
        Assert.Equal("hello again", start.Utterance.Body.Markdown);
        await AnswerAsync(conversation, "Who are you?");
        Assert.Equal([true, true, false, false], (await ThreadAsync(Home, conversation)).Select(m => m.Body.IsForgotten));
    }

    [Fact]
    public async Task In_a_group_each_is_forgotten_alone_together_with_what_they_were_answered()
    {
        var group = new ExternalChat("group-1", IsGroup: true);
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "1", "I am Ann", sender: "ann") with { Chat = group })).Conversation;
        await AnswerAsync(conversation, "Hello Ann");
        await StoreAsync(HomeLine, Said(HomeLine, "2", "I am Ben", sender: "ben") with { Chat = group });
        var ben = await BeginAsync(conversation);
        await Ports.Turns.CommitAsync(Answer(ben, "Hello Ben"), Cancel);

        Assert.NotEqual(ben.Conversation.Person, ben.Person.Id);
        await ForgetAsync(Home, ben.Person.Id);

        Assert.Equal(["I am Ann", "Hello Ann", "", ""], (await ThreadAsync(Home, conversation)).Select(m => m.Body.Markdown));
        Assert.Equal([false, false, true, true], (await ThreadAsync(Home, conversation)).Select(m => m.Body.IsForgotten));
    }

    [Fact]
    public async Task What_was_forgotten_is_not_quoted_by_those_who_answered_it()
    {
        var group = new ExternalChat("group-1", IsGroup: true);
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Said(HomeLine, "1", "hello", sender: "ben") with { Chat = group })).Conversation;
        await AnswerAsync(conversation);
        await StoreAsync(HomeLine, Said(HomeLine, "2", "the safe is behind the painting", sender: "ann") with { Chat = group });
        var ann = (await BeginAsync(conversation)).Person.Id;
        await AnswerAsync(conversation);
        await StoreAsync(HomeLine, Said(HomeLine, "3", "hm", sender: "ben") with { Chat = group });
        await AnswerAsync(conversation);
        await StoreAsync(HomeLine, Said(HomeLine, "4", "", sender: "ben") with { Chat = group, Content = new InboundContent.Said("where?", [], "2") });
        Assert.Equal("the safe is behind the painting", (await BeginAfterAsync(1)).Answered?.Text);

        await ForgetAsync(Home, ann);

        foreach (var limit in new[] { 1, 20 })
        {
            var start = await BeginAfterAsync(limit);
            Assert.Null(start.Answered);
            Assert.Equal(new MessageReference(2, null), start.Utterance.Body.InReplyTo);
            Assert.DoesNotContain(start.History, message => message.Seq == 2);
        }

        async Task<TurnStart> BeginAfterAsync(int limit)
            => Assert.IsType<TurnStart>(await Ports.Turns.BeginAsync(conversation, limit, Ports.Clock.GetUtcNow(), Cancel));
    }

    private async Task<(ConversationId Conversation, PersonId Person)> TalkAsync(string chat, string sender)
    {
        var conversation = await HearAsync(HomeLine, "1", "the boiler is in the attic", chat, sender);
        await AnswerAsync(conversation, "I see.");
        return (conversation, (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Person);
    }

    private Task<Recalled> RecallAsync(PersonId person, ConversationId conversation)
        => Ports.Recall.RecallAsync(Home, person, "boiler", conversation, long.MaxValue, onlyHere: false, 10, 10, Cancel);
}

using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <content>What a turn remembers.</content>
public abstract partial class TurnStoreContract
{
    [Fact]
    public async Task Facts_of_a_turn_are_remembered_for_that_person_in_that_tenant()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "remember that the boiler is in the attic"));
        var other = await BeginAsync(await HearAsync(OfficeLine, "1", "hello"));
        var fact = BoilerFact(start);

        await Ports.Turns.CommitAsync(Answer(start, "I'll remember.") with { NewFacts = [fact] }, Cancel);

        Assert.Equal(fact, Assert.Single(await Ports.Recall.ListFactsAsync(Home, start.Conversation.Person, 10, Cancel)));
        Assert.Empty(await Ports.Recall.ListFactsAsync(Office, start.Conversation.Person, 10, Cancel));
        Assert.Empty(await Ports.Recall.ListFactsAsync(Office, other.Conversation.Person, 10, Cancel));
    }

    [Theory]
    [InlineData("remember that the boiler is in the cellar", "the boiler is in the cellar")]
    [InlineData("the boiler is loud")]
    public async Task Facts_of_words_that_were_edited_while_the_turn_thought_are_what_the_words_say_now(string edited, params string[] facts)
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "remember that the boiler is in the attic"));
        await EditAsync("1", edited);

        Assert.IsType<TurnCommitOutcome.Committed>(
            await Ports.Turns.CommitAsync(Answer(start, "I'll remember.") with { NewFacts = [BoilerFact(start), BoilerFact(start)] }, Cancel));

        var told = await Ports.Recall.ListFactsAsync(Home, start.Conversation.Person, 10, Cancel);
        Assert.Equal(facts, told.Select(fact => fact.Text));
        Assert.All(told, fact => Assert.Equal((start.Utterance.At, start.Conversation.Id, start.Utterance.Seq), (fact.StatedAt, fact.SourceConversation, fact.SourceSeq)));
    }

    [Fact]
    public async Task What_was_promised_to_be_remembered_is_kept_when_it_is_corrected_while_the_turn_thinks()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "in the attic"));
        await EditAsync("1", "in the cellar");

        await Ports.Turns.CommitAsync(Answer(start, "I'll remember.") with { NewFacts = [BoilerFact(start) with { Text = "where is the boiler?\nin the attic" }] }, Cancel);

        Assert.Equal(["where is the boiler?\nin the cellar"], (await Ports.Recall.ListFactsAsync(Home, start.Conversation.Person, 10, Cancel)).Select(fact => fact.Text));
    }

    [Fact]
    public async Task A_turn_that_yields_to_an_edit_leaves_nothing_and_another_begins_with_the_new_words()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "remember that the boiler is in the attic"));
        await EditAsync("1", "where is the boiler?");

        await LeavesNothingAsync(Answer(start, "I'll remember.") with { YieldsToEdit = true, NewFacts = [BoilerFact(start)], AsksForPerson = true });

        Assert.Empty(await Ports.Recall.ListFactsAsync(Home, start.Person.Id, 10, Cancel));
        var again = await BeginAsync(start.Conversation.Id);
        Assert.Equal("where is the boiler?", again.Utterance.Body.Markdown);
        Assert.Null(again.Conversation.WaitingSince);
        Assert.IsType<TurnCommitOutcome.Committed>(await Ports.Turns.CommitAsync(Answer(again, "In the attic.") with { YieldsToEdit = true }, Cancel));
    }

    [Fact]
    public async Task What_a_take_over_stopped_is_held_though_its_words_were_edited()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "hello"));
        await EditAsync("1", "hello, Anna");
        await TakeOverAsync(Home, start.Conversation.Id, Anna);

        Assert.IsType<TurnCommitOutcome.HeldBack>(await Ports.Turns.CommitAsync(Answer(start, "too late") with { YieldsToEdit = true }, Cancel));
    }

    [Fact]
    public async Task Facts_of_a_held_turn_are_what_its_edited_words_say_as_well()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "remember that the boiler is in the attic"));
        await EditAsync("1", "remember that the boiler is in the cellar");
        await TakeOverAsync(Home, start.Conversation.Id, Anna);

        Assert.IsType<TurnCommitOutcome.HeldBack>(await Ports.Turns.CommitAsync(Answer(start, "too late") with { NewFacts = [BoilerFact(start)] }, Cancel));

        Assert.Equal(["the boiler is in the cellar"], (await Ports.Recall.ListFactsAsync(Home, start.Conversation.Person, 10, Cancel)).Select(fact => fact.Text));
    }

    [Fact]
    public async Task Facts_of_words_that_were_edited_before_the_turn_began_are_the_turns()
    {
        var conversation = await HearAsync(HomeLine, "1", "remember that the boiler is in the attic");
        await EditAsync("1", "remember that the boiler is in the cellar");
        var start = await BeginAsync(conversation);
        var fact = BoilerFact(start);

        await Ports.Turns.CommitAsync(Answer(start, "I'll remember.") with { NewFacts = [fact] }, Cancel);

        Assert.Equal(fact, Assert.Single(await Ports.Recall.ListFactsAsync(Home, start.Conversation.Person, 10, Cancel)));
    }

    private Task<InboxOutcome> EditAsync(string id, string text)
    {
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        return StoreAsync(HomeLine, Said(HomeLine, id, "") with { DedupeKey = $"edit:{text}", Content = new InboundContent.Edited(text), SentAt = Ports.Clock.GetUtcNow() });
    }
}

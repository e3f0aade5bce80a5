using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>A group belongs to whoever opened it, what is said there to whoever said it: forgetting takes along what others' memory has from it.</summary>
public abstract partial class ErasureStoreContract
{
    /// <summary>As much as the memory looks at of one word, so that what leads nowhere would hide what Ben said elsewhere.</summary>
    private const int SaidInGroup = 16;

    [Fact]
    public async Task Of_a_message_in_a_group_of_others_nothing_stays_in_its_writers_memory()
    {
        var (group, _, ben, elsewhere) = await BenInAGroupOfAnnAsync();
        var scope = ErasureScope.Of(group, 2);
        var preview = await PreviewAsync(scope);

        var erasure = await EraseAsync(scope);

        Assert.Equal(preview.Counts, erasure.Counts);
        Assert.Equal((1, 1), (erasure.Counts[Forgettable.Messages], erasure.Counts[Forgettable.Facts]));
        await AssertRemembersAsync(ben, elsewhere, quotes: SaidInGroup);
    }

    [Fact]
    public async Task Of_a_group_nothing_stays_in_the_memory_of_others_who_wrote_there()
    {
        var (group, ann, ben, elsewhere) = await BenInAGroupOfAnnAsync();
        var preview = await PreviewAsync(ErasureScope.Of(group));

        var erasure = await EraseAsync(ErasureScope.Of(group));

        Assert.Equal(preview.Counts, erasure.Counts);
        Assert.Equal(1, erasure.Counts[Forgettable.Facts]);
        await AssertRemembersAsync(ben, elsewhere, quotes: 1);
        Assert.Empty((await RecallAsync(ann)).Found);
    }

    [Fact]
    public async Task Of_the_groups_of_somebody_nothing_stays_in_the_memory_of_others_who_wrote_there()
    {
        var (group, ann, ben, elsewhere) = await BenInAGroupOfAnnAsync();
        var preview = await PreviewAsync(ErasureScope.Of(ann));

        var erasure = await EraseAsync(ErasureScope.Of(ann));

        Assert.Equal(preview.Counts, erasure.Counts);
        Assert.Equal(1, erasure.Counts[Forgettable.Facts]);
        Assert.Null(await Ports.Conversations.FindAsync(Home, group, Cancel));
        await AssertRemembersAsync(ben, elsewhere, quotes: 1);
    }

    /// <summary>Ben speaks of the boiler once to the assistant, then often in Ann's group, where the first time leaves a fact.</summary>
    private async Task<(ConversationId Group, PersonId Ann, PersonId Ben, ConversationId Elsewhere)> BenInAGroupOfAnnAsync()
    {
        var elsewhere = await HearAsync(HomeLine, "1", "my own boiler is new", chat: "chat-ben", sender: "ben");
        var ben = (await BeginAsync(elsewhere)).Person.Id;
        await AnswerAsync(elsewhere);
        var group = await HearInGroupAsync("1", "my boiler is old", "ann");
        await AnswerAsync(group);
        for (var at = 0; at < SaidInGroup; at++)
        {
            await HearInGroupAsync($"{at + 2}", $"the boiler is in the attic, {at}", "ben");
            var start = await BeginAsync(group);
            Fact[] facts = at == 0 ? [new(Guid.CreateVersion7(), Home, start.Person.Id, "has a boiler", Ports.Clock.GetUtcNow(), group, start.Utterance.Seq)] : [];
            await Ports.Turns.CommitAsync(Answer(start) with { NewFacts = facts }, Cancel);
        }

        await Ports.ProjectAsync(Cancel);
        return (group, (await Ports.Conversations.FindAsync(Home, group, Cancel))!.Person, ben, elsewhere);
    }

    private async Task<ConversationId> HearInGroupAsync(string id, string text, string sender) => Assert.IsType<InboxOutcome.Stored>(
        await StoreAsync(HomeLine, Said(HomeLine, id, text, chat: "group-1", sender: sender) with { Chat = new ExternalChat("group-1", IsGroup: true) })).Conversation;

    private async Task AssertRemembersAsync(PersonId person, ConversationId elsewhere, int quotes)
    {
        var recalled = await RecallAsync(person);

        Assert.Equal(quotes, recalled.Found.Count);
        Assert.Equal("my own boiler is new", Assert.Single(recalled.Found, what => what.Conversation == elsewhere).Quote);
        Assert.DoesNotContain(recalled.Found, what => what.IsFact || what.Quote == "the boiler is in the attic, 0");
        Assert.Empty(recalled.Facts);
    }

    private Task<Recalled> RecallAsync(PersonId person)
        => Ports.Recall.RecallAsync(Home, person, "boiler", ConversationId.Create(), long.MaxValue, onlyHere: false, 2 * SaidInGroup, SaidInGroup, Cancel);
}

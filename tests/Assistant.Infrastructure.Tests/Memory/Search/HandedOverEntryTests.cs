using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Memory.Search;

/// <summary>The search index reads what belongs to its tenant, whatever its lists lead to.</summary>
public sealed class HandedOverEntryTests : HandedOverRows
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_of_another_tenant_is_not_recalled(bool onlyHere)
    {
        var (person, conversation) = await SayAsync();
        await Ports.ProjectAsync(Cancel);
        Assert.Single((await RecallAsync(person, conversation, onlyHere)).Found);

        await HandOverAsync("search_entries");

        Assert.Empty((await RecallAsync(person, conversation, onlyHere)).Found);
    }

    [Fact]
    public async Task A_fact_of_another_tenant_is_not_told_in_a_group()
    {
        var (person, conversation) = await SayAsync();
        Assert.Single((await RecallAsync(person, conversation, onlyHere: true)).Facts);

        await HandOverAsync("facts");

        Assert.Empty((await RecallAsync(person, conversation, onlyHere: true)).Facts);
    }

    [Fact]
    public async Task A_fact_of_another_tenant_stays_when_a_message_is_taken_back()
    {
        await SayAsync();
        await HandOverAsync("facts");

        await StoreAsync(HomeLine, Said(HomeLine, "2", "") with { ExternalMessageId = "1", Content = new InboundContent.Deleted() });

        Assert.Equal(1, await CountAsync("facts"));
    }

    [Fact]
    public async Task A_fact_of_another_tenant_is_not_listed()
    {
        var (person, _) = await SayAsync();
        Assert.Single(await Ports.Recall.ListFactsAsync(Home, person, 10, Cancel));

        await HandOverAsync("facts");

        Assert.Empty(await Ports.Recall.ListFactsAsync(Home, person, 10, Cancel));
    }

    [Fact]
    public async Task A_message_of_another_tenant_is_not_entered()
    {
        await SayAsync();
        await ExecuteAsync("DELETE FROM facts");
        await HandOverAsync("messages");

        await Ports.ProjectAsync(Cancel);

        Assert.Equal(0, await CountAsync("search_entries"));
    }

    [Fact]
    public async Task A_fact_of_another_tenant_is_not_entered()
    {
        await SayAsync();
        await HandOverAsync("facts");

        await Ports.ProjectAsync(Cancel);

        Assert.Equal((1, 0), (await CountAsync("search_entries"), await CountAsync("search_entries WHERE fact_id IS NOT NULL")));
    }

    private async Task<(PersonId Person, ConversationId Conversation)> SayAsync()
    {
        var start = await BeginAsync(await HearAsync(HomeLine, "1", "the boiler is in the attic"));
        var fact = new Fact(Guid.CreateVersion7(), Home, start.Person.Id, "the boiler is old", start.Utterance.At, start.Conversation.Id, start.Utterance.Seq);
        await Ports.Turns.CommitAsync(Answer(start) with { NewFacts = [fact] }, Cancel);
        return (start.Person.Id, start.Conversation.Id);
    }

    private Task<Recalled> RecallAsync(PersonId person, ConversationId conversation, bool onlyHere)
        => Ports.Recall.RecallAsync(Home, person, "attic", conversation, long.MaxValue, onlyHere, 10, 10, Cancel);
}

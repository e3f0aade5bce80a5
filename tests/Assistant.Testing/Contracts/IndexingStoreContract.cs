using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IIndexingStore"/> must hold, together with what searches.</summary>
public abstract class IndexingStoreContract : PathContract
{
    [Fact]
    public async Task Decided_against_nothing_is_found_and_decided_for_everything_again()
    {
        var home = await HearAsync(HomeLine, "1", "the boiler is in the attic");
        var office = await HearAsync(OfficeLine, "1", "the boiler is in the yard");
        Assert.Equal((1, 1), (await CountAsync(Home, home), await CountAsync(Home)));

        Assert.True(await DecideAsync(Home, Indexing.Nothing));
        await HearAsync(HomeLine, "2", "the boiler is loud");
        Assert.Equal((0, 0), (await CountAsync(Home, home), await CountAsync(Home)));
        Assert.Equal((1, 1), (await CountAsync(Office, office), await CountAsync(Office)));

        Assert.True(await DecideAsync(Home, Indexing.Everything));
        Assert.Equal((2, 1), (await CountAsync(Home, home), await CountAsync(Home)));
        Assert.Equal(1, await CountAsync(Office, office));
    }

    [Fact]
    public async Task A_decision_is_read_back_and_leaves_an_event_only_when_it_changes_something()
    {
        Assert.Equal(Indexing.Everything, await Ports.Indexing.ReadAsync(Home, Cancel));
        Assert.False(await DecideAsync(Home, Indexing.Everything));
        Assert.True(await DecideAsync(Home, Indexing.Nothing));
        Assert.False(await DecideAsync(Home, Indexing.Nothing));

        Assert.Equal((Indexing.Nothing, Indexing.Everything), (await Ports.Indexing.ReadAsync(Home, Cancel), await Ports.Indexing.ReadAsync(Office, Cancel)));
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.IndexingChanged);
        Assert.False(await DecideAsync(new TenantId("nowhere"), Indexing.Nothing));
    }

    private async Task<bool> DecideAsync(TenantId tenant, Indexing indexing)
    {
        var decided = await Ports.Indexing.DecideAsync(tenant, indexing, Draft(tenant, AuditActions.IndexingChanged, $"tenant/{tenant}"), Cancel);
        await Ports.ProjectAsync(Cancel);
        return decided;
    }

    private async Task<int> CountAsync(TenantId tenant, ConversationId conversation)
    {
        await Ports.ProjectAsync(Cancel);
        var person = (await Ports.Conversations.FindAsync(tenant, conversation, Cancel))!.Person;
        return (await Ports.Recall.RecallAsync(tenant, person, "boiler", conversation, long.MaxValue, onlyHere: false, 10, 10, Cancel)).Found.Count;
    }

    private async Task<int> CountAsync(TenantId tenant)
        => (await Ports.Queries.ListAsync(tenant, Anna.Id, new ConversationFilter(Text: "boiler"), null, 10, Cancel)).Items.Count;
}

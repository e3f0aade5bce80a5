using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.People;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.People;

/// <summary>Tens of thousands of people and conversations: a page costs what is on it, a search goes through all of them once.</summary>
public sealed class ManyPeoplePlanTests
{
    private static readonly UserId Anna = new(Guid.CreateVersion7());

    [Fact]
    public async Task A_search_goes_through_the_accounts_once_and_not_for_each_person()
    {
        var plan = await PlanAsync(context => SqlPeopleStore.Page(context, "anna", null, 50));

        Assert.DoesNotContain(plan, step => step.Contains("CORRELATED", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_begins_at_its_place_and_sorts_nothing()
    {
        var plan = await PlanAsync(context => SqlPeopleStore.Page(context, null, Guid.CreateVersion7(), 50));

        Assert.Contains("IX_people_tenant_id_id (tenant_id=? AND id>?)", Assert.Single(plan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_accounts_and_conversations_of_a_few_people_are_found_by_the_people()
    {
        List<Guid> people = [Guid.CreateVersion7(), Guid.CreateVersion7()];

        var accounts = await PlanAsync(context => SqlPeopleStore.IdentitiesOf(context, people));
        var conversations = await PlanAsync(context => SqlPeopleStore.ConversationsOf(context, people));

        Assert.Contains(accounts, step => step.Contains("IX_identities_person_id_tenant_id (person_id=? AND tenant_id=?)", StringComparison.Ordinal));
        Assert.Contains(conversations, step => step.Contains("IX_conversations_person_id_tenant_id (person_id=? AND tenant_id=?)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ConversationView.Waiting, "waiting_conversations (tenant_id=?)")]
    [InlineData(ConversationView.Mine, "held_conversations (tenant_id=? AND operator_id=?)")]
    [InlineData(ConversationView.All, "IX_conversations_tenant_id_last_at_id (tenant_id=?)")]
    public async Task The_newest_of_a_view_are_found_without_the_others_and_sorted_by_an_index(ConversationView view, string found)
    {
        var plan = await PlanAsync(context => EfConversationQueries.Newest(EfConversationQueries.Seen(context, view, Anna), 50));

        Assert.Contains(found, Assert.Single(plan), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> PlanAsync(Func<AssistantDbContext, IQueryable> query)
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await using var context = house.Get<IDatabase>().OpenContext(TenantScope.Of(TenantId.Default));
        return await QueryPlan.OfAsync(context, query(context));
    }
}

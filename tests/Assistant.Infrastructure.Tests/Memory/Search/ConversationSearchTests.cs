using Assistant.Domain.Memory;
using Assistant.Infrastructure.Memory.Search;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Memory.Search;

/// <summary>What the search box reads at most; what it finds is in the contract of the queries.</summary>
public abstract class ConversationSearchTests : PathContract
{
    [Theory]
    [InlineData(19, true)]
    [InlineData(20, false)]
    public async Task A_word_everybody_says_is_followed_for_ten_mentions_per_conversation_wanted(int mentions, bool reachesOlder)
    {
        var quiet = await HearAsync(HomeLine, "1", "the boiler is cold", "chat-quiet", "user-2");
        var loud = await HearAsync(HomeLine, "1", "the boiler, number 1");
        for (var i = 2; i <= mentions; i++)
        {
            await HearAsync(HomeLine, $"{i}", $"the boiler, number {i}");
        }

        await Ports.ProjectAsync(Cancel);

        var found = await ((TestHouse)Ports.Owner!).Get<ConversationSearch>().FindAsync(Home, "boiler", 2, Cancel);

        Assert.Equal(reachesOlder ? [loud.Value, quiet.Value] : [loud.Value], found);
    }

    /// <summary>The list of words names entries by number alone: whatever number stands in it, another tenant's message is not read.</summary>
    [Fact]
    public async Task A_list_that_names_another_tenants_message_leads_nowhere()
    {
        var home = await HearAsync(HomeLine, "1", "the boiler is cold");
        await HearAsync(OfficeLine, "1", "the boiler is warm");
        await Ports.ProjectAsync(Cancel);
        await ExecuteAsync("UPDATE messages SET body = NULL, text = 'the boiler is warm' WHERE tenant_id = 'office'");
        await ExecuteAsync(
            "INSERT INTO search_postings (key, entry_id) SELECT p.key, foreign_entry.id FROM search_postings p JOIN search_entries e ON e.id = p.entry_id "
            + "JOIN search_entries foreign_entry ON foreign_entry.tenant_id = 'office' WHERE e.tenant_id = 'default'");

        Assert.Equal([home.Value], await FindAsync("boiler"));
    }

    /// <summary>A tenant's search asks the lists of its own people, even where it holds a key under another's name.</summary>
    [Fact]
    public async Task The_list_of_a_person_of_another_tenant_is_not_asked()
    {
        var home = await HearAsync(HomeLine, "1", "the boiler is cold");
        var office = await HearAsync(OfficeLine, "1", "hello");
        var person = (await Ports.Conversations.FindAsync(Office, office, Cancel))!.Person;
        await Ports.ProjectAsync(Cancel);
        await Ports.Persons.SealAsync(Home, person, "nowhere", "makes a key"u8.ToArray(), Cancel);
        var lists = await House.Get<IReadPool>().ReadAsync(
            TenantScope.System,
            session =>
            {
                using var keys = House.Get<BodySealer>().In(session, Home);
                return SearchTerms.ForIndex("boiler").Select(keys.Find(person)!.DeriveSearchKey()!.Of).ToList();
            },
            Cancel);
        await ExecuteAsync("DELETE FROM search_postings");
        foreach (var list in lists)
        {
            await ExecuteAsync("INSERT INTO search_postings (key, entry_id) SELECT @p0, id FROM search_entries WHERE tenant_id = 'default'", list);
        }

        Assert.NotEmpty(lists);
        Assert.NotEqual(Guid.Empty, home.Value);
        Assert.Empty(await FindAsync("boiler"));
    }

    private TestHouse House => (TestHouse)Ports.Owner!;

    private Task<IReadOnlyList<Guid>> FindAsync(string text) => House.Get<ConversationSearch>().FindAsync(Home, text, 10, Cancel);

    private Task<int> ExecuteAsync(string sql, params SqlValue[] values)
        => House.Get<IWriteQueue>().ExecuteAsync(TenantScope.System, session => session.Execute(sql, values), Cancel);
}

public sealed class SqliteConversationSearchTests : ConversationSearchTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresConversationSearchTests : ConversationSearchTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

using Assistant.Infrastructure.Memory.Search;
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
}

public sealed class SqliteConversationSearchTests : ConversationSearchTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresConversationSearchTests : ConversationSearchTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

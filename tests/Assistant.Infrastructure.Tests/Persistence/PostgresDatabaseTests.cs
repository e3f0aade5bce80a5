using Assistant.Infrastructure.Persistence.Postgres;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>What is said of a connection string before any server is asked.</summary>
public sealed class PostgresDatabaseTests
{
    [Theory]
    [InlineData("Host=localhost;Password=half;canary77=1", "quote a password")]
    [InlineData("Host=localhost;Password=half;canary77=", "quote a password")]
    [InlineData("Host=localhost;Password=half;canary77", "no list of settings")]
    [InlineData("Host=localhost;Port=canary77", "its port has a value")]
    public void A_connection_string_that_cannot_be_read_is_told_of_without_a_part_of_the_password(string connection, string says)
    {
        var asUser = Assert.Throws<InstallationException>(() => new PostgresDatabase(connection));
        var asOwner = Assert.Throws<InstallationException>(() => new PostgresDatabase("Host=localhost;Username=one", connection));

        Assert.StartsWith("Assistant__Database__ConnectionString cannot be read: ", asUser.Message, StringComparison.Ordinal);
        Assert.StartsWith("Assistant__Database__OwnerConnectionString cannot be read: ", asOwner.Message, StringComparison.Ordinal);
        foreach (var refused in new[] { asUser, asOwner })
        {
            Assert.Contains(says, refused.Message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("canary77", refused.ToString(), StringComparison.OrdinalIgnoreCase); // as a log has it
        }
    }

    [Fact]
    public void A_pool_the_readers_would_use_up_is_refused_with_both_settings()
    {
        var refused = Assert.Throws<InstallationException>(() => new PostgresDatabase("Host=localhost;Username=one;Maximum Pool Size=6", readers: 4));

        Assert.Contains("6 connections with Maximum Pool Size, and 7 are needed: 4 for Assistant__Database__Readers", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Maximum Pool Size=7")]
    [InlineData("Maximum Pool Size=1;Pooling=false")]
    public async Task A_pool_with_room_beside_the_readers_and_none_at_all_are_taken(string pool)
    {
        await using var database = new PostgresDatabase($"Host=localhost;Username=one;{pool}", readers: 4);

        Assert.Equal(PostgresAssistantDbContext.Version, database.Schema);
    }
}

using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>A page of plain rows is found from where the one before ended, however many rows are left.</summary>
public sealed class PlainBodiesPlanTests
{
    [Fact]
    public async Task A_page_goes_on_along_an_index_and_sorts_nothing_that_is_left()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        var starts = new List<string>();
        foreach (var select in PlainBodies.Selects)
        {
            var values = Enumerable.Repeat<SqlValue>(0, select.Split("@p").Length - 1).ToArray();
            var plan = await house.Get<IReadPool>().ReadAsync(
                TenantScope.System, session => session.Query("EXPLAIN QUERY PLAN " + select, r => r.GetString(3), values), TestContext.Current.CancellationToken);

            Assert.DoesNotContain(plan, step => step.Contains("FOR ORDER BY", StringComparison.Ordinal));
            starts.Add(plan[0]);
        }

        Assert.Collection(
            starts,
            messages => Assert.Contains("(tenant_id=? AND (position,conversation_id,seq)>(?,?,?))", messages, StringComparison.Ordinal),
            outbox => Assert.Contains("PRIMARY KEY (id>?)", outbox, StringComparison.Ordinal),
            inbox => Assert.Contains("PRIMARY KEY (id>?)", inbox, StringComparison.Ordinal),
            facts => Assert.Contains("(tenant_id=? AND position>?)", facts, StringComparison.Ordinal));
    }
}

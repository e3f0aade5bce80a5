using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

public sealed class OutboxPlanTests
{
    [Fact]
    public async Task The_sweep_reads_the_open_rows_and_not_all_that_was_ever_sent()
    {
        await using var house = await TestHouse.OnSqliteAsync();

        var plan = await house.Get<IReadPool>().ReadAsync(
            TenantScope.System, session => session.Query("EXPLAIN QUERY PLAN " + SqlOutbox.Due, r => r.GetString(3), 0, 1), TestContext.Current.CancellationToken);

        Assert.Contains("IX_outbox_due_at", plan[0], StringComparison.Ordinal); // of what is pending
        Assert.Contains(plan, step => step.Contains("open_outbox_by_conversation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_put_back_by_a_clock_that_was_ahead_is_found_among_what_waits()
    {
        await using var house = await TestHouse.OnSqliteAsync();

        var plans = await house.Get<IReadPool>().ReadAsync(
            TenantScope.System,
            session => session.Query("EXPLAIN QUERY PLAN " + SqlOutbox.WaitsBeyond, r => r.GetString(3), 0)
                .Concat(session.Query("EXPLAIN QUERY PLAN " + SqlOutbox.EndWaits, r => r.GetString(3), 0, 1)).ToList(),
            TestContext.Current.CancellationToken);

        Assert.Equal(2, plans.Count);
        Assert.All(plans, step => Assert.Contains("IX_outbox_due_at (due_at>?)", step, StringComparison.Ordinal));
    }
}

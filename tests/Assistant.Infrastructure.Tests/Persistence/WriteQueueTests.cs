using Assistant.Infrastructure.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>What every caller of the single writer relies on while nothing fails; <see cref="WriteQueueFaultTests"/> has the rest.</summary>
public abstract class WriteQueueTests(bool onPostgres) : WriteQueueRig(onPostgres)
{
    [Fact]
    public async Task Units_that_wait_share_one_commit()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 20, WriteAsync);
        Gate.Set();

        await Task.WhenAll(units);

        Assert.Equal(1, Transactions);
        Assert.Equal(20, await CountAsync());
    }

    [Theory]
    [InlineData(1, 11)]
    [InlineData(4, 3)]
    public async Task A_batch_has_its_limit(int maxBatch, int transactions)
    {
        await using var queue = NewQueue(maxBatch: maxBatch);
        var units = await QueueBehindGateAsync(queue, 10, WriteAsync);
        Gate.Set();

        await Task.WhenAll(units);

        Assert.Equal(transactions, Transactions);
    }

    [Fact]
    public async Task Units_run_in_the_order_they_were_queued_each_with_its_own_result()
    {
        await using var queue = NewQueue();
        var order = new List<int>();

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => queue.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                order.Add(i);
                return session.Execute(Insert, i, "x") + i;
            },
            Cancel)));

        Assert.Equal(Enumerable.Range(0, 200), order);
        Assert.Equal(Enumerable.Range(1, 200), results);
    }

    [Fact]
    public async Task A_unit_is_on_disk_when_its_task_completes_and_not_before_its_commit()
    {
        await using var queue = NewQueue();
        for (var i = 1; i <= 30; i++)
        {
            var seenInside = -1;
            await queue.ExecuteAsync(
                TenantScope.System,
                session =>
                {
                    session.Execute(Insert, i, "x");
                    return seenInside = CountFromOutside();
                },
                Cancel);

            Assert.Equal(i - 1, seenInside);
            Assert.Equal(i, await CountAsync());
        }
    }

    [Fact]
    public async Task When_the_queue_is_full_callers_wait_and_may_give_up_and_nothing_is_dropped()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, WriteQueue.Capacity, (q, i) => q.ExecuteAsync(TenantScope.System, _ => i, Cancel));
        using var giveUp = new CancellationTokenSource();

        var one = queue.ExecuteAsync(TenantScope.System, _ => -1, giveUp.Token);
        var other = queue.ExecuteAsync(TenantScope.System, _ => -2, Cancel);
        await giveUp.CancelAsync();

        // The writer stands still: only who waits outside can give up by now.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(other.IsCompleted);
        Gate.Set();
        Assert.Equal(-2, await other);
        Assert.Equal(Enumerable.Range(0, WriteQueue.Capacity), await Task.WhenAll(units));
    }

    [Fact]
    public async Task A_close_finishes_what_was_queued_and_takes_nothing_more()
    {
        var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 50, WriteAsync);

        var closing = queue.DisposeAsync();
        Assert.False(closing.IsCompleted);
        Gate.Set();
        await closing;

        await Task.WhenAll(units);
        Assert.Equal(50, await CountAsync());
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => WriteAsync(queue, 51));
    }

    [Fact]
    public async Task A_queue_nobody_used_opens_no_connection()
    {
        await NewQueue().DisposeAsync();

        Assert.Equal(0, Opened);
    }
}

public sealed class SqliteWriteQueueTests() : WriteQueueTests(onPostgres: false);

public sealed class PostgresWriteQueueTests() : WriteQueueTests(onPostgres: true);

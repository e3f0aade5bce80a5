using Assistant.Infrastructure.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>What reads that may share a snapshot hold, on either database.</summary>
public abstract class SharedReadsTests(bool onPostgres) : WriteQueueRig(onPostgres)
{
    [Fact]
    public async Task A_read_sees_every_unit_that_has_completed()
    {
        await using var queue = NewQueue();
        var reads = NewSharedReads();
        for (var i = 1; i <= 30; i++)
        {
            await WriteAsync(queue, i);

            Assert.Equal(i, await reads.ReadAsync(TenantScope.System, Count, Cancel));
        }
    }

    [Fact]
    public async Task A_unit_that_completes_while_others_read_is_seen_by_who_asks_then()
    {
        await using var queue = NewQueue();
        var reads = NewSharedReads();
        var held = await HoldAsync(reads);
        await WriteAsync(queue, 1);

        var later = Enumerable.Range(0, 3 * SharedReads.MaxTogether).Select(_ => reads.ReadAsync(TenantScope.System, Count, Cancel)).ToList();
        Gate.Set();

        Assert.Equal(0, await held);
        Assert.All(await Task.WhenAll(later), seen => Assert.Equal(1, seen));
    }

    [Fact]
    public async Task A_read_that_fails_fails_alone()
    {
        var reads = NewSharedReads();
        var held = await HoldAsync(reads);
        var before = reads.ReadAsync(TenantScope.System, Count, Cancel);
        var failing = reads.ReadAsync(TenantScope.System, session => session.QueryFirst("SELECT no_such_column FROM written", r => r.GetInt64(0)), Cancel);
        var after = reads.ReadAsync(TenantScope.System, Count, Cancel);
        Gate.Set();

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => failing);
        Assert.All(await Task.WhenAll(held, before, after), seen => Assert.Equal(0, seen));
    }

    [Fact]
    public async Task A_read_nobody_wants_any_more_does_not_run()
    {
        using var giveUp = new CancellationTokenSource();
        var reads = NewSharedReads();
        var held = await HoldAsync(reads);
        var cancelled = reads.ReadAsync(TenantScope.System, Count, giveUp.Token);
        await giveUp.CancelAsync();
        Gate.Set();

        if (!OnPostgres)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }

        Assert.Equal(0, await held);
    }

    /// <summary>A read that is under way, and goes on when the gate opens.</summary>
    private protected async Task<Task<int>> HoldAsync(SharedReads reads)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = Task.Run(
            () => reads.ReadAsync(
                TenantScope.System,
                session =>
                {
                    var count = Count(session);
                    begun.SetResult();
                    Gate.Wait(Cancel);
                    return count;
                },
                Cancel),
            Cancel);
        await begun.Task;
        return held;
    }
}

public sealed class SqliteSharedReadsTests() : SharedReadsTests(onPostgres: false)
{
    [Fact]
    public async Task Reads_that_wait_together_share_one_snapshot()
    {
        await using var queue = NewQueue();
        var reads = NewSharedReads();
        var held = await HoldAsync(reads);
        var first = reads.ReadAsync(
            TenantScope.System,
            session =>
            {
                var count = Count(session);
                WriteAsync(queue, 1).Wait(Cancel);
                return count;
            },
            Cancel);
        var second = reads.ReadAsync(TenantScope.System, Count, Cancel);
        Gate.Set();

        Assert.All(await Task.WhenAll(held, first, second), seen => Assert.Equal(0, seen));
        Assert.Equal(1, await reads.ReadAsync(TenantScope.System, Count, Cancel));
    }
}

public sealed class PostgresSharedReadsTests() : SharedReadsTests(onPostgres: true)
{
    [Fact]
    public async Task Reads_go_beside_each_other()
    {
        var reads = NewSharedReads();
        var held = await HoldAsync(reads);

        Assert.Equal(0, await reads.ReadAsync(TenantScope.System, Count, Cancel));

        Gate.Set();
        Assert.Equal(0, await held);
    }
}

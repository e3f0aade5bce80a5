using Assistant.Infrastructure.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>What the reads of the hot path hold, wherever they run.</summary>
public abstract class WarmReadsTests(bool onPostgres) : WriteQueueRig(onPostgres)
{
    [Fact]
    public async Task A_read_sees_every_unit_that_has_completed()
    {
        await using var queue = NewQueue();
        var reads = NewReads(queue);
        for (var i = 1; i <= 30; i++)
        {
            await WriteAsync(queue, i);

            Assert.Equal(i, await reads.ReadAsync(TenantScope.System, Count, Cancel));
        }
    }

    [Fact]
    public async Task A_read_that_fails_fails_alone()
    {
        await using var queue = NewQueue();
        var reads = NewReads(queue);
        Task<int>? failing = null;
        var units = await QueueBehindGateAsync(queue, 10, (q, i) =>
        {
            failing ??= reads.ReadAsync<int>(TenantScope.System, _ => throw new InvalidOperationException("no"), Cancel).AsTask();
            return WriteAsync(q, i);
        });
        Gate.Set();

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing!);
        await Task.WhenAll(units);
        Assert.Equal(10, await reads.ReadAsync(TenantScope.System, Count, Cancel));
    }
}

public sealed class SqliteWarmReadsTests() : WarmReadsTests(onPostgres: false)
{
    [Fact]
    public async Task A_read_runs_on_the_writers_connection_whose_pages_are_warm()
    {
        await using var queue = NewQueue();
        await WriteAsync(queue, 1);

        Assert.Equal(1, await NewReads(queue).ReadAsync(TenantScope.System, Count, Cancel));

        Assert.Equal(1, Opened);
    }
}

public sealed class PostgresWarmReadsTests() : WarmReadsTests(onPostgres: true)
{
    [Fact]
    public async Task A_read_does_not_wait_for_the_writer()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 1, WriteAsync);

        Assert.Equal(0, await NewReads(queue).ReadAsync(TenantScope.System, Count, Cancel));

        Gate.Set();
        await Task.WhenAll(units);
    }
}

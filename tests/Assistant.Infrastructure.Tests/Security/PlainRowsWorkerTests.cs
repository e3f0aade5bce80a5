using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>Lists of plain rows are gone over to their ends, each by itself.</summary>
public sealed class PlainRowsWorkerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_is_gone_over_page_by_page_once_for_each_tenant()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await house.Get<ITenantDirectory>().EnsureAsync(TenantId.Default, "Home", Cancel);
        using var worker = house.PlainRows();
        var (list, other) = (new Pages("one", 3), new Pages("other", 1));

        Assert.Equal(6, await worker.SealAsync(list, TenantId.Default, Cancel));
        Assert.Equal(0, await worker.SealAsync(list, TenantId.Default, Cancel));
        Assert.Equal(2, await worker.SealAsync(other, TenantId.Default, Cancel)); // noted by its own name
        Assert.Equal([0, 1, 2, 3], list.Asked);
    }

    [Fact]
    public async Task A_list_that_fails_keeps_no_other_waiting_and_is_tried_again()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await house.Get<ITenantDirectory>().EnsureAsync(TenantId.Default, "Home", Cancel);
        var (fails, works) = (new Pages("fails", 1) { Failures = 2 }, new Pages("works", 1));
        using var worker = house.PlainRows(fails, works);

        await worker.StartAsync(Cancel);
        await works.Ended.WaitAsync(Cancel);
        while (!fails.Ended.IsCompleted)
        {
            house.Clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }

        await worker.ExecuteTask!.WaitAsync(Cancel);
        Assert.Equal([0, 1], works.Asked);
    }

    /// <summary>So many pages of two values.</summary>
    private sealed class Pages(string name, int count) : IPlainRows
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Failures { get; set; }

        public List<long> Asked { get; } = [];

        public Task Ended => _ended.Task;

        public string Name => name;

        public ValueTask PrepareAsync(TenantId tenant, CancellationToken cancellationToken)
            => Failures-- > 0 ? throw new InvalidOperationException("The database is away.") : ValueTask.CompletedTask;

        public PlainPage? FindPage(SqlSession session, TenantId tenant, PlainCursor after)
        {
            Asked.Add(after.Seq);
            if (after.Seq < count)
            {
                return new PlainPage(after with { Seq = after.Seq + 1 }, _ => 2);
            }

            _ended.TrySetResult();
            return null;
        }
    }
}

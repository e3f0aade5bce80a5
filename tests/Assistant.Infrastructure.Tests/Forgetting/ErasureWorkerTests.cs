using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Forgetting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Assistant.Infrastructure.Tests.Forgetting;

public sealed class ErasureWorkerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_cannot_go_on_holds_up_no_other()
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres: false);
        var first = await BeginAsync(house, "Li");
        var second = await BeginAsync(house, "Bo");
        var store = new Stuck(house.House.Get<IErasureStore>(), first);
        using var signal = new ErasureSignal();
        using var worker = new ErasureWorker(
            store,
            new ErasureRunner(store, house.House.Get<IAuditLog>(), house.House.Get<ICheckpointSigner>(), house.House.Get<IStorageRest>(), house.House.Clock)
            {
                Pause = TimeSpan.Zero,
            },
            signal, NullLogger<ErasureWorker>.Instance);

        await worker.StartAsync(Cancel);
        Assert.Equal(second, await store.Certified.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel));
        await worker.StopAsync(Cancel);

        Assert.Equal([(ForgettingHouse.Home, first)], await store.ListOpenAsync(Cancel));
    }

    [Theory]
    [InlineData(12, 12)]
    [InlineData(500, 30)]
    public async Task Whoever_else_writes_gets_a_turn_after_each_batch(int took, int left)
    {
        await using var house = await ForgettingHouse.OpenAsync(onPostgres: false);
        var id = await BeginAsync(house, "Li");
        var clock = new ShortWaits(TimeSpan.FromMilliseconds(took));
        var runner = new ErasureRunner(
            house.House.Get<IErasureStore>(), house.House.Get<IAuditLog>(), house.House.Get<ICheckpointSigner>(), house.House.Get<IStorageRest>(), clock);

        Assert.Equal(ErasureState.Certified, (await runner.RunAsync(ForgettingHouse.Home, id, Cancel))!.State);

        Assert.True(clock.Waits.Count > 3, $"{clock.Waits.Count} pauses");
        Assert.All(clock.Waits, wait => Assert.Equal(TimeSpan.FromMilliseconds(left), wait));
    }

    private static async Task<ErasureId> BeginAsync(ForgettingHouse house, string name)
    {
        var (person, _) = await house.LiveAsync(name, "one");
        var desk = house.House.Get<ForgettingDesk>();
        var preview = (await desk.PreviewAsync(ForgettingHouse.Machine, ErasureScope.Of(person), Cancel))!;
        house.House.Clock.Advance(TimeSpan.FromSeconds(1));
        return Assert.IsType<ForgetOutcome.Begun>(await desk.ForgetAsync(ForgettingHouse.Machine, ErasureScope.Of(person), preview.Digest, Cancel)).Erasure.Id;
    }

    /// <summary>The real store, in which one erasure finds a row it cannot delete.</summary>
    private sealed class Stuck(IErasureStore store, ErasureId stuck) : IErasureStore
    {
        /// <summary>The first that came to its end.</summary>
        public TaskCompletionSource<ErasureId> Certified { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> ContinueAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken)
            => id == stuck ? throw new InvalidOperationException("a row is locked") : store.ContinueAsync(tenant, id, cancellationToken);

        public async Task CertifyAsync(TenantId tenant, ErasureId id, string certificate, CancellationToken cancellationToken)
        {
            await store.CertifyAsync(tenant, id, certificate, cancellationToken);
            Certified.TrySetResult(id);
        }

        public Task<ErasurePreview?> PreviewAsync(TenantId tenant, ErasureScope scope, CancellationToken cancellationToken) => store.PreviewAsync(tenant, scope, cancellationToken);

        public Task<BeginErasureOutcome> BeginAsync(ErasureId id, ErasureScope scope, string digest, long keptEvents, AuditDraft audit, CancellationToken cancellationToken)
            => store.BeginAsync(id, scope, digest, keptEvents, audit, cancellationToken);

        public Task FinishAsync(TenantId tenant, ErasureId id, Func<Erasure, AuditDraft> audit, CancellationToken cancellationToken)
            => store.FinishAsync(tenant, id, audit, cancellationToken);

        public Task<Erasure?> FindAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken) => store.FindAsync(tenant, id, cancellationToken);

        public Task<Page<Erasure>> ListAsync(TenantId tenant, string? after, int limit, CancellationToken cancellationToken) => store.ListAsync(tenant, after, limit, cancellationToken);

        public Task<IReadOnlyList<(TenantId Tenant, ErasureId Id)>> ListOpenAsync(CancellationToken cancellationToken) => store.ListOpenAsync(cancellationToken);
    }

    /// <summary>Waits are written down, and over at once.</summary>
    /// <param name="step">What passes between any two looks at the time.</param>
    private sealed class ShortWaits(TimeSpan step) : TimeProvider
    {
        private long _looks;

        public List<TimeSpan> Waits { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ++_looks * step.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}

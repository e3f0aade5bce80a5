using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit;
using Assistant.Infrastructure.Audit.Checkpoints;
using Assistant.Testing;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

public sealed class CheckpointWorkerTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryAuditLog _log = new();
    private readonly InMemoryCheckpointStore _store = new();
    private readonly InMemoryAuditTreeStore _tiles = new();
    private readonly AuditAlarm _alarm = new();
    private readonly CheckpointDesk _desk;
    private readonly CheckpointWorker _worker;

    public CheckpointWorkerTests()
    {
        _desk = new CheckpointDesk(_log, new AuditTree(_log, _tiles), _store, new FakeCheckpointSigner(), [], _alarm, _clock, NullLogger<CheckpointDesk>.Instance);
        _worker = new CheckpointWorker(
            new FakeTenants(), _log, _desk, new WitnessPost(new FakeTenants(), _store, _log, [], _alarm, _clock, NullLogger<WitnessPost>.Instance),
            Options.Create(new CheckpointOptions()), _clock, NullLogger<CheckpointWorker>.Instance);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _worker.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task No_event_waits_longer_than_a_minute_for_its_signature()
    {
        var signedAt = new Dictionary<long, DateTimeOffset>();
        var writtenAt = new List<DateTimeOffset>();
        for (var look = 0; look < 200; look++)
        {
            Write(1);
            writtenAt.Add(_clock.GetUtcNow());
            _clock.Advance(TimeSpan.FromSeconds(5));
            await _worker.SignAsync(Cancel);
            foreach (var checkpoint in _store.Checkpoints)
            {
                for (var seq = checkpoint.Head.Size; seq > 0 && signedAt.TryAdd(seq, checkpoint.At); seq--)
                {
                }
            }
        }

        Assert.True(signedAt.Count >= 188, $"{signedAt.Count} events were signed");
        Assert.All(signedAt, signed => Assert.InRange(signed.Value - writtenAt[(int)signed.Key - 1], TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        Assert.InRange(_store.Checkpoints.Count, 17, 20);
    }

    [Fact]
    public async Task A_log_whose_checkpoints_cannot_be_read_back_holds_up_no_other()
    {
        var (tenants, other) = (new FakeTenants(), new TenantId("other"));
        await tenants.EnsureAsync(other, "Other", Cancel);
        Write(2);
        _log.Append(new AuditDraft(other, _clock.GetUtcNow(), Actor.System, "test.done", "thing/1", "local", AuditDraft.NoDetails));
        using var desk = new CheckpointDesk(
            _log, new AuditTree(_log, new InMemoryAuditTreeStore()), _store, new FakeCheckpointSigner(), [new Unreadable("default")], _alarm, _clock,
            NullLogger<CheckpointDesk>.Instance);
        using var worker = new CheckpointWorker(
            tenants, _log, desk, new WitnessPost(tenants, _store, _log, [], _alarm, _clock, NullLogger<WitnessPost>.Instance), Options.Create(new CheckpointOptions()), _clock,
            NullLogger<CheckpointWorker>.Instance);

        await worker.SignAsync(Cancel);

        Assert.Equal([other], _store.Checkpoints.Select(c => c.Tenant));
        var result = await new AuditHealthCheck(_alarm).CheckHealthAsync(new(), Cancel);
        Assert.Equal((HealthStatus.Degraded, "The audit of 'default' is not signed: Unreachable."), (result.Status, result.Description));
        Assert.Single(await _log.ReadAsync(TenantId.Default, 1, Cancel).ToListAsync(Cancel), e => e.What.Action == AuditActions.AuditAlarm);
    }

    [Fact]
    public async Task A_damaged_checkpoint_shows_and_holds_up_no_other_tenant_neither_its_signature_nor_its_witness()
    {
        var (tenants, other) = (new FakeTenants(), new TenantId("other"));
        await tenants.EnsureAsync(other, "Other", Cancel);
        var witness = new Kept();
        var post = new WitnessPost(tenants, _store, _log, [witness], _alarm, _clock, NullLogger<WitnessPost>.Instance);
        using var worker = new CheckpointWorker(tenants, _log, _desk, post, Options.Create(new CheckpointOptions()), _clock, NullLogger<CheckpointWorker>.Instance);
        Write(2);
        await worker.SignAsync(Cancel);
        _store.Checkpoints = [.. _store.Checkpoints.Select(c => c with { Note = "x" })];
        Write(2);
        _log.Append(new AuditDraft(other, _clock.GetUtcNow(), Actor.System, "test.done", "thing/1", "local", AuditDraft.NoDetails));
        _clock.Advance(TimeSpan.FromMinutes(1));

        await worker.SignAsync(Cancel);
        await post.DeliverAsync(Cancel);

        Assert.Equal([(TenantId.Default, 2L), (other, 1L)], _store.Checkpoints.Select(c => (c.Tenant, c.Head.Size)));
        Assert.Equal([other], witness.Checkpoints.Select(c => c.Tenant));
        Assert.Equal(CheckpointRefusal.Unreadable, Assert.Single(_alarm.Refused).Value.Why);
        Assert.Equal(HealthStatus.Degraded, (await new AuditHealthCheck(_alarm).CheckHealthAsync(new(), Cancel)).Status);
        Assert.Single(await _log.ReadAsync(TenantId.Default, 1, Cancel).ToListAsync(Cancel), e => e.What.Action == AuditActions.AuditAlarm);
    }

    [Fact]
    public async Task A_tree_whose_tiles_are_gone_is_made_anew_and_signed()
    {
        var (tenants, other) = (new FakeTenants(), new TenantId("other"));
        await tenants.EnsureAsync(other, "Other", Cancel);
        using var worker = new CheckpointWorker(
            tenants, _log, _desk, new WitnessPost(tenants, _store, _log, [], _alarm, _clock, NullLogger<WitnessPost>.Instance),
            Options.Create(new CheckpointOptions()), _clock, NullLogger<CheckpointWorker>.Instance);
        Write(2);
        await worker.SignAsync(Cancel);
        _tiles.LoseTiles(TenantId.Default);
        Write(2);
        _log.Append(new AuditDraft(other, _clock.GetUtcNow(), Actor.System, "test.done", "thing/1", "local", AuditDraft.NoDetails));
        _clock.Advance(TimeSpan.FromMinutes(1));

        await worker.SignAsync(Cancel);

        Assert.Equal([(TenantId.Default, 2L), (TenantId.Default, 4L), (other, 1L)], _store.Checkpoints.Select(c => (c.Tenant, c.Head.Size)));
        Assert.Empty(_alarm.Refused);
    }

    [Fact]
    public async Task A_thousand_events_do_not_wait_for_the_minute()
    {
        Write(1);
        await _worker.SignAsync(Cancel);
        Write(999);
        await _worker.SignAsync(Cancel);
        Assert.Equal([1L], _store.Checkpoints.Select(c => c.Head.Size));

        Write(1);
        await _worker.SignAsync(Cancel);

        Assert.Equal([1L, 1001], _store.Checkpoints.Select(c => c.Head.Size));
    }

    [Fact]
    public async Task A_log_that_does_not_go_on_shows_on_health_and_so_does_a_failing_witness()
    {
        var health = new AuditHealthCheck(_alarm);
        Write(3);
        await _worker.SignAsync(Cancel);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(new(), Cancel)).Status);

        _log.Tamper(3, what => what with { Subject = "user/mallory" });
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _worker.SignAsync(Cancel);
        _alarm.Set("syslog", "gone");

        var result = await health.CheckHealthAsync(new(), Cancel);
        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Contains("Diverged at event 3", result.Description, StringComparison.Ordinal);
        Assert.Contains("'syslog'", result.Description, StringComparison.Ordinal);
    }

    private void Write(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _log.Append(SignedLog.Draft(i, "anna"));
        }
    }

    private sealed class Kept : IWitness
    {
        public string Name => "kept";

        public TimeSpan Every => TimeSpan.Zero;

        public List<SignedCheckpoint> Checkpoints { get; } = [];

        public Task DeliverAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            Checkpoints.Add(checkpoint);
            return Task.CompletedTask;
        }
    }

    /// <summary>The file of one log belongs to somebody else.</summary>
    private sealed class Unreadable(string name) : ICheckpointMemory
    {
        public Task<string?> ReadLastAsync(string origin, CancellationToken cancellationToken)
            => origin.EndsWith($"/{name}", StringComparison.Ordinal) ? throw new UnauthorizedAccessException("denied") : Task.FromResult<string?>(null);
    }
}

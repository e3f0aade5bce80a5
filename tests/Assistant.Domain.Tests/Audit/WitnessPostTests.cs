using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Audit;

public sealed class WitnessPostTests
{
    private static readonly TenantId Home = TenantId.Default;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryCheckpointStore _store = new();
    private readonly FakeTenants _tenants = new();
    private readonly InMemoryAuditLog _log = new();
    private readonly AuditAlarm _alarm = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_witness_gets_every_checkpoint_once_and_in_order_also_after_a_restart()
    {
        var (one, other) = (new Listed("one"), new Listed("other"));
        await AddAsync(3, 9, 5);
        await Post(one).DeliverAsync(Cancel);
        await AddAsync(12);

        await Post(one, other).DeliverAsync(Cancel);

        Assert.Equal([3L, 5, 9, 12], one.Sizes);
        Assert.Equal([3L, 5, 9, 12], other.Sizes);
    }

    [Fact]
    public async Task A_failing_witness_is_paused_longer_each_time_shown_and_holds_up_nobody()
    {
        var (broken, other) = (new Listed("broken") { Fails = true }, new Listed("other"));
        var post = Post(broken, other);
        await AddAsync(3);
        var tries = new List<int>();
        for (var second = 0; second < 60; second++)
        {
            await post.DeliverAsync(Cancel);
            if (broken.Tries > tries.Count)
            {
                tries.Add(second);
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 5, 15, 35], tries);
        Assert.Equal([3L], other.Sizes);
        Assert.Equal("down", Assert.Single(_alarm.Failing).Value);

        broken.Fails = false;
        _clock.Advance(TimeSpan.FromMinutes(15));
        await post.DeliverAsync(Cancel);
        Assert.Equal([3L], broken.Sizes);
        Assert.Empty(_alarm.Failing);
    }

    [Fact]
    public async Task The_longest_pause_is_a_quarter_of_an_hour()
    {
        var broken = new Listed("broken") { Fails = true };
        var post = Post(broken);
        await AddAsync(3);
        for (var minute = 0; minute < 600; minute++)
        {
            await post.DeliverAsync(Cancel);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(broken.Tries, 40, 52);
    }

    [Fact]
    public async Task What_was_delivered_before_a_failure_is_not_delivered_again()
    {
        var witness = new Listed("one") { FailsFrom = 9 };
        var post = Post(witness);
        await AddAsync(3, 5, 9);
        await post.DeliverAsync(Cancel);
        witness.FailsFrom = long.MaxValue;
        _clock.Advance(TimeSpan.FromMinutes(1));

        await post.DeliverAsync(Cancel);

        Assert.Equal([3L, 5, 9], witness.Sizes);
    }

    [Fact]
    public async Task What_it_does_not_take_of_one_tenant_holds_up_no_other()
    {
        var other = new TenantId("other");
        await _tenants.EnsureAsync(other, "Other", Cancel);
        var witness = new Listed("one") { Refused = Home };
        var post = Post(witness);
        await AddAsync(3);
        await AddAsync(other, 7);

        await post.DeliverAsync(Cancel);

        Assert.Equal([7L], witness.Sizes);
        Assert.Equal("down", Assert.Single(_alarm.Failing).Value);

        witness.Refused = null;
        _clock.Advance(TimeSpan.FromSeconds(5));
        await post.DeliverAsync(Cancel);

        Assert.Equal([7L, 3], witness.Sizes);
        Assert.Empty(_alarm.Failing);
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_not_delivered_and_holds_up_no_other()
    {
        var other = new TenantId("other");
        await _tenants.EnsureAsync(other, "Other", Cancel);
        var (witness, daily) = (new Listed("one"), new Listed("daily") { Every = TimeSpan.FromDays(1) });
        var post = Post(witness, daily);
        await AddAsync(3, 5, 9);
        await AddAsync(other, 7);
        _store.Checkpoints = [.. _store.Checkpoints.Select(c => c.Head.Size == 5 ? c with { Note = "x" } : c)];

        await post.DeliverAsync(Cancel);

        Assert.Equal([3L, 9, 7], witness.Sizes);
        Assert.Equal([9L, 7], daily.Sizes);
        Assert.Equal("The checkpoint of 'default' over 5 events is damaged.", _alarm.Failing["one"]);

        // It is no fault of the witness, which gets what comes next at once.
        await AddAsync(other, 8);
        await post.DeliverAsync(Cancel);
        Assert.Equal([3L, 9, 7, 8], witness.Sizes);
    }

    [Fact]
    public async Task What_cannot_be_read_of_one_tenant_holds_up_no_other()
    {
        var other = new TenantId("other");
        await _tenants.EnsureAsync(other, "Other", Cancel);
        await AddAsync(other, 7);
        var witness = new Listed("one");
        var post = new WitnessPost(_tenants, new Unreadable(_store, Home), _log, [witness], _alarm, _clock, NullLogger<WitnessPost>.Instance);

        await post.DeliverAsync(Cancel);
        await AddAsync(other, 8);
        await post.DeliverAsync(Cancel);

        Assert.Equal([7L, 8], witness.Sizes);
        Assert.Equal("What it is to be given of 'default' could not be read.", Assert.Single(_alarm.Failing).Value);
    }

    [Fact]
    public async Task A_witness_with_a_fault_nobody_thought_of_is_paused_and_holds_up_no_tenant()
    {
        var other = new TenantId("other");
        await _tenants.EnsureAsync(other, "Other", Cancel);
        var witness = new Listed("one") { Refused = Home, Surprise = new NotSupportedException("surprise") };
        await AddAsync(3);
        await AddAsync(other, 7);
        var post = Post(witness);

        await post.DeliverAsync(Cancel);
        await post.DeliverAsync(Cancel);

        Assert.Equal([7L], witness.Sizes);
        Assert.Equal(2, witness.Tries);
        Assert.Single(_alarm.Failing);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    public async Task A_position_beyond_every_checkpoint_counts_for_nothing_and_is_an_alarm(int every)
    {
        var witness = new Listed("one") { Every = TimeSpan.FromHours(every) };
        var post = Post(witness);
        await AddAsync(3, 5);
        await _store.SavePositionAsync(Home, "one", new WitnessPosition(999_999_999, _clock.GetUtcNow()), Cancel);

        await post.DeliverAsync(Cancel);

        Assert.Equal((long[])(every == 0 ? [3, 5] : [5]), witness.Sizes);
        Assert.Equal("Its position in 'default' was beyond every checkpoint; it gets them from the beginning.", _alarm.Failing["one"]);
        var alarm = Assert.Single(await _log.ReadAsync(Home, 1, Cancel).ToListAsync(Cancel)).What;
        Assert.Equal(
            (AuditActions.AuditAlarm, "position", "one", "999999999"), (alarm.Action, alarm.Details["why"], alarm.Details["witness"], alarm.Details["seq"]));

        await post.DeliverAsync(Cancel);
        Assert.Empty(_alarm.Failing);
        Assert.Equal(5, (await _store.FindPositionAsync(Home, "one", Cancel))!.Size);
    }

    [Fact]
    public async Task A_position_where_there_is_no_checkpoint_waits_for_the_first()
    {
        var witness = new Listed("one") { Fails = true };
        var post = Post(witness);
        await _store.SavePositionAsync(Home, "one", new WitnessPosition(7, _clock.GetUtcNow()), Cancel);
        await post.DeliverAsync(Cancel);
        await AddAsync(3);
        await post.DeliverAsync(Cancel);
        witness.Fails = false;
        _clock.Advance(TimeSpan.FromMinutes(1));

        await post.DeliverAsync(Cancel);

        Assert.Equal([3L], witness.Sizes);
        Assert.Single(await _log.ReadAsync(Home, 1, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_time_to_come_keeps_nothing_from_a_witness_that_wants_few()
    {
        var daily = new Listed("daily") { Every = TimeSpan.FromDays(1) };
        await AddAsync(3, 5);
        await _store.SavePositionAsync(Home, "daily", new WitnessPosition(3, DateTimeOffset.MaxValue), Cancel);

        await Post(daily).DeliverAsync(Cancel);

        Assert.Equal([5L], daily.Sizes);
    }

    [Fact]
    public async Task One_that_does_not_answer_is_asked_once_a_round()
    {
        await _tenants.EnsureAsync(new TenantId("other"), "Other", Cancel);
        await AddAsync(3);
        await AddAsync(new TenantId("other"), 7);
        var silent = new Listed("silent") { IsSilent = true };

        var round = Post(silent).DeliverAsync(Cancel);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await round;

        Assert.Equal(1, silent.Tries);
        Assert.Equal("It did not answer within 30 seconds.", Assert.Single(_alarm.Failing).Value);
    }

    [Fact]
    public async Task A_witness_that_wants_few_gets_the_newest_now_and_then()
    {
        var daily = new Listed("daily") { Every = TimeSpan.FromDays(1) };
        var post = Post(daily);
        await AddAsync(3, 5);
        await post.DeliverAsync(Cancel);
        await AddAsync(7);
        _clock.Advance(TimeSpan.FromHours(23));
        await post.DeliverAsync(Cancel);
        Assert.Equal([5L], daily.Sizes);

        _clock.Advance(TimeSpan.FromHours(1));
        await post.DeliverAsync(Cancel);
        await post.DeliverAsync(Cancel);

        Assert.Equal([5L, 7], daily.Sizes);
    }

    private WitnessPost Post(params IWitness[] witnesses) => new(_tenants, _store, _log, witnesses, _alarm, _clock, NullLogger<WitnessPost>.Instance);

    private Task AddAsync(params long[] sizes) => AddAsync(Home, sizes);

    private async Task AddAsync(TenantId tenant, params long[] sizes)
    {
        foreach (var size in sizes)
        {
            var head = new TreeHead($"assistant/test/{tenant}", size, new byte[MerkleTree.HashSize]);
            var note = SignedNote.Format(head.Text, new CheckpointKey(head.Origin, new byte[32]), new byte[64]);
            await _store.AddAsync(new SignedCheckpoint(tenant, head, note, _clock.GetUtcNow()), Cancel);
        }
    }

    private sealed class Listed(string name) : IWitness
    {
        public string Name => name;

        public TimeSpan Every { get; init; }

        public bool Fails { get; set; }

        public TenantId? Refused { get; set; }

        /// <summary>Thrown instead of what a witness should throw.</summary>
        public Exception? Surprise { get; init; }

        /// <summary>It takes for ever.</summary>
        public bool IsSilent { get; init; }

        public long FailsFrom { get; set; } = long.MaxValue;

        public int Tries { get; private set; }

        public List<long> Sizes { get; } = [];

        public Task DeliverAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            Tries++;
            if (Fails || checkpoint.Tenant == Refused || checkpoint.Head.Size >= FailsFrom)
            {
                throw Surprise ?? new WitnessException("down");
            }

            if (IsSilent)
            {
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            Sizes.Add(checkpoint.Head.Size);
            return Task.CompletedTask;
        }
    }

    /// <summary>A database in which something of one tenant cannot be read.</summary>
    private sealed class Unreadable(InMemoryCheckpointStore store, TenantId broken) : ICheckpointStore
    {
        public Task<bool> AddAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken) => store.AddAsync(checkpoint, cancellationToken);

        public Task<SignedCheckpoint?> FindNewestAsync(TenantId tenant, CancellationToken cancellationToken)
            => tenant == broken ? throw new FormatException("not a note") : store.FindNewestAsync(tenant, cancellationToken);

        public Task<SignedCheckpoint?> FindCoveringAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
            => store.FindCoveringAsync(tenant, seq, cancellationToken);

        public Task<IReadOnlyList<SignedCheckpoint>> ListAsync(TenantId tenant, long afterSize, int limit, CancellationToken cancellationToken)
            => tenant == broken ? throw new FormatException("not a note") : store.ListAsync(tenant, afterSize, limit, cancellationToken);

        public Task<WitnessPosition?> FindPositionAsync(TenantId tenant, string witness, CancellationToken cancellationToken)
            => store.FindPositionAsync(tenant, witness, cancellationToken);

        public Task SavePositionAsync(TenantId tenant, string witness, WitnessPosition position, CancellationToken cancellationToken)
            => store.SavePositionAsync(tenant, witness, position, cancellationToken);
    }
}

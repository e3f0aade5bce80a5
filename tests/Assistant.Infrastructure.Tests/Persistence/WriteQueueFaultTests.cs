using System.Data.Common;
using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tenancy;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>Units that throw, are refused or given up: the others of their batch do not notice.</summary>
public abstract class WriteQueueFaultTests(bool onPostgres) : WriteQueueRig(onPostgres)
{
    private const string InsertOrphan = "INSERT INTO orphans (parent) VALUES (@p0)";

    [Fact]
    public async Task A_unit_that_throws_fails_alone()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 9, (q, i) => i == 4
            ? q.ExecuteAsync<int>(TenantScope.System, session => session.Execute(Insert, i, "gone") > 0 ? throw new InvalidDataException("A bug.") : 0, Cancel)
            : WriteAsync(q, i));
        Gate.Set();

        Assert.Equal("A bug.", (await Assert.ThrowsAsync<InvalidDataException>(() => units[4])).Message);
        await Task.WhenAll(units.Where((_, i) => i != 4));

        Assert.Equal(8, await CountAsync());
    }

    [Fact]
    public async Task A_statement_the_database_refuses_fails_alone()
    {
        await using var queue = NewQueue();
        await WriteAsync(queue, 7);
        var units = await QueueBehindGateAsync(queue, 9, WriteAsync);
        Gate.Set();

        await Assert.ThrowsAnyAsync<DbException>(() => units[7]);
        await Task.WhenAll(units.Where((_, i) => i != 7));

        Assert.Equal(9, await CountAsync());
    }

    [Fact]
    public async Task A_unit_the_commit_itself_refuses_is_told_so_and_fails_alone()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 5, (q, i) => i == 2 ? q.ExecuteAsync(TenantScope.System, session => session.Execute(InsertOrphan, 99), Cancel) : WriteAsync(q, i));
        Gate.Set();

        await Assert.ThrowsAnyAsync<DbException>(() => units[2]);
        await Task.WhenAll(units.Where((_, i) => i != 2));

        Assert.Equal(4, await CountAsync());
    }

    [Fact]
    public async Task What_was_committed_is_not_written_again_when_the_answer_was_lost()
    {
        await using var queue = NewQueue();
        await WriteAsync(queue, 1);
        LoseNextAnswer();
        var units = await QueueBehindGateAsync(queue, 2, (q, i) => q.ExecuteAsync(TenantScope.System, session => session.Execute(InsertOrphan, 1), Cancel));
        Gate.Set();

        foreach (var unit in units)
        {
            await Assert.ThrowsAsync<LostAnswerException>(() => unit);
        }

        Assert.Equal(2, await CountAsync("orphans"));
        await WriteAsync(queue, 2);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Events_are_published_once_and_only_after_the_commit()
    {
        var feed = new WatchingFeed(CountFromOutside);
        await using var queue = NewQueue(feed);
        var units = await QueueBehindGateAsync(queue, 3, (q, i) => q.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                session.Publish(new LiveEvent.PairingChanged(new TenantId($"t{i}")));
                session.Execute(Insert, i, "x");
                return i == 1 ? throw new InvalidDataException("A bug.") : i;
            },
            Cancel));
        Gate.Set();

        await Task.WhenAll(units[0], units[2]);
        await Assert.ThrowsAsync<InvalidDataException>(() => units[1]);

        // The batch was split: each survivor's event came after its own commit, the failed one's not at all.
        Assert.Equal([("t0", 1), ("t2", 2)], feed.Seen);
    }

    [Fact]
    public async Task The_audit_chain_has_no_gap_where_a_unit_failed()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 6, (q, i) => q.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                var seq = session.Audit(new AuditDraft(
                    TenantId.Default, DateTimeOffset.UnixEpoch, Actor.System, "test", $"unit/{i}", "local", AuditDraft.NoDetails));
                return i == 3 ? throw new InvalidDataException("A bug.") : seq;
            },
            Cancel));
        Gate.Set();
        await Assert.ThrowsAsync<InvalidDataException>(() => units[3]);
        await Task.WhenAll(units.Where((_, i) => i != 3));

        var subjects = new List<string>();
        await foreach (var written in Audit.ReadAsync(TenantId.Default, 1, Cancel))
        {
            Assert.Equal(written.Seq, written.What.Subject.StartsWith("unit/", StringComparison.Ordinal) ? await units[Unit(written)] : written.Seq);
            subjects.Add(written.What.Subject);
        }

        Assert.Equal(["unit/0", "unit/1", "unit/2", "unit/4", "unit/5"], subjects.Where(s => s.StartsWith("unit/", StringComparison.Ordinal)));
        Assert.IsType<AuditVerdict.Intact>(await AuditVerifier.VerifyAsync(
            TenantId.Default, Audit.ReadAsync(TenantId.Default, 1, Cancel), [], DateTimeOffset.UnixEpoch, Cancel));

        static int Unit(AuditEvent written) => int.Parse(written.What.Subject["unit/".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_broken_connection_is_replaced()
    {
        await using var queue = NewQueue();
        await Assert.ThrowsAnyAsync<DbException>(() => queue.ExecuteAsync(
            TenantScope.System,
            session => session.Execute(OnPostgres ? "SELECT pg_terminate_backend(pg_backend_pid())" : "SELECT * FROM nowhere"), Cancel));

        await WriteAsync(queue, 1);

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_unit_cancelled_before_it_begins_does_not_run()
    {
        await using var queue = NewQueue();
        using var giveUp = new CancellationTokenSource();
        var hasRun = false;
        var units = await QueueBehindGateAsync(queue, 2, (q, i) => i == 0
            ? q.ExecuteAsync(
                TenantScope.System,
                session =>
                {
                    hasRun = true;
                    return session.Execute(Insert, 0, "x");
                },
                giveUp.Token)
            : WriteAsync(q, i));

        await giveUp.CancelAsync();
        Gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => units[0]);
        await units[1];
        Assert.False(hasRun);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_unit_cancelled_after_it_began_is_committed_and_says_so()
    {
        await using var queue = NewQueue();
        using var giveUp = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var unit = queue.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                begun.SetResult();
                Gate.Wait(Cancel);
                return session.Execute(Insert, 1, "x");
            },
            giveUp.Token);
        await begun.Task;

        await giveUp.CancelAsync();
        Gate.Set();

        Assert.Equal(1, await unit);
        Assert.Equal(1, await CountAsync());
    }

    /// <summary>Notes what was committed when each event came.</summary>
    private sealed class WatchingFeed(Func<int> committed) : ILiveFeed
    {
        public List<(string Tenant, int Committed)> Seen { get; } = [];

        public void Publish(LiveEvent liveEvent) => Seen.Add((liveEvent.Tenant.Value, committed()));

        public bool HasListeners(TenantId tenant) => true;

        public ILiveSubscription Subscribe(TenantId tenant, int capacity) => throw new NotSupportedException();
    }
}

public sealed class SqliteWriteQueueFaultTests() : WriteQueueFaultTests(onPostgres: false);

public sealed class PostgresWriteQueueFaultTests() : WriteQueueFaultTests(onPostgres: true)
{
    [Fact]
    public async Task A_connection_the_server_dropped_meanwhile_costs_the_next_unit_nothing()
    {
        await using var queue = NewQueue();
        EndBackend(await queue.ExecuteAsync(TenantScope.System, BackendOf, Cancel));

        await WriteAsync(queue, 1);

        Assert.Equal(1, await CountAsync());
        Assert.Equal(2, Opened);
    }

    [Fact]
    public async Task A_unit_that_loses_the_next_connection_as_well_fails()
    {
        await using var queue = NewQueue();
        await WriteAsync(queue, 1);

        await Assert.ThrowsAnyAsync<DbException>(() => queue.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                EndBackend(BackendOf(session));
                return session.Execute(Insert, 2, "x");
            },
            Cancel));

        Assert.Equal(2, Opened);
        await WriteAsync(queue, 3);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_connection_lost_inside_a_unit_of_EF_is_replaced()
    {
        await using var queue = NewQueue();
        var isLost = false;

        await Assert.ThrowsAnyAsync<Exception>(() => queue.ExecuteAsync(
            TenantScope.System,
            session => session.WithContext(TenantScope.System, context =>
            {
                EndBackend(BackendOf(session));
                try
                {
                    return context.Set<TenantRow>().Count();
                }
                finally
                {
                    isLost = session.IsLost;
                }
            }),
            Cancel));

        Assert.True(isLost);
        await WriteAsync(queue, 1);
        Assert.Equal(1, await CountAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_was_made_to_read_only_is_not_used_again_once_it_was_refused_to_write(bool byEF)
    {
        await using var queue = NewQueue();
        await queue.ExecuteAsync(TenantScope.System, session => session.Execute("SELECT set_config('default_transaction_read_only', 'on', false)"), Cancel);

        await Assert.ThrowsAnyAsync<Exception>(() => byEF
            ? queue.ExecuteAsync(
                TenantScope.System,
                session => session.WithContext(TenantScope.System, context =>
                {
                    context.Set<TenantRow>().Add(new TenantRow { Id = "new", DisplayName = "New" });
                    return 1;
                }),
                Cancel)
            : WriteAsync(queue, 1));
        await WriteAsync(queue, 2);

        Assert.Equal(1, await CountAsync());
    }

    private static int BackendOf(SqlSession session) => session.QueryFirst("SELECT pg_backend_pid()", r => r.GetInt32(0));
}

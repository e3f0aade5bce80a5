using System.Data.Common;
using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>What every caller of the single writer relies on.</summary>
public abstract class WriteQueueTests(bool onPostgres) : IAsyncLifetime
{
    private const string Insert = "INSERT INTO written (id, note) VALUES (@p0, @p1)";
    private const string InsertOrphan = "INSERT INTO orphans (parent) VALUES (@p0)";

    private readonly ManualResetEventSlim _gate = new();
    private Stores _stores = null!;
    private CountingDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _stores = await Stores.CreateAsync(onPostgres, TimeProvider.System, TenantId.Default);
        _database = new CountingDatabase(_stores.Database);
        await _stores.Writes.ExecuteAsync(
            session =>
            {
                session.Execute("CREATE TABLE written (id INTEGER PRIMARY KEY, note TEXT NOT NULL)");
                return session.Execute("CREATE TABLE orphans (parent INTEGER REFERENCES written (id) DEFERRABLE INITIALLY DEFERRED)");
            },
            Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _gate.Set();
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        _gate.Dispose();
    }

    [Fact]
    public async Task Units_that_wait_share_one_commit()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 20, WriteAsync);
        _gate.Set();

        await Task.WhenAll(units);

        Assert.Equal(1, _database.Transactions);
        Assert.Equal(20, await CountAsync());
    }

    [Theory]
    [InlineData(1, 11)]
    [InlineData(4, 3)]
    public async Task A_batch_has_its_limit(int maxBatch, int transactions)
    {
        await using var queue = NewQueue(maxBatch: maxBatch);
        var units = await QueueBehindGateAsync(queue, 10, WriteAsync);
        _gate.Set();

        await Task.WhenAll(units);

        Assert.Equal(transactions, _database.Transactions);
    }

    [Fact]
    public async Task Units_run_in_the_order_they_were_queued_each_with_its_own_result()
    {
        await using var queue = NewQueue();
        var order = new List<int>();

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => queue.ExecuteAsync(
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
    public async Task A_unit_that_throws_fails_alone()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 9, (q, i) => i == 4
            ? q.ExecuteAsync<int>(session => session.Execute(Insert, i, "gone") > 0 ? throw new InvalidDataException("A bug.") : 0, Cancel)
            : WriteAsync(q, i));
        _gate.Set();

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
        _gate.Set();

        await Assert.ThrowsAnyAsync<DbException>(() => units[7]);
        await Task.WhenAll(units.Where((_, i) => i != 7));

        Assert.Equal(9, await CountAsync());
    }

    [Fact]
    public async Task A_unit_the_commit_itself_refuses_is_told_so_and_fails_alone()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, 5, (q, i) => i == 2 ? q.ExecuteAsync(session => session.Execute(InsertOrphan, 99), Cancel) : WriteAsync(q, i));
        _gate.Set();

        await Assert.ThrowsAnyAsync<DbException>(() => units[2]);
        await Task.WhenAll(units.Where((_, i) => i != 2));

        Assert.Equal(4, await CountAsync());
    }

    [Fact]
    public async Task Events_are_published_once_and_only_after_the_commit()
    {
        var feed = new WatchingFeed(CountFromOutside);
        await using var queue = NewQueue(feed);
        var units = await QueueBehindGateAsync(queue, 3, (q, i) => q.ExecuteAsync(
            session =>
            {
                session.Publish(new LiveEvent.PairingChanged(new TenantId($"t{i}")));
                session.Execute(Insert, i, "x");
                return i == 1 ? throw new InvalidDataException("A bug.") : i;
            },
            Cancel));
        _gate.Set();

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
            session =>
            {
                var seq = session.Audit(new AuditDraft(
                    TenantId.Default, DateTimeOffset.UnixEpoch, Actor.System, "test", $"unit/{i}", "local", AuditDraft.NoDetails));
                return i == 3 ? throw new InvalidDataException("A bug.") : seq;
            },
            Cancel));
        _gate.Set();
        await Assert.ThrowsAsync<InvalidDataException>(() => units[3]);
        await Task.WhenAll(units.Where((_, i) => i != 3));

        var subjects = new List<string>();
        await foreach (var written in _stores.Audit.ReadAsync(TenantId.Default, 1, Cancel))
        {
            Assert.Equal(written.Seq, written.What.Subject.StartsWith("unit/", StringComparison.Ordinal) ? await units[Unit(written)] : written.Seq);
            subjects.Add(written.What.Subject);
        }

        Assert.Equal(["unit/0", "unit/1", "unit/2", "unit/4", "unit/5"], subjects.Where(s => s.StartsWith("unit/", StringComparison.Ordinal)));
        Assert.IsType<AuditVerdict.Intact>(await AuditVerifier.VerifyAsync(
            TenantId.Default, _stores.Audit.ReadAsync(TenantId.Default, 1, Cancel), [], DateTimeOffset.UnixEpoch, Cancel));

        static int Unit(AuditEvent written) => int.Parse(written.What.Subject["unit/".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_broken_connection_is_replaced()
    {
        await using var queue = NewQueue();
        await Assert.ThrowsAnyAsync<DbException>(() => queue.ExecuteAsync(
            session => session.Execute(onPostgres ? "SELECT pg_terminate_backend(pg_backend_pid())" : "SELECT * FROM nowhere"), Cancel));

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
                session =>
                {
                    hasRun = true;
                    return session.Execute(Insert, 0, "x");
                },
                giveUp.Token)
            : WriteAsync(q, i));

        await giveUp.CancelAsync();
        _gate.Set();

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
            session =>
            {
                begun.SetResult();
                _gate.Wait(Cancel);
                return session.Execute(Insert, 1, "x");
            },
            giveUp.Token);
        await begun.Task;

        await giveUp.CancelAsync();
        _gate.Set();

        Assert.Equal(1, await unit);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task When_the_queue_is_full_callers_wait_and_may_give_up_and_nothing_is_dropped()
    {
        await using var queue = NewQueue();
        var units = await QueueBehindGateAsync(queue, WriteQueue.Capacity, (q, i) => q.ExecuteAsync(_ => i, Cancel));
        using var giveUp = new CancellationTokenSource();

        var one = queue.ExecuteAsync(_ => -1, giveUp.Token);
        var other = queue.ExecuteAsync(_ => -2, Cancel);
        await giveUp.CancelAsync();

        // The writer stands still: only who waits outside can give up by now.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(other.IsCompleted);
        _gate.Set();
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
        _gate.Set();
        await closing;

        await Task.WhenAll(units);
        Assert.Equal(50, await CountAsync());
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => WriteAsync(queue, 51));
    }

    [Fact]
    public async Task A_queue_nobody_used_opens_no_connection()
    {
        await NewQueue().DisposeAsync();

        Assert.Equal(0, _database.Opened);
    }

    private WriteQueue NewQueue(ILiveFeed? feed = null, int maxBatch = 512)
        => new(_database, feed ?? new InMemoryLiveFeed(), Options.Create(new DatabaseOptions { MaxBatch = maxBatch }), NullLogger<WriteQueue>.Instance);

    /// <summary>Queues units behind one that has begun and waits for the gate inside its transaction.</summary>
    private async Task<Task<T>[]> QueueBehindGateAsync<T>(WriteQueue queue, int count, Func<WriteQueue, int, Task<T>> unit)
    {
        var begun = new TaskCompletionSource();
        var first = queue.ExecuteAsync(
            _ =>
            {
                begun.TrySetResult(); // again when a batch is split
                _gate.Wait(Cancel);
                return true;
            },
            Cancel);
        await Task.WhenAny(begun.Task, first);
        return [.. Enumerable.Range(0, count).Select(i => unit(queue, i))];
    }

    private static Task<int> WriteAsync(WriteQueue queue, int id) => queue.ExecuteAsync(session => session.Execute(Insert, id, "x"), Cancel);

    private async Task<int> CountAsync() => await _stores.Reads.ReadAsync(Count, Cancel);

    /// <summary>What another connection sees at this moment.</summary>
    private int CountFromOutside()
    {
        using var session = new SqlSession(_stores.Database, _stores.Database.Open(forWriting: false));
        return Count(session);
    }

    private static int Count(SqlSession session) => session.QueryFirst("SELECT COUNT(*) FROM written", r => (int)r.GetInt64(0));

    /// <summary>Notes what was committed when each event came.</summary>
    private sealed class WatchingFeed(Func<int> committed) : ILiveFeed
    {
        public List<(string Tenant, int Committed)> Seen { get; } = [];

        public void Publish(LiveEvent liveEvent) => Seen.Add((liveEvent.Tenant.Value, committed()));

        public bool HasListeners(TenantId tenant) => true;

        public ILiveSubscription Subscribe(TenantId tenant, int capacity) => throw new NotSupportedException();
    }

    private sealed class CountingDatabase(IDatabase inner) : IDatabase
    {
        public int Opened { get; private set; }

        public int Transactions { get; private set; }

        public bool IsPostgres => inner.IsPostgres;

        public string ForUpdate => inner.ForUpdate;

        public DbConnection Open(bool forWriting)
        {
            Opened++;
            return inner.Open(forWriting);
        }

        public SqlStatement Prepare(DbConnection connection, string sql, int parameters) => inner.Prepare(connection, sql, parameters);

        public DbTransaction BeginWrite(DbConnection connection)
        {
            Transactions++;
            return inner.BeginWrite(connection);
        }

        public AssistantDbContext OpenContext(TenantScope scope) => inner.OpenContext(scope);

        public AssistantDbContext EnlistContext(DbConnection connection, DbTransaction transaction, TenantScope scope)
            => inner.EnlistContext(connection, transaction, scope);

        public Task MigrateAsync(CancellationToken cancellationToken) => inner.MigrateAsync(cancellationToken);
    }
}

public sealed class SqliteWriteQueueTests() : WriteQueueTests(onPostgres: false);

public sealed class PostgresWriteQueueTests() : WriteQueueTests(onPostgres: true);

using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Testing.InMemory;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>A write queue over a new database of either kind, and a gate that makes units wait for each other.</summary>
public abstract class WriteQueueRig(bool onPostgres) : IAsyncLifetime
{
    protected const string Insert = "INSERT INTO written (id, note) VALUES (@p0, @p1)";

    private Stores _stores = null!;
    private CountingDatabase _database = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Holds back what was queued behind it.</summary>
    protected ManualResetEventSlim Gate { get; } = new();

    protected int Transactions => _database.Transactions;

    protected int Opened => _database.Opened;

    protected IAuditLog Audit => _stores.Audit;

    protected bool OnPostgres => onPostgres;

    public async ValueTask InitializeAsync()
    {
        _stores = await Stores.CreateAsync(OnPostgres, TimeProvider.System, TenantId.Default);
        _database = new CountingDatabase(_stores.Database);
        await using var schema = _database.OpenSchemaContext();
        await schema.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE written (id INTEGER PRIMARY KEY, note TEXT NOT NULL);
            CREATE TABLE orphans (parent INTEGER REFERENCES written (id) DEFERRABLE INITIALLY DEFERRED);
            """,
            Cancel);
        if (OnPostgres)
        {
            await schema.Database.ExecuteSqlRawAsync("GRANT SELECT, INSERT, UPDATE, DELETE ON written, orphans TO PUBLIC", Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Gate.Set();
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        Gate.Dispose();
    }

    private protected WriteQueue NewQueue(ILiveFeed? feed = null, int maxBatch = 512)
        => new(_database, feed ?? new InMemoryLiveFeed(), _stores.AuditKeys, Options.Create(new DatabaseOptions { MaxBatch = maxBatch }), NullLogger<WriteQueue>.Instance);

    private protected WarmReads NewReads(WriteQueue queue) => new(_database, queue, _stores.Reads);

    private protected SharedReads NewSharedReads() => new(_database, _stores.Reads);

    /// <summary>Queues units behind one that has begun and waits for the gate inside its transaction.</summary>
    private protected async Task<Task<T>[]> QueueBehindGateAsync<T>(WriteQueue queue, int count, Func<WriteQueue, int, Task<T>> unit)
    {
        var begun = new TaskCompletionSource();
        var first = queue.ExecuteAsync(
            TenantScope.System,
            _ =>
            {
                begun.TrySetResult(); // again when a batch is split
                Gate.Wait(Cancel);
                return true;
            },
            Cancel);
        await Task.WhenAny(begun.Task, first);
        return [.. Enumerable.Range(0, count).Select(i => unit(queue, i))];
    }

    private protected static Task<int> WriteAsync(WriteQueue queue, int id) => queue.ExecuteAsync(TenantScope.System, session => session.Execute(Insert, id, "x"), Cancel);

    /// <summary>Has the next commit happen and its answer get lost with the connection.</summary>
    protected void LoseNextAnswer() => _database.LosesNextAnswer = true;

    /// <summary>Ends another connection, as a server that goes down does.</summary>
    protected void EndBackend(int process)
    {
        using var schema = _stores.Database.OpenSchemaContext();
        schema.Database.ExecuteSqlRaw("SELECT pg_terminate_backend({0}, 5000)", process);
    }

    protected async Task<int> CountAsync() => await _stores.Reads.ReadAsync(TenantScope.System, Count, Cancel);

    protected async Task<int> CountAsync(string table)
        => await _stores.Reads.ReadAsync(TenantScope.System, session => session.QueryFirst($"SELECT COUNT(*) FROM {table}", r => (int)r.GetInt64(0)), Cancel);

    /// <summary>What another connection sees at this moment.</summary>
    protected int CountFromOutside()
    {
        using var session = new SqlSession(_stores.Database, _stores.Database.Open(forWriting: false));
        return Count(session);
    }

    private protected static int Count(SqlSession session) => session.QueryFirst("SELECT COUNT(*) FROM written", r => (int)r.GetInt64(0));
}

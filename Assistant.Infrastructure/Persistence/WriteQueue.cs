// Many units of work share one commit.
//
// The idea: one thread owns the only writing connection. It takes whatever units wait, runs them one after another inside one
// transaction, commits once, and only then tells the callers. While the disk syncs, the next batch gathers, so the number of
// commits falls as load grows and nobody waits for a timer.
// The invariant: a caller's task completes successfully only after its unit is on disk.
// A unit that throws would poison its batch: the batch is rolled back and its units run again one by one, so that the guilty one
// fails alone. Rejected: a savepoint per unit (two more statements each, paid on every good day for a bad one).
// A commit whose answer was lost with the connection may have happened: each of its units fails, and none runs again.
// Before the commit nothing has happened: a batch that finds its kept connection dropped by the server runs once more on a new one.
// When the queue is full callers wait; nothing is dropped.
using System.Threading.Channels;
using Assistant.Domain.Observability;
using Assistant.Infrastructure.Audit.Bodies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Persistence;

/// <summary>The single writer of this process. Safe for concurrent use; units run in the order they were queued.</summary>
internal interface IWriteQueue
{
    /// <summary>Runs the unit in a transaction shared with others; completes after the commit.</summary>
    /// <param name="scope">Whose rows the unit may see and write, where the database itself keeps tenants apart.</param>
    /// <param name="cancellationToken">Keeps a unit that has not begun from running; one that has begun runs to its commit.</param>
    /// <exception cref="OperationCanceledException">Nothing of the unit was written.</exception>
    Task<T> ExecuteAsync<T>(TenantScope scope, Func<WriteSession, T> unit, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IWriteQueue"/>
internal sealed partial class WriteQueue : IWriteQueue, IAsyncDisposable
{
    /// <summary>Units that may wait; beyond it callers wait.</summary>
    internal const int Capacity = 20_000;

    private readonly IDatabase _database;
    private readonly ILiveFeed _live;
    private readonly AuditKeys _auditKeys;
    private readonly ILogger<WriteQueue> _logger;
    private readonly int _maxBatch;
    private readonly Channel<Unit> _units = Channel.CreateBounded<Unit>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Lazy<Task> _writer;
    private WriteSession? _session;

    public WriteQueue(IDatabase database, ILiveFeed live, AuditKeys auditKeys, IOptions<DatabaseOptions> options, ILogger<WriteQueue> logger)
    {
        (_database, _live, _auditKeys, _logger, _maxBatch) = (database, live, auditKeys, logger, options.Value.MaxBatch);
        _writer = new(() => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    public async Task<T> ExecuteAsync<T>(TenantScope scope, Func<WriteSession, T> unit, CancellationToken cancellationToken)
    {
        _ = _writer.Value;
        var item = new Unit<T>(scope, unit, cancellationToken);
        if (!_units.Writer.TryWrite(item))
        {
            await _units.Writer.WriteAsync(item, cancellationToken);
        }

        return await item.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _units.Writer.TryComplete();
        if (_writer.IsValueCreated)
        {
            await _writer.Value;
        }

        _session?.Dispose();
    }

    private void Run()
    {
        var batch = new List<Unit>(_maxBatch);
        var reader = _units.Reader;
        while (reader.TryRead(out var first) || WaitForNext(reader, out first))
        {
            batch.Add(first!);
            RunBatch(batch, reader);
            batch.Clear();
        }
    }

    private static bool WaitForNext(ChannelReader<Unit> reader, out Unit? unit)
    {
        unit = null;
        // This thread has nothing else to do: blocking it is its idle state.
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (reader.TryRead(out unit))
            {
                return true;
            }
        }

        return false;
    }

    private void RunBatch(List<Unit> batch, ChannelReader<Unit> more)
    {
        var wasKept = _session is not null;
        try
        {
            var session = _session ??= new WriteSession(_database, _database.Open(forWriting: true), _live, _auditKeys);
            session.Begin();
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Run(session);
                if (i == batch.Count - 1 && batch.Count < _maxBatch && more.TryRead(out var next))
                {
                    batch.Add(next);
                }
            }

            Publish(session.Commit());
            foreach (var unit in batch)
            {
                unit.Complete();
            }
        }
        catch (Exception error)
        {
            var mayBeWritten = _session is { MayHaveCommitted: true };
            var wasDropped = wasKept && !mayBeWritten && _session is { IsLost: true };
            RecoverFrom(error);
            if (wasDropped)
            {
                // The server dropped it while nobody looked, and a unit may be run again.
                RunBatch(batch, more);
                return;
            }

            if (batch.Count == 1 || mayBeWritten)
            {
                foreach (var unit in batch)
                {
                    unit.Fail(error);
                }

                return;
            }

            LogBatchSplit(_logger, error, batch.Count);
            foreach (var unit in batch)
            {
                RunBatch([unit], EmptyReader);
            }
        }
    }

    private void RecoverFrom(Exception error)
    {
        _session?.Rollback();
        var mayOnlyRead = StorageFault.IsOfReadOnlySession(error);
        if (mayOnlyRead)
        {
            _database.ForgetConnections(); // it would be the next one again, and stay so after the database may be written
        }

        if (mayOnlyRead || error is System.Data.Common.DbException || _session is { IsLost: true })
        {
            // A failed statement may mean a lost connection, and EF wraps what it says: start afresh, it costs a millisecond.
            _session?.Dispose();
            _session = null;
        }
    }

    private void Publish(LiveEvent[] events)
    {
        foreach (var liveEvent in events)
        {
            _live.Publish(liveEvent);
        }
    }

    private static readonly ChannelReader<Unit> EmptyReader = CreateEmptyReader();

    private static ChannelReader<Unit> CreateEmptyReader()
    {
        var channel = Channel.CreateBounded<Unit>(1);
        channel.Writer.Complete();
        return channel.Reader;
    }

    private abstract class Unit
    {
        public abstract void Run(WriteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Unit<T>(TenantScope scope, Func<WriteSession, T> work, CancellationToken cancellationToken) : Unit
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private bool _isSkipped;

        public Task<T> Completion => _completion.Task;

        public override void Run(WriteSession session)
        {
            _isSkipped = cancellationToken.IsCancellationRequested;
            if (!_isSkipped)
            {
                _result = session.Within(scope, work);
            }
        }

        public override void Complete()
        {
            if (_isSkipped)
            {
                _completion.TrySetCanceled(cancellationToken);
            }
            else
            {
                _completion.TrySetResult(_result!);
            }
        }

        public override void Fail(Exception error) => _completion.TrySetException(error);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of {Count} units failed and runs again one by one")]
    private static partial void LogBatchSplit(ILogger logger, Exception error, int count);
}

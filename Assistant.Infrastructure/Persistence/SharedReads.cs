using System.Collections.Concurrent;

namespace Assistant.Infrastructure.Persistence;

/// <summary>Short reads that many turns make at about the same time, of what may have been written long ago.</summary>
internal interface ISharedReads
{
    /// <summary>Runs the read; it sees every unit that had completed before this was called.</summary>
    /// <inheritdoc cref="IReadPool.ReadAsync"/>
    Task<T> ReadAsync<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken);
}

/// <inheritdoc cref="ISharedReads"/>
/// <remarks>
/// SQLite empties a reader's page cache whenever somebody has written, so a read alone fetches every page on its way. Turns come in waves, as
/// commits release them: the reads of a wave share one snapshot, and most pages are fetched once for all of them. On PostgreSQL, which has one
/// cache for all, each read takes a connection for itself.
/// </remarks>
internal sealed class SharedReads(IDatabase database, IReadPool reads) : ISharedReads
{
    /// <summary>Reads that share one snapshot at most.</summary>
    internal const int MaxTogether = 32;

    // A second one, so that a read from a cold disk does not keep all others waiting.
    private const int MaxServing = 2;

    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private int _serving;

    public Task<T> ReadAsync<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken)
    {
        if (database.IsPostgres)
        {
            return reads.ReadAsync(scope, read, cancellationToken).AsTask();
        }

        var item = new Waiting<T>(scope, read, cancellationToken);
        _waiting.Enqueue(item);
        ServeMore();
        return item.Completion;
    }

    private void ServeMore()
    {
        var serving = Volatile.Read(ref _serving);
        if (serving < MaxServing && (serving == 0 || _waiting.Count > MaxTogether)
            && Interlocked.CompareExchange(ref _serving, serving + 1, serving) == serving)
        {
            // Behind the turns that were released together: they queue their reads first.
            ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.ServeAsync(), this, preferLocal: false);
        }
    }

    private async Task ServeAsync()
    {
        do
        {
            try
            {
                await reads.ReadAsync(TenantScope.System, RunSome, CancellationToken.None);
            }
            catch (Exception error)
            {
                FailAll(error); // no connection could be had
            }
        }
        while (!_waiting.IsEmpty);

        Interlocked.Decrement(ref _serving);
        if (!_waiting.IsEmpty)
        {
            ServeMore(); // queued while this one left
        }
    }

    // The snapshot begins with the first statement: whoever waits by now sees all that completed before they began to wait.
    private int RunSome(SqlSession session)
    {
        var count = Math.Min(_waiting.Count, MaxTogether);
        for (var i = 0; i < count && _waiting.TryDequeue(out var item); i++)
        {
            item.Run(session);
        }

        return count;
    }

    private void FailAll(Exception error)
    {
        while (_waiting.TryDequeue(out var item))
        {
            item.Fail(error);
        }
    }

    private abstract class Waiting
    {
        public abstract void Run(SqlSession session);

        public abstract void Fail(Exception error);
    }

    private sealed class Waiting<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken) : Waiting
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Completion => _completion.Task;

        public override void Run(SqlSession session)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _completion.TrySetCanceled(cancellationToken);
                return;
            }

            try
            {
                _completion.TrySetResult(session.Within(scope, read));
            }
            catch (Exception error)
            {
                _completion.TrySetException(error); // the one boundary: it fails alone
            }
        }

        public override void Fail(Exception error) => _completion.TrySetException(error);
    }
}

using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Persistence;

/// <summary>A few connections kept open for the hot path's reads, with their statements prepared. Callers wait when all are in use.</summary>
internal interface IReadPool
{
    /// <summary>Runs a short read in one snapshot; the delegate must not keep the session.</summary>
    /// <param name="scope">Whose rows the read may see, where the database itself keeps tenants apart.</param>
    ValueTask<T> ReadAsync<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IReadPool"/>
internal sealed class ReadPool(IDatabase database, IOptions<DatabaseOptions> options) : IReadPool, IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Value.Readers);
    private readonly ConcurrentBag<SqlSession> _sessions = [];

    public async ValueTask<T> ReadAsync<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            for (; ; )
            {
                var session = _sessions.TryTake(out var kept) ? kept : new SqlSession(database, database.Open(forWriting: false));
                try
                {
                    var result = session.InSnapshot(scope, read);
                    _sessions.Add(session);
                    return result;
                }
                catch (DbException) when (kept is not null && session.IsLost)
                {
                    // The server dropped it while nobody looked, and a read may be done again.
                    session.Dispose();
                }
                catch
                {
                    session.Dispose();
                    throw;
                }
            }
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        foreach (var session in _sessions)
        {
            session.Dispose();
        }

        _free.Dispose();
    }
}

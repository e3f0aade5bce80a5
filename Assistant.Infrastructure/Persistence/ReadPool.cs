using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Persistence;

/// <summary>A few connections kept open for the hot path's reads, with their statements prepared. Callers wait when all are in use.</summary>
internal interface IReadPool
{
    /// <summary>Runs a short read as <see cref="SqlSession.InSnapshot{T}"/> does; the delegate must not keep the session.</summary>
    /// <param name="scope">Whose rows the read may see, where the database itself keeps tenants apart.</param>
    ValueTask<T> ReadAsync<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IReadPool"/>
internal sealed class ReadPool : IReadPool, IDisposable
{
    // One place per connection that may be open; empty until it was needed. Under load most reads wait for one a moment, and waiting in a
    // channel costs a third of waiting for a semaphore with a token.
    private readonly Channel<SqlSession?> _places;
    private readonly IDatabase _database;

    public ReadPool(IDatabase database, IOptions<DatabaseOptions> options)
    {
        _database = database;
        _places = Channel.CreateUnbounded<SqlSession?>();
        for (var i = 0; i < options.Value.Readers; i++)
        {
            _places.Writer.TryWrite(null);
        }
    }

    public async ValueTask<T> ReadAsync<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken)
    {
        var session = await _places.Reader.ReadAsync(cancellationToken);
        try
        {
            for (; ; )
            {
                var wasKept = session is not null;
                session ??= new SqlSession(_database, _database.Open(forWriting: false));
                try
                {
                    return session.InSnapshot(scope, read);
                }
                catch (DbException) when (wasKept && session.IsLost)
                {
                    // The server dropped it while nobody looked, and a read may be done again.
                    Drop(ref session);
                }
                catch
                {
                    Drop(ref session);
                    throw;
                }
            }
        }
        finally
        {
            Put(session);
        }
    }

    public void Dispose()
    {
        _places.Writer.TryComplete();
        while (_places.Reader.TryRead(out var session))
        {
            session?.Dispose();
        }
    }

    private static void Drop(ref SqlSession? session)
    {
        session?.Dispose();
        session = null;
    }

    // Once the pool is disposed, whatever was still reading closes its own.
    private void Put(SqlSession? session)
    {
        if (!_places.Writer.TryWrite(session))
        {
            session?.Dispose();
        }
    }
}

namespace Assistant.Infrastructure.Persistence;

/// <summary>Short reads of what was written a moment ago, several for each message that comes in.</summary>
internal interface IWarmReads
{
    /// <summary>Runs the read; it sees every unit that has completed.</summary>
    /// <inheritdoc cref="IReadPool.ReadAsync"/>
    ValueTask<T> ReadAsync<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IWarmReads"/>
/// <remarks>
/// SQLite empties a connection's page cache as soon as another connection has written: under load a reader fetches every page anew, and the only
/// cache that stays warm is the writer's own. So there such a read takes its turn among the units of work. PostgreSQL has one cache for all, and
/// each statement is a way there and back: readers go beside the writer.
/// Only for what lies in pages just written: whatever may come from a cold disk would have everybody wait who writes.
/// </remarks>
internal sealed class WarmReads(IDatabase database, IWriteQueue writes, IReadPool reads) : IWarmReads
{
    public ValueTask<T> ReadAsync<T>(TenantScope scope, Func<SqlSession, T> read, CancellationToken cancellationToken)
        => database.IsPostgres ? reads.ReadAsync(scope, read, cancellationToken) : new(writes.ExecuteAsync(scope, read, cancellationToken));
}

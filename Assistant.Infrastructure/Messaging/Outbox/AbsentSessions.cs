using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>What becomes of rows whose connection has no session in this process. Safe for concurrent use.</summary>
internal sealed partial class AbsentSessions(IConnectionStore connections, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<ConnectionId, DateTimeOffset> _since = [];

    /// <summary>The session is there.</summary>
    public void Forget(ConnectionId connection)
    {
        if (_since.ContainsKey(connection))
        {
            _since.TryRemove(connection, out _);
        }
    }

    /// <summary>How a row of the connection fares: it waits, or is given up when the connection was removed.</summary>
    public async Task<SendOutcome> LookIntoAsync(ConnectionId connection)
    {
        if (await IsRemovedAsync(connection))
        {
            Forget(connection);
            return new SendOutcome.Rejected(Phrase.Of("send.connection-removed"));
        }

        // At a start and at a change a session is away for a moment. The longer it has been away, the less often its rows are looked at:
        // due all the time, those of one connection would fill every look for due rows, and no other's would be found.
        var now = clock.GetUtcNow();
        var wait = Math.Clamp((now - _since.GetOrAdd(connection, now)).Ticks / 2, ShortestWait.Ticks, LongestWait.Ticks);
        return new SendOutcome.RetryAfter(TimeSpan.FromTicks(wait), Phrase.Of("send.not-running"));
    }

    private async Task<bool> IsRemovedAsync(ConnectionId connection)
    {
        try
        {
            return await connections.FindAsync(connection, CancellationToken.None) is null;
        }
        catch (Exception error)
        {
            LogNotRead(logger, error, connection); // nothing is given up because the database failed
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether {ConnectionId} was removed could not be read; its rows wait")]
    private static partial void LogNotRead(ILogger logger, Exception error, ConnectionId connectionId);
}

using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>Pauses messengers asked for on whole connections: the outbox waits for their end, health shows them. Safe for concurrent use.</summary>
/// <remarks>Measured by time that passes: a machine's clock that is set back would keep a connection silent for as long.</remarks>
internal sealed class ConnectionPauses(ILiveFeed live, TimeProvider clock)
{
    private readonly ConcurrentDictionary<ConnectionId, Pause> _pauses = [];

    /// <summary>Nothing is to be sent on the connection for that long. Of several sends refused at once the longest pause stands.</summary>
    public void Begin(TenantId tenant, ConnectionId connection, TimeSpan length, Phrase reason)
    {
        var begun = new Pause(tenant, clock.GetTimestamp(), length, reason);
        if (_pauses.AddOrUpdate(connection, begun, (_, known) => LeftOf(known) > length ? known : begun) == begun)
        {
            Tell(begun, connection);
        }
    }

    /// <summary>What is left of the connection's pause; <see langword="null"/> when it may send.</summary>
    public TimeSpan? Left(ConnectionId connection) => Find(connection)?.Left;

    /// <summary>The connection's pause; <see langword="null"/> when it may send.</summary>
    public ConnectionPause? Find(ConnectionId connection)
        => _pauses.TryGetValue(connection, out var pause) && LeftOf(pause) is var left && left > TimeSpan.Zero
            ? new ConnectionPause(clock.GetUtcNow() - (pause.Length - left), left, pause.Reason)
            : null;

    /// <summary>Something was sent on the connection: screens are told when that shows the end of a pause.</summary>
    public void NoteSent(ConnectionId connection)
    {
        if (_pauses.TryGetValue(connection, out var pause) && LeftOf(pause) <= TimeSpan.Zero && _pauses.TryRemove(new(connection, pause)))
        {
            Tell(pause, connection);
        }
    }

    private void Tell(Pause pause, ConnectionId connection) => live.Publish(new LiveEvent.ConnectionChanged(pause.Tenant, connection));

    private TimeSpan LeftOf(Pause pause) => pause.Length - clock.GetElapsedTime(pause.Begun);

    private sealed record Pause(TenantId Tenant, long Begun, TimeSpan Length, Phrase Reason);
}

/// <summary>A pause of a whole connection.</summary>
/// <param name="Reason">Why the messenger asked for it.</param>
internal sealed record ConnectionPause(DateTimeOffset Since, TimeSpan Left, Phrase Reason);

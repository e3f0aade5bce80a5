using System.Collections.Concurrent;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>Pauses messengers asked for on whole connections; nothing else is known of them. Safe for concurrent use.</summary>
/// <remarks>Measured by time that passes: a machine's clock that is set back would keep a connection silent for as long.</remarks>
internal sealed class ConnectionPauses(TimeProvider clock)
{
    private readonly ConcurrentDictionary<ConnectionId, Pause> _pauses = [];

    /// <summary>Nothing is to be sent on the connection for that long. Of several sends refused at once the longest pause stands.</summary>
    public void Begin(ConnectionId connection, TimeSpan length)
        => _pauses.AddOrUpdate(
            connection, (_, begun) => begun, (_, known, begun) => LeftOf(known) > begun.Length ? known : begun, new Pause(clock.GetTimestamp(), length));

    /// <summary>What is left of the connection's pause; <see langword="null"/> when it may send.</summary>
    public TimeSpan? Left(ConnectionId connection)
    {
        if (!_pauses.TryGetValue(connection, out var pause))
        {
            return null;
        }

        var left = LeftOf(pause);
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        _pauses.TryRemove(new(connection, pause));
        return null;
    }

    private TimeSpan LeftOf(Pause pause) => pause.Length - clock.GetElapsedTime(pause.Since);

    private readonly record struct Pause(long Since, TimeSpan Length);
}

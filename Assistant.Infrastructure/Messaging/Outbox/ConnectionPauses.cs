using System.Collections.Concurrent;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>Pauses messengers asked for on whole connections; nothing else is known of them. Safe for concurrent use.</summary>
internal sealed class ConnectionPauses(TimeProvider clock)
{
    private readonly ConcurrentDictionary<ConnectionId, DateTimeOffset> _ends = [];

    /// <summary>Nothing is to be sent on the connection for that long. Of several sends refused at once the longest pause stands.</summary>
    public void Begin(ConnectionId connection, TimeSpan length)
        => _ends.AddOrUpdate(
            connection, (_, end) => end, (_, known, end) => known > end ? known : end, clock.GetUtcNow() + length);

    /// <summary>What is left of the connection's pause; <see langword="null"/> when it may send.</summary>
    public TimeSpan? Left(ConnectionId connection)
    {
        if (!_ends.TryGetValue(connection, out var end))
        {
            return null;
        }

        var left = end - clock.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        _ends.TryRemove(new(connection, end));
        return null;
    }
}

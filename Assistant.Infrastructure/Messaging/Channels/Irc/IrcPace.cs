namespace Assistant.Infrastructure.Messaging.Channels.Irc;

// The server's own measure: each line moves a clock ahead by the interval, and whoever is further ahead than the burst allows is thrown out.

/// <summary>When the next lines may go out. Safe for concurrent use.</summary>
internal sealed class IrcPace(int burst, TimeSpan interval, TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _clock = DateTimeOffset.MinValue;

    /// <summary>How long it would take until so many lines are out.</summary>
    public TimeSpan WaitFor(int lines)
    {
        lock (_lock)
        {
            return WaitAt(lines);
        }
    }

    /// <summary>How long until the whole burst is free again.</summary>
    public TimeSpan Backlog
    {
        get
        {
            lock (_lock)
            {
                return _clock > time.GetUtcNow() ? _clock - time.GetUtcNow() : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Takes the place of one line.</summary>
    /// <returns>How long to wait before sending it.</returns>
    public TimeSpan Take()
    {
        lock (_lock)
        {
            var wait = WaitAt(1);
            var now = time.GetUtcNow();
            _clock = (_clock > now ? _clock : now) + interval;
            return wait;
        }
    }

    private TimeSpan WaitAt(int lines)
    {
        var ahead = _clock - time.GetUtcNow();
        var wait = (ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero) + ((lines - burst) * interval);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}

namespace Assistant.Domain.Security;

/// <summary>Counts failures in a row by key and locks the key for a while after too many. Safe for concurrent use.</summary>
/// <remarks>Kept in memory: a restart forgives. Bounded: what would be forgiven anyway is dropped first, then what failed longest ago.</remarks>
public sealed class FailureCounter<TKey>(int max, TimeSpan lockDuration, int maxKeys = 10_000)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Failures> _failures = [];

    public bool IsLocked(TKey key, DateTimeOffset now)
    {
        lock (_gate)
        {
            return _failures.TryGetValue(key, out var failures) && failures.LockedUntil > now;
        }
    }

    /// <summary>Counts one more; locks when it was one too many, and begins to count anew.</summary>
    public void Fail(TKey key, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_failures.TryGetValue(key, out var before) && _failures.Count >= maxKeys)
            {
                MakeRoom(now);
            }

            var count = (before?.Count ?? 0) + 1;
            _failures[key] = count >= max ? new(0, now, now + lockDuration) : new(count, now, before?.LockedUntil);
        }
    }

    public void Forget(TKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (key, _) in _failures.Where(entry => now - entry.Value.At > lockDuration).ToList())
        {
            _failures.Remove(key);
        }

        if (_failures.Count >= maxKeys)
        {
            _failures.Remove(_failures.MinBy(entry => entry.Value.At).Key);
        }
    }

    private sealed record Failures(int Count, DateTimeOffset At, DateTimeOffset? LockedUntil);
}

namespace Assistant.Web.Security;

/// <summary>A rate limit per key: a bucket of tokens that refills steadily. Safe for concurrent use.</summary>
/// <remarks>
/// Bounded: a full bucket is the same as none, so such buckets are dropped first; when all are in use, a new key waits. A full table is
/// searched for them once a second at most, so that somebody who fills it does not keep everybody busy searching.
/// </remarks>
internal sealed class TokenBuckets<TKey>(int burst, double perMinute, int maxKeys, TimeProvider time)
    where TKey : notnull
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Bucket> _buckets = [];
    private long? _sweptAt;

    /// <summary>Takes a token.</summary>
    /// <returns>Zero, or how long to wait for one.</returns>
    public TimeSpan Take(TKey key)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (!_buckets.TryGetValue(key, out var bucket) && !TryMakeRoom(now))
            {
                return TimeSpan.FromMinutes(1 / perMinute);
            }

            var tokens = bucket is null ? burst : Refilled(bucket, now);
            if (tokens < 1)
            {
                _buckets[key] = new(tokens, now);
                // What is missing may be less than a tick; no wait at all would be a token that nobody paid for.
                return TimeSpan.FromTicks(Math.Max(1, TimeSpan.FromMinutes((1 - tokens) / perMinute).Ticks));
            }

            _buckets[key] = new(tokens - 1, now);
            return TimeSpan.Zero;
        }
    }

    /// <summary>Whether there is a token, without taking it. Where nothing is remembered there is.</summary>
    public bool Has(TKey key)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            return !_buckets.TryGetValue(key, out var bucket) || Refilled(bucket, now) >= 1;
        }
    }

    /// <summary>How many keys are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _buckets.Count;
            }
        }
    }

    private bool TryMakeRoom(long now)
    {
        if (_buckets.Count < maxKeys)
        {
            return true;
        }

        if (_sweptAt is { } at && time.GetElapsedTime(at, now) < SweepInterval)
        {
            return false;
        }

        _sweptAt = now;
        foreach (var full in _buckets.Where(entry => Refilled(entry.Value, now) >= burst).Select(entry => entry.Key).ToList())
        {
            _buckets.Remove(full);
        }

        return _buckets.Count < maxKeys;
    }

    private double Refilled(Bucket bucket, long now) =>
        Math.Min(burst, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalMinutes * perMinute));

    private sealed record Bucket(double Tokens, long At);
}

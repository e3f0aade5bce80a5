namespace Assistant.Web.Hubs;

/// <summary>A rate limit per key: a bucket of tokens that refills steadily. Safe for concurrent use.</summary>
/// <remarks>Bounded: a full bucket is the same as none, so such buckets are dropped first; when all are in use, a new key waits.</remarks>
internal sealed class TokenBuckets<TKey>(int burst, double perMinute, int maxKeys, TimeProvider time)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Bucket> _buckets = [];

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
                return TimeSpan.FromMinutes((1 - tokens) / perMinute);
            }

            _buckets[key] = new(tokens - 1, now);
            return TimeSpan.Zero;
        }
    }

    private bool TryMakeRoom(long now)
    {
        if (_buckets.Count < maxKeys)
        {
            return true;
        }

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

namespace Assistant.Domain.Messaging.Gateway;

/// <summary>A token bucket per sender, kept for the most recent senders only. Safe for concurrent use.</summary>
/// <remarks>
/// Two generations of buckets replace an exact LRU: when the young one is full it becomes the old one and the old one is dropped.
/// A forgotten sender starts with a full bucket, which favours the sender and bounds memory.
/// </remarks>
public sealed class RateLimiter(int burst, double perSecond, int capacity, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private Dictionary<(ConnectionId, string), Bucket> _young = [];
    private Dictionary<(ConnectionId, string), Bucket> _old = [];

    /// <summary>Takes a token; <see langword="false"/> when the sender has none left.</summary>
    public bool TryTake(ConnectionId connection, string sender)
    {
        var now = clock.GetTimestamp();
        lock (_gate)
        {
            var bucket = Find((connection, sender), now);
            bucket.Tokens = Math.Min(burst, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
            bucket.At = now;
            if (bucket.Tokens < 1)
            {
                return false;
            }

            bucket.Tokens--;
            return true;
        }
    }

    private Bucket Find((ConnectionId, string) key, long now)
    {
        if (_young.TryGetValue(key, out var bucket))
        {
            return bucket;
        }

        if (!_old.TryGetValue(key, out bucket))
        {
            bucket = new Bucket { Tokens = burst, At = now };
        }

        if (_young.Count >= capacity)
        {
            (_old, _young) = (_young, new Dictionary<(ConnectionId, string), Bucket>());
        }

        _young.Add(key, bucket);
        return bucket;
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public long At { get; set; }
    }
}

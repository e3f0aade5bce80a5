namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>What this run of the process has seen of the bot's message counter: the delivery probe's bounds. Safe for concurrent use.</summary>
internal sealed class TelegramSightings(TimeProvider time)
{
    /// <summary>Remembered ids; more than a backlog of this size leaves the probe uncertain, never wrong.</summary>
    private const int Remembered = 20_000;

    /// <summary>How long after we gave up a call Telegram may still carry it out.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly HashSet<int> _ids = [];
    private readonly Dictionary<Guid, Attempt> _uncertain = [];
    private readonly List<Attempt> _unbounded = [];
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _firstSent;

    /// <summary>Ends when everything people wrote while the process was down has been received.</summary>
    public Task CaughtUp => _caughtUp.Task;

    // What an earlier run sent has lower ids.
    private int? FirstSent => _firstSent is > 0 and var id ? id : null;

    public void Received(long chat, int message)
    {
        if (!_caughtUp.Task.IsCompleted && TelegramIds.SharesCounter(chat))
        {
            lock (_lock)
            {
                if (_ids.Count < Remembered)
                {
                    _ids.Add(message);
                }
            }
        }
    }

    /// <param name="began">When the call began: what was given up well before it has a lower id, or none.</param>
    public void Sent(long chat, int message, DateTimeOffset began)
    {
        if (!TelegramIds.SharesCounter(chat))
        {
            return;
        }

        Interlocked.CompareExchange(ref _firstSent, message, 0);
        lock (_lock)
        {
            _unbounded.RemoveAll(attempt => attempt.TryBound(message, began));
        }
    }

    /// <summary>A call to show the message was given up just now.</summary>
    public void Uncertain(Guid message)
    {
        lock (_lock)
        {
            if (_uncertain.Remove(message, out var earlier))
            {
                _unbounded.Remove(earlier);
            }

            _unbounded.Add(_uncertain[message] = new Attempt(time.GetUtcNow() + Aftermath));
        }
    }

    /// <summary>What is below is all that a message that may have been shown can have for an id; <see langword="null"/> while that is not known.</summary>
    public int? CeilingOf(Guid message)
    {
        lock (_lock)
        {
            return _uncertain.TryGetValue(message, out var attempt) ? attempt.Ceiling : FirstSent;
        }
    }

    /// <summary>Whether this very run may have shown the message.</summary>
    public bool IsOfThisRun(Guid message)
    {
        lock (_lock)
        {
            return _uncertain.ContainsKey(message);
        }
    }

    public void CatchUp() => _caughtUp.TrySetResult();

    public int[] ReceivedIds()
    {
        lock (_lock)
        {
            return [.. _ids];
        }
    }

    /// <param name="over">From when on nothing comes of it any more.</param>
    private sealed class Attempt(DateTimeOffset over)
    {
        public int? Ceiling { get; private set; }

        public bool TryBound(int message, DateTimeOffset began)
        {
            Ceiling = began > over ? message : null;
            return Ceiling is not null;
        }
    }
}

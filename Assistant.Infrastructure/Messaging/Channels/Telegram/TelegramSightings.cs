namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>What this run of the process has seen of the bot's message counter: the delivery probe's bounds. Safe for concurrent use.</summary>
internal sealed class TelegramSightings
{
    /// <summary>Remembered ids; more than a backlog of this size leaves the probe uncertain, never wrong.</summary>
    private const int Remembered = 20_000;

    private readonly Lock _lock = new();
    private readonly HashSet<int> _ids = [];
    private readonly HashSet<Guid> _uncertain = [];
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _firstSent;

    /// <summary>Ends when everything people wrote while the process was down has been received.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>The first id this run was given for a message of its own, or <see langword="null"/>. What an earlier run sent has lower ids.</summary>
    public int? FirstSent => _firstSent is > 0 and var id ? id : null;

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

    public void Sent(long chat, int message)
    {
        if (_firstSent == 0 && TelegramIds.SharesCounter(chat))
        {
            Interlocked.CompareExchange(ref _firstSent, message, 0);
        }
    }

    public void Uncertain(Guid message)
    {
        lock (_lock)
        {
            _uncertain.Add(message);
        }
    }

    /// <summary>Whether this very run may have shown the message.</summary>
    public bool IsOfThisRun(Guid message)
    {
        lock (_lock)
        {
            return _uncertain.Contains(message);
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
}

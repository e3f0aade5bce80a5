using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>What became of an offer to a lane.</summary>
internal enum LaneOffer
{
    /// <summary>The lane was idle: the caller runs it.</summary>
    Start,
    /// <summary>A runner is at work and will look again.</summary>
    Taken,
    /// <summary>The lane has ended: offer to a new one.</summary>
    Gone,
}

/// <summary>The sender of one conversation: the rows handed to it and whether a send is under way.</summary>
internal sealed class SendLane
{
    private readonly Lock _gate = new();
    private readonly Queue<OutboxEntry> _handed = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _busy;
    private bool _isRunning;
    private bool _isWoken;
    private bool _isGone;

    /// <summary>Completes when the lane has ended.</summary>
    public Task Idle => _idle.Task;

    public LaneOffer Offer(OutboxEntry? claimed)
    {
        lock (_gate)
        {
            if (_isGone)
            {
                return LaneOffer.Gone;
            }

            _isWoken = true;
            if (claimed is not null)
            {
                _handed.Enqueue(claimed);
            }

            if (_isRunning)
            {
                return LaneOffer.Taken;
            }

            _isRunning = true;
            return LaneOffer.Start;
        }
    }

    /// <summary>The next row handed over (or <see langword="null"/>: look in the outbox); <see langword="false"/> when the lane is done and gone.</summary>
    public bool TakeOrLeave(out OutboxEntry? entry)
    {
        lock (_gate)
        {
            if (_handed.TryDequeue(out entry))
            {
                return true;
            }

            if (_isWoken)
            {
                _isWoken = false;
                return true;
            }

            _isGone = true;
            return false;
        }
    }

    /// <summary>Shows that a send, or holding a row back, is under way.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>It has ended and is recorded.</summary>
    public void End() => Release();

    /// <summary>Completes when what is under way has ended.</summary>
    public Task WhenSentAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _busy?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
        }
    }

    public void Abandon()
    {
        lock (_gate)
        {
            _isGone = true;
        }

        Release();
    }

    public void Finish() => _idle.TrySetResult();

    private void Release()
    {
        TaskCompletionSource? busy;
        lock (_gate)
        {
            busy = _busy;
            _busy = null;
        }

        busy?.TrySetResult();
    }
}

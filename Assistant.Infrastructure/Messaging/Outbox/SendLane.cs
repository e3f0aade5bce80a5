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
    private TaskCompletionSource? _sent; // made by whoever waits: most sends nobody waits for
    private bool _isBusy;
    private bool _isRunning;
    private bool _isWoken;
    private bool _isGone;

    /// <summary>Completes when the lane has ended.</summary>
    public Task Idle => _idle.Task;

    /// <param name="claimed">
    /// A row to send, or <see langword="null"/>: there may be one in the outbox. Recording a row that was sent claims what waits behind it, so
    /// nobody need look for that.
    /// </param>
    public LaneOffer Offer(OutboxEntry? claimed)
    {
        lock (_gate)
        {
            if (_isGone)
            {
                return LaneOffer.Gone;
            }

            if (claimed is null)
            {
                _isWoken = true;
            }
            else
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

    /// <summary>Shows that a row is being attempted and recorded.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _isBusy = true;
        }
    }

    /// <summary>It has ended and is recorded.</summary>
    public void End()
    {
        TaskCompletionSource? sent;
        lock (_gate)
        {
            (sent, _sent, _isBusy) = (_sent, null, false);
        }

        sent?.TrySetResult();
    }

    /// <summary>Completes when what is under way has ended.</summary>
    public Task WhenSentAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_isBusy)
            {
                return Task.CompletedTask;
            }

            _sent ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _sent.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>For the runner: there may be a further row in the outbox.</summary>
    public void LookAgain()
    {
        lock (_gate)
        {
            _isWoken = true;
        }
    }

    /// <summary>For the runner, at its very end: nothing is taken any more.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _isGone = true;
        }

        _idle.TrySetResult();
    }
}

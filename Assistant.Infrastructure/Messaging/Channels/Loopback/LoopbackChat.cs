using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Loopback;

/// <summary>One chat as its person sees it.</summary>
internal sealed class LoopbackChat
{
    private readonly Lock _gate = new();
    private readonly Queue<SendOutcome> _script = new();
    private readonly Queue<LoopbackDelivery> _attempts = new();
    private readonly List<(int Count, TaskCompletionSource<IReadOnlyList<OutboundMessage>> Waiter)> _waiters = [];
    private int _typingShown;

    public int TypingShown => Volatile.Read(ref _typingShown);

    public void ShowTyping() => Interlocked.Increment(ref _typingShown);

    public void Script(IEnumerable<SendOutcome> outcomes)
    {
        lock (_gate)
        {
            foreach (var outcome in outcomes)
            {
                _script.Enqueue(outcome);
            }
        }
    }

    public SendOutcome? NextScripted()
    {
        lock (_gate)
        {
            return _script.TryDequeue(out var outcome) ? outcome : null;
        }
    }

    public void Record(LoopbackDelivery delivery)
    {
        lock (_gate)
        {
            _attempts.Enqueue(delivery);
            if (_attempts.Count > LoopbackPort.MaxKept)
            {
                _attempts.Dequeue();
            }

            if (_waiters.Count > 0)
            {
                Satisfy(Seen());
            }
        }
    }

    public IReadOnlyList<LoopbackDelivery> Attempts()
    {
        lock (_gate)
        {
            return [.. _attempts];
        }
    }

    public IReadOnlyList<OutboundMessage> Shown()
    {
        lock (_gate)
        {
            return Seen();
        }
    }

    public Task<IReadOnlyList<OutboundMessage>> WaitForAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var seen = Seen();
            if (seen.Count >= count)
            {
                return Task.FromResult(seen);
            }

            var waiter = new TaskCompletionSource<IReadOnlyList<OutboundMessage>>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, waiter));
            return waiter.Task.WaitAsync(cancellationToken);
        }
    }

    // An uncertain message was shown, its answer got lost; the repeat of a shown message shows nothing new.
    private IReadOnlyList<OutboundMessage> Seen() =>
        [.. _attempts.Where(a => a.Outcome is SendOutcome.Delivered or SendOutcome.Uncertain).Select(a => a.Message).DistinctBy(m => m.Id)];

    private void Satisfy(IReadOnlyList<OutboundMessage> seen)
    {
        foreach (var entry in _waiters.Where(w => seen.Count >= w.Count).ToList())
        {
            entry.Waiter.TrySetResult(seen);
            _waiters.Remove(entry);
        }
    }
}

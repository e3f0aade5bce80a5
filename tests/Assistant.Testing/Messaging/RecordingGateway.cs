using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Testing.Messaging;

/// <summary>A gateway that lets everything in, once, and keeps it in memory.</summary>
public sealed class RecordingGateway : IMessageGateway
{
    private readonly Lock _lock = new();
    private readonly List<InboundMessage> _stored = [];
    private readonly List<InboundMessage> _offered = [];
    private readonly HashSet<(ConnectionId, string)> _keys = [];
    private TaskCompletionSource _changed = New();
    private int _failures;

    /// <summary>What was stored: without redeliveries.</summary>
    public IReadOnlyList<InboundMessage> Stored
    {
        get
        {
            lock (_lock)
            {
                return [.. _stored];
            }
        }
    }

    /// <summary>Everything offered, redeliveries and failed attempts included.</summary>
    public IReadOnlyList<InboundMessage> Offered
    {
        get
        {
            lock (_lock)
            {
                return [.. _offered];
            }
        }
    }

    /// <summary>What becomes of every event, which is stored nowhere then; <see langword="null"/> to let everything in.</summary>
    public GatewayOutcome? TurnsAwayWith { get; set; }

    /// <summary>Whether people answer in every conversation.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Which messages fail, as long as it is set; <see langword="null"/> when none does.</summary>
    public Func<InboundMessage, bool>? FailsOn { get; set; }

    /// <summary>The next calls fail as a broken database would.</summary>
    public void FailNext(int calls = 1) => Interlocked.Add(ref _failures, calls);

    public async Task<GatewayOutcome> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        bool fails, isNew = false;
        lock (_lock)
        {
            _offered.Add(message);
            fails = _failures > 0;
            _failures -= fails ? 1 : 0;
            fails |= FailsOn?.Invoke(message) == true;
            if (!fails && TurnsAwayWith is null && (isNew = _keys.Add((message.Connection, message.DedupeKey))))
            {
                _stored.Add(message);
            }
        }

        // A commit is never instantaneous: let the caller begin the next one.
        await Task.Yield();
        Interlocked.Exchange(ref _changed, New()).TrySetResult();
        return fails ? throw new IOException("The disk is full.")
            : TurnsAwayWith is { } outcome ? outcome
            : isNew ? new GatewayOutcome.Stored(ConversationId.Create()) { IsHeld = IsHeld }
            : new GatewayOutcome.Duplicate();
    }

    /// <summary>Waits until <paramref name="count"/> events are stored.</summary>
    public async Task<IReadOnlyList<InboundMessage>> WaitAsync(int count, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (Stored is { } stored && stored.Count >= count)
            {
                return stored;
            }

            await changed.WaitAsync(end.Token);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

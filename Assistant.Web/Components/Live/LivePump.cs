using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Components.Live;

/// <summary>What a screen gets at once.</summary>
/// <param name="Lost">Events that never came: read the store again when it is not 0.</param>
public sealed record LiveBatch(IReadOnlyList<LiveEvent> Events, long Lost);

/// <summary>Hands a tenant's live events to a screen, at most ten times a second.</summary>
/// <remarks>
/// A circuit renders on one thread, so a screen shown every event by itself falls behind a busy tenant. The pump gathers what came
/// within <see cref="Interval"/> and keeps the newest only of what replaces itself (a growing reply, somebody typing). Its buffer
/// is bounded: beyond <see cref="Capacity"/> the oldest go and are counted, and the screen reads the store instead.
/// </remarks>
public sealed class LivePump : IAsyncDisposable
{
    public const int Capacity = 500;

    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly List<LiveEvent> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _something = new(0, 1);
    private readonly ILiveSubscription _subscription;
    private readonly TimeProvider _clock;
    private readonly Func<LiveBatch, Task> _show;
    private readonly Task _work;
    private long _overflowed;
    private long _reported;

    private LivePump(ILiveSubscription subscription, TimeProvider clock, Func<LiveBatch, Task> show)
    {
        _subscription = subscription;
        _clock = clock;
        _show = show;
        _work = Task.WhenAll(ReadAsync(_stop.Token), ShowAsync(_stop.Token));
    }

    /// <summary>Subscribes until disposed.</summary>
    /// <param name="show">Called one at a time; wrap it in <c>InvokeAsync</c>. It handles its own failures.</param>
    public static LivePump Start(ILiveFeed feed, TenantId tenant, TimeProvider clock, Func<LiveBatch, Task> show) =>
        new(feed.Subscribe(tenant, Capacity), clock, show);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _subscription.Dispose();
        await _work;
        _stop.Dispose();
        _something.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var liveEvent in _subscription.ReadAllAsync(cancellationToken))
            {
                Keep(liveEvent);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The screen was closed.
        }
    }

    private void Keep(LiveEvent liveEvent)
    {
        lock (_gate)
        {
            var replaced = _waiting.FindIndex(earlier => Replaces(liveEvent, earlier));
            if (replaced >= 0)
            {
                _waiting.RemoveAt(replaced);
            }
            else if (_waiting.Count == Capacity)
            {
                _waiting.RemoveAt(0);
                _overflowed++;
            }

            _waiting.Add(liveEvent);
            if (_something.CurrentCount == 0)
            {
                _something.Release();
            }
        }
    }

    private static bool Replaces(LiveEvent later, LiveEvent earlier) => (later, earlier) switch
    {
        (LiveEvent.ReplyProgress a, LiveEvent.ReplyProgress b) => a.TurnId == b.TurnId,
        (LiveEvent.Typing a, LiveEvent.Typing b) => a.Conversation == b.Conversation && a.Author == b.Author && a.Name == b.Name,
        (LiveEvent.ConversationChanged a, LiveEvent.ConversationChanged b) => a.Conversation == b.Conversation,
        (LiveEvent.ConnectionChanged a, LiveEvent.ConnectionChanged b) => a.Connection == b.Connection,
        (LiveEvent.PairingChanged, LiveEvent.PairingChanged) or (LiveEvent.DeadLettersChanged, LiveEvent.DeadLettersChanged) => true,
        _ => false,
    };

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _something.WaitAsync(cancellationToken);
                await _show(Take());
                await Task.Delay(Interval, _clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The screen was closed.
        }
    }

    private LiveBatch Take()
    {
        lock (_gate)
        {
            LiveEvent[] events = [.. _waiting];
            _waiting.Clear();
            var lost = _overflowed + _subscription.Dropped;
            var sinceLast = lost - _reported;
            _reported = lost;
            return new LiveBatch(events, sinceLast);
        }
    }
}

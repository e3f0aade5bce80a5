using System.Collections.Concurrent;
using System.Threading.Channels;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;

namespace Assistant.Infrastructure.Observability;

/// <inheritdoc cref="ILiveFeed"/>
internal sealed class LiveFeed : ILiveFeed
{
    private readonly ConcurrentDictionary<TenantId, Listeners> _tenants = [];

    public void Publish(LiveEvent liveEvent)
    {
        if (_tenants.TryGetValue(liveEvent.Tenant, out var listeners))
        {
            foreach (var subscription in listeners.Current)
            {
                subscription.Offer(liveEvent);
            }
        }
    }

    public bool HasListeners(TenantId tenant) => _tenants.TryGetValue(tenant, out var listeners) && listeners.Current.Length > 0;

    public ILiveSubscription Subscribe(TenantId tenant, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return _tenants.GetOrAdd(tenant, _ => new Listeners()).Add(capacity);
    }

    /// <summary>Copy-on-write: publishing reads an array, subscribing replaces it.</summary>
    private sealed class Listeners
    {
        private readonly Lock _gate = new();

        public Subscription[] Current { get; private set; } = [];

        public Subscription Add(int capacity)
        {
            var subscription = new Subscription(capacity, this);
            lock (_gate)
            {
                Current = [.. Current, subscription];
            }

            return subscription;
        }

        public void Remove(Subscription subscription)
        {
            lock (_gate)
            {
                Current = [.. Current.Where(s => s != subscription)];
            }
        }
    }

    private sealed class Subscription : ILiveSubscription
    {
        private readonly Listeners _listeners;
        private readonly Channel<LiveEvent> _events;
        private long _dropped;

        public Subscription(int capacity, Listeners listeners)
        {
            _listeners = listeners;
            _events = Channel.CreateBounded<LiveEvent>(
                new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
                _ => Interlocked.Increment(ref _dropped));
        }

        public long Dropped => Interlocked.Read(ref _dropped);

        public void Offer(LiveEvent liveEvent) => _events.Writer.TryWrite(liveEvent);

        public IAsyncEnumerable<LiveEvent> ReadAllAsync(CancellationToken cancellationToken) => _events.Reader.ReadAllAsync(cancellationToken);

        public void Dispose()
        {
            _listeners.Remove(this);
            _events.Writer.TryComplete();
        }
    }
}

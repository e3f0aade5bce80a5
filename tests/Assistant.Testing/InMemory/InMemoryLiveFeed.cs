using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>A live feed that also remembers what was published.</summary>
public sealed class InMemoryLiveFeed : ILiveFeed
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<LiveEvent> _published = [];

    public IReadOnlyList<LiveEvent> Published
    {
        get
        {
            lock (_gate)
            {
                return [.. _published];
            }
        }
    }

    public int Listeners
    {
        get
        {
            lock (_gate)
            {
                return _subscriptions.Count;
            }
        }
    }

    /// <summary>What happens with every event once it is published.</summary>
    public Action<LiveEvent>? Watch { get; set; }

    public void Publish(LiveEvent liveEvent)
    {
        Add(liveEvent);
        Watch?.Invoke(liveEvent);
    }

    private void Add(LiveEvent liveEvent)
    {
        lock (_gate)
        {
            _published.Add(liveEvent);
            foreach (var subscription in _subscriptions.Where(subscription => subscription.Tenant == liveEvent.Tenant))
            {
                subscription.Offer(liveEvent);
            }
        }
    }

    /// <summary>Has every listener of the tenant lose an event, as one does that reads too slowly; it sees that with the next.</summary>
    public void Lose(TenantId tenant)
    {
        lock (_gate)
        {
            foreach (var subscription in _subscriptions.Where(subscription => subscription.Tenant == tenant))
            {
                subscription.Lose();
            }
        }
    }

    public bool HasListeners(TenantId tenant)
    {
        lock (_gate)
        {
            return _subscriptions.Exists(subscription => subscription.Tenant == tenant);
        }
    }

    public ILiveSubscription Subscribe(TenantId tenant, int capacity)
    {
        var subscription = new Subscription(this, tenant, capacity);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private sealed class Subscription : ILiveSubscription
    {
        private readonly InMemoryLiveFeed _feed;
        private readonly Channel<LiveEvent> _events;
        private long _dropped;

        public Subscription(InMemoryLiveFeed feed, TenantId tenant, int capacity)
        {
            _feed = feed;
            Tenant = tenant;
            _events = Channel.CreateBounded<LiveEvent>(
                new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _dropped));
        }

        public TenantId Tenant { get; }

        public long Dropped => Interlocked.Read(ref _dropped);

        public void Offer(LiveEvent liveEvent) => _events.Writer.TryWrite(liveEvent);

        public void Lose() => Interlocked.Increment(ref _dropped);

        public async IAsyncEnumerable<LiveEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var liveEvent in _events.Reader.ReadAllAsync(cancellationToken))
            {
                yield return liveEvent;
            }
        }

        public void Dispose()
        {
            _feed.Remove(this);
            _events.Writer.TryComplete();
        }
    }
}

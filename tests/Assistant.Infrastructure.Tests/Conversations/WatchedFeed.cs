using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;

namespace Assistant.Infrastructure.Tests.Conversations;

/// <summary>A feed somebody always listens to.</summary>
/// <param name="watch">Called with each event as it is published.</param>
internal sealed class WatchedFeed(Action<LiveEvent> watch) : ILiveFeed
{
    private readonly InMemoryLiveFeed _inner = new();

    public void Publish(LiveEvent liveEvent)
    {
        watch(liveEvent);
        _inner.Publish(liveEvent);
    }

    public bool HasListeners(TenantId tenant) => true;

    public ILiveSubscription Subscribe(TenantId tenant, int capacity) => _inner.Subscribe(tenant, capacity);
}

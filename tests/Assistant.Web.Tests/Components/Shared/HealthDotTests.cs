using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Components.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class HealthDotTests : BunitContext
{
    [Fact]
    public void What_changes_from_the_first_reading_on_is_heard()
    {
        var (connections, channel, feed) = (new FakeConnections(), new FakeChannel(), new InMemoryLiveFeed());
        connections.Put(new Connection(
            new ConnectionId("one"), TenantId.Default, "fake", "one", AccessPolicy.Pairing, IsEnabled: true, IsProvisioned: false, SettingValues.Empty, default, default));
        var health = new ListenersWhenAsked(feed);
        Services.AddLogging();
        Services.AddSingleton<ILiveFeed>(feed);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(new ConnectionDesk(connections, channel, health, channel, new OpenGuard(), feed, TimeProvider.System));
        Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));

        Render<HealthDot>(parameters => parameters.Add(p => p.Caller, Callers.Admin));

        Assert.Equal(1, health.First);
    }

    /// <summary>Knows how many listened to the feed when the health of a connection was asked for first.</summary>
    private sealed class ListenersWhenAsked(InMemoryLiveFeed feed) : IConnectionHealth
    {
        public int? First { get; private set; }

        public ConnectionHealth? Find(ConnectionId id)
        {
            First ??= feed.Listeners;
            return null;
        }
    }
}

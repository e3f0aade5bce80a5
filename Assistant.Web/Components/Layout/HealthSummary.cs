using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Layout;

/// <summary>The state of the installation in one dot.</summary>
internal sealed record HealthShown(Status Kind, string Words, string Href);

/// <summary>Says what is worst among the connections a person may see. One per circuit; follows the live feed.</summary>
internal sealed class HealthSummary(ConsoleCaller callers, ConnectionDesk connections, ILiveFeed feed) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private bool _isFollowing;

    public event Action? Changed;

    /// <summary>The dot, or <see langword="null"/> for a person who may not see connections.</summary>
    public async Task<HealthShown?> ReadAsync()
    {
        if (await callers.FindAsync() is not { } caller || !caller.Permissions.Contains(Permissions.ChannelsRead))
        {
            return null;
        }

        var running = (await connections.ListAsync(caller, _stop.Token)).Where(row => row.Connection.IsEnabled).ToList();
        var down = running.Count(row => row.Health?.State == ConnectionState.Down);
        var degraded = running.Count(row => row.Health?.State == ConnectionState.Degraded);
        return (down, degraded) switch
        {
            ( > 0, _) => new HealthShown(Status.Bad, Texts.HealthDown(down), "connections"),
            (_, > 0) => new HealthShown(Status.Warn, Texts.HealthDegraded(degraded), "connections"),
            _ => new HealthShown(Status.Ok, Texts.HealthGood, "connections"),
        };
    }

    /// <summary>Raises <see cref="Changed"/> from now on; a second call does nothing.</summary>
    public async Task FollowAsync()
    {
        if (_isFollowing || await callers.FindAsync() is not { } caller)
        {
            return;
        }

        _isFollowing = true;
        using var subscription = feed.Subscribe(caller.Tenant, capacity: 64);
        try
        {
            await foreach (var live in subscription.ReadAllAsync(_stop.Token))
            {
                if (live is LiveEvent.ConnectionChanged)
                {
                    Changed?.Invoke();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}

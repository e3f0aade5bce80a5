using System.Threading.Channels;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Components.Shared;

/// <summary>Refreshes a screen when something it shows changed: at once, then at most once per pause, and never lost.</summary>
internal sealed class LiveFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private readonly Task _refreshing;

    /// <param name="wants">Which events make the screen old.</param>
    /// <param name="refreshAsync">Reads the store again and draws; a fault ends the following and rises on disposal.</param>
    public LiveFollower(ILiveFeed feed, TenantId tenant, TimeProvider time, TimeSpan pause, Func<LiveEvent, bool> wants, Func<Task> refreshAsync)
    {
        // One place: a change during a refresh or a pause is remembered once, however many there were.
        var dirty = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        _reading = ReadAsync(feed, tenant, wants, dirty.Writer);
        _refreshing = RefreshAsync(dirty.Reader, time, pause, refreshAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reading, _refreshing);
        _stop.Dispose();
    }

    private async Task ReadAsync(ILiveFeed feed, TenantId tenant, Func<LiveEvent, bool> wants, ChannelWriter<bool> dirty)
    {
        using var subscription = feed.Subscribe(tenant, capacity: 256);
        var lost = subscription.Dropped;
        try
        {
            await foreach (var live in subscription.ReadAllAsync(_stop.Token))
            {
                if (wants(live) || subscription.Dropped != lost)
                {
                    lost = subscription.Dropped;
                    dirty.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The screen is gone.
        }
    }

    private async Task RefreshAsync(ChannelReader<bool> dirty, TimeProvider time, TimeSpan pause, Func<Task> refreshAsync)
    {
        try
        {
            await foreach (var _ in dirty.ReadAllAsync(_stop.Token))
            {
                await refreshAsync();
                await Task.Delay(pause, time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The screen is gone.
        }
    }
}

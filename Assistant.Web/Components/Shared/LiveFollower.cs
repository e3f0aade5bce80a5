using System.Threading.Channels;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Components.Shared;

/// <summary>Refreshes a screen when something it shows changed: at once, then at most once per pause, and never lost.</summary>
internal sealed partial class LiveFollower : IAsyncDisposable
{
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private readonly Task _refreshing;

    /// <param name="wants">Which events make the screen old.</param>
    /// <param name="refreshAsync">Reads the store again and draws; when it fails, it is tried again after the pause.</param>
    /// <param name="log">Told when refreshing begins to fail.</param>
    public LiveFollower(
        ILiveFeed feed, TenantId tenant, TimeProvider time, TimeSpan pause, Func<LiveEvent, bool> wants, Func<Task> refreshAsync, ILogger<LiveFollower> log)
    {
        _log = log;

        // One place: a change during a refresh or a pause is remembered once, however many there were.
        var dirty = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        _reading = ReadAsync(feed, tenant, wants, dirty.Writer);
        _refreshing = RefreshAsync(dirty, time, pause, refreshAsync);
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

    private async Task RefreshAsync(Channel<bool> dirty, TimeProvider time, TimeSpan pause, Func<Task> refreshAsync)
    {
        var isFailing = false;
        try
        {
            await foreach (var _ in dirty.Reader.ReadAllAsync(_stop.Token))
            {
                try
                {
                    await refreshAsync();
                    isFailing = false;
                }
                catch (Exception exception) when (!_stop.IsCancellationRequested)
                {
                    if (!isFailing && exception is not OperationCanceledException)
                    {
                        RefreshFailed(_log, exception, pause.TotalSeconds);
                        isFailing = true; // once, however long it lasts
                    }

                    dirty.Writer.TryWrite(true);
                }

                await Task.Delay(pause, time, _stop.Token);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The screen is gone.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A screen could not be refreshed; it is tried again every {PauseSeconds} s.")]
    private static partial void RefreshFailed(ILogger logger, Exception exception, double pauseSeconds);
}

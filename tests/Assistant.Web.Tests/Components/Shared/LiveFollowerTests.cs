using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Assistant.Web.Components.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class LiveFollowerTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryLiveFeed _feed = new();
    private readonly SemaphoreSlim _refreshed = new(0);
    private int _refreshes;

    [Fact]
    public async Task Many_changes_during_a_pause_refresh_once_after_it()
    {
        await using var follower = Follow();
        Change();
        await _refreshed.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 10; i++)
        {
            Change();
        }

        // The pause may begin a moment after the refresh; moving on until the refresh came needs no guess about that moment.
        while (!await _refreshed.WaitAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken))
        {
            _time.Advance(Pause);
        }

        _time.Advance(Pause);
        Assert.Equal(2, Volatile.Read(ref _refreshes));
    }

    [Fact]
    public async Task What_the_screen_does_not_show_does_not_refresh_it()
    {
        await using var follower = Follow();
        _feed.Publish(new LiveEvent.PairingChanged(TenantId.Default));
        Change();

        await _refreshed.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, Volatile.Read(ref _refreshes));
    }

    [Fact]
    public async Task A_refresh_that_failed_is_made_up_for_after_the_pause_and_ends_nothing()
    {
        var follower = Follow(fails: 1);
        Change();

        await _refreshed.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 500 && Volatile.Read(ref _refreshes) < 2; i++)
        {
            await _refreshed.WaitAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            _time.Advance(Pause);
        }

        Assert.Equal(2, Volatile.Read(ref _refreshes));
        await follower.DisposeAsync();
    }

    [Fact]
    public async Task What_failed_last_does_not_fail_who_leaves()
    {
        var follower = Follow(fails: int.MaxValue);
        Change();
        await _refreshed.WaitAsync(TestContext.Current.CancellationToken);

        await follower.DisposeAsync();

        Assert.Equal(1, Volatile.Read(ref _refreshes));
    }

    private LiveFollower Follow(int fails = 0) => new(_feed, TenantId.Default, _time, Pause, live => live is LiveEvent.ConnectionChanged, () =>
    {
        var count = Interlocked.Increment(ref _refreshes);
        _refreshed.Release();
        return count <= fails ? Task.FromException(new InvalidOperationException("The store is away.")) : Task.CompletedTask;
    }, NullLogger<LiveFollower>.Instance);

    private void Change() => _feed.Publish(new LiveEvent.ConnectionChanged(TenantId.Default, new ConnectionId("tg")));
}

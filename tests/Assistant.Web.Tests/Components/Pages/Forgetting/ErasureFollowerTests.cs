using Assistant.Web.Components.Pages.Forgetting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Components.Pages.Forgetting;

public sealed class ErasureFollowerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _looked = new(0);
    private readonly CancellationTokenSource _left = new();
    private int _looks;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_look_that_fails_is_followed_by_another_until_the_certificate_is_there()
    {
        var following = Follow(fails: 1, certifiedAt: 3);

        for (var i = 0; i < 500 && !following.IsCompleted; i++)
        {
            _time.Advance(ErasureFollower.Pause);
            await _looked.WaitAsync(TimeSpan.FromMilliseconds(20), Cancel);
        }

        await following.WaitAsync(Cancel);
        Assert.Equal(3, _looks);
    }

    [Fact]
    public async Task Leaving_while_it_fails_is_no_fault()
    {
        var following = Follow(fails: int.MaxValue, certifiedAt: int.MaxValue);
        _time.Advance(ErasureFollower.Pause);
        await _looked.WaitAsync(Cancel);

        await _left.CancelAsync();

        await following.WaitAsync(Cancel);
        Assert.Equal(1, _looks);
    }

    public void Dispose()
    {
        _looked.Dispose();
        _left.Dispose();
    }

    private Task Follow(int fails, int certifiedAt) => new ErasureFollower(_time, NullLogger<ErasureFollower>.Instance).FollowAsync(
        () =>
        {
            var look = ++_looks;
            _looked.Release();
            return look <= fails ? throw new InvalidOperationException("The database is restarted.") : Task.FromResult(look == certifiedAt);
        },
        _left.Token);
}

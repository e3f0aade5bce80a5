using Assistant.Web.Security;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Security;

public sealed class TokenBucketsTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_burst_is_followed_by_a_steady_rate()
    {
        var buckets = new TokenBuckets<string>(burst: 2, perMinute: 60, maxKeys: 10, _clock);
        Assert.Equal(TimeSpan.Zero, buckets.Take("a"));
        Assert.Equal(TimeSpan.Zero, buckets.Take("a"));

        Assert.Equal(TimeSpan.FromSeconds(1), buckets.Take("a"));
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(TimeSpan.FromMilliseconds(600), buckets.Take("a"));
        _clock.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(TimeSpan.Zero, buckets.Take("a"));
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => buckets.Take("a") == TimeSpan.Zero));
    }

    [Fact]
    public void What_lacks_less_than_a_tick_is_not_given_away()
    {
        var buckets = new TokenBuckets<string>(burst: 1, perMinute: 1, maxKeys: 10, _clock);
        var taken = 0;
        for (var i = 0; i < 100_000; i++)
        {
            taken += buckets.Take("a") == TimeSpan.Zero ? 1 : 0;
            _clock.Advance(TimeSpan.FromMilliseconds(86.4));
        }

        Assert.InRange(taken, 100, 145); // 144 minutes
    }

    [Fact]
    public void Keys_do_not_share()
    {
        var buckets = new TokenBuckets<string>(1, 60, 10, _clock);
        buckets.Take("a");

        Assert.Equal(TimeSpan.Zero, buckets.Take("b"));
    }

    [Fact]
    public void A_full_table_lets_newcomers_wait_until_someone_has_rested()
    {
        var buckets = new TokenBuckets<int>(1, 60, 2, _clock);
        buckets.Take(1);
        buckets.Take(2);

        Assert.NotEqual(TimeSpan.Zero, buckets.Take(3));
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, buckets.Take(3));
    }
}

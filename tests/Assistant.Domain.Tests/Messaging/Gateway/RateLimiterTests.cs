using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Messaging.Gateway;

public sealed class RateLimiterTests
{
    private static readonly ConnectionId Line = new("line");

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_burst_is_let_through_then_the_pace_holds()
    {
        var limiter = new RateLimiter(burst: 3, perSecond: 2, capacity: 10, _clock);

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => limiter.TryTake(Line, "li")));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => limiter.TryTake(Line, "li")));
    }

    [Fact]
    public void Rest_never_fills_beyond_the_burst()
    {
        var limiter = new RateLimiter(burst: 2, perSecond: 100, capacity: 10, _clock);
        limiter.TryTake(Line, "li");
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => limiter.TryTake(Line, "li")));
    }

    [Fact]
    public void Senders_and_connections_have_buckets_of_their_own()
    {
        var limiter = new RateLimiter(burst: 1, perSecond: 1, capacity: 10, _clock);

        Assert.True(limiter.TryTake(Line, "li"));
        Assert.True(limiter.TryTake(Line, "anna"));
        Assert.True(limiter.TryTake(new ConnectionId("other"), "li"));
        Assert.False(limiter.TryTake(Line, "li"));
    }

    [Fact]
    public void Who_writes_on_is_remembered_while_others_come_and_go()
    {
        var limiter = new RateLimiter(burst: 5, perSecond: 0.001, capacity: 4, _clock);
        var taken = 0;
        for (var i = 0; i < 40; i++)
        {
            taken += limiter.TryTake(Line, "flood") ? 1 : 0;
            limiter.TryTake(Line, $"passer-by {i}");
        }

        Assert.Equal(5, taken);
    }
}

using Assistant.Infrastructure.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging;

public sealed class BackoffTests
{
    private const double Middle = 0.5;

    [Fact]
    public void Each_wait_is_twice_the_one_before_until_the_longest()
    {
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600], Enumerable.Range(1, 12).Select(attempt => Backoff.After(attempt, Middle).TotalSeconds));
    }

    [Theory]
    [InlineData(1, 0.75, 1.25)]
    [InlineData(4, 6, 10)]
    [InlineData(100, 450, 750)]
    public void Jitter_spreads_a_wait_a_quarter_either_way(int attempt, double shortest, double longest)
    {
        Assert.Equal(TimeSpan.FromSeconds(shortest), Backoff.After(attempt, 0));
        Assert.Equal(TimeSpan.FromSeconds(longest), Backoff.After(attempt, 1));
    }

    [Theory]
    [InlineData(int.MinValue, 1)]
    [InlineData(-1, 1)]
    [InlineData(0, 1)]
    [InlineData(1_024, 600)]
    [InlineData(int.MaxValue, 600)]
    public void No_number_of_attempts_overflows(int attempt, double seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(attempt, Middle));

    [Fact]
    public void Waits_drawn_at_random_stay_within_the_jitter_and_differ()
    {
        var waits = Enumerable.Range(0, 500).Select(_ => Backoff.After(3)).ToList();

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5)));
        Assert.True(waits.Distinct().Count() > 100);
        Assert.True(waits.Max() - waits.Min() > TimeSpan.FromSeconds(1.5));
    }
}

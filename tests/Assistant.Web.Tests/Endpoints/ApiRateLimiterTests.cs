using Assistant.Web.Endpoints;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

public sealed class ApiRateLimiterTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(119)]
    [InlineData(1200)]
    [InlineData(1_000_000)]
    public void As_many_requests_come_back_in_a_minute_as_were_set(int perMinute)
    {
        var bucket = ApiRateLimiter.BucketFor(perMinute);

        Assert.InRange(bucket.TokensPerPeriod * (TimeSpan.FromMinutes(1) / bucket.ReplenishmentPeriod), perMinute * 0.999, perMinute * 1.001);
    }
}

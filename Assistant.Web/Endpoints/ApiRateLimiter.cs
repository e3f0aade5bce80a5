using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Endpoints;

/// <summary>Keeps one caller from taking the whole machine: a token bucket per caller, answered with 429 and <c>Retry-After</c>.</summary>
internal sealed class ApiRateLimiter : IEndpointFilter, IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter;

    public ApiRateLimiter(IOptions<ApiOptions> options)
    {
        var perMinute = options.Value.RequestsPerMinute;
        _limiter = PartitionedRateLimiter.Create<string, string>(caller => RateLimitPartition.GetTokenBucketLimiter(caller, _ => BucketFor(perMinute)));
    }

    // A token at a time: a whole number of them per second would take up to half of what was set away.
    internal static TokenBucketRateLimiterOptions BucketFor(int perMinute) => new()
    {
        TokenLimit = Math.Max(10, perMinute / 10),
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
        QueueLimit = 0,
    };

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var caller = http.RequestServices.GetRequiredService<IApiCallers>().Find(http);
        using var lease = _limiter.AttemptAcquire(caller?.Actor.Id ?? http.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        if (lease.IsAcquired)
        {
            return await next(context);
        }

        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var delay) ? delay : TimeSpan.Zero;
        http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "Too many requests", "Slow down; Retry-After says for how long.");
    }

    public void Dispose() => _limiter.Dispose();
}

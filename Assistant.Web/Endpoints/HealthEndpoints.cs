using Assistant.Domain.Audit;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Assistant.Web.Endpoints;

/// <summary><c>/health/live</c> (the process answers) and <c>/health/ready</c> (it can do its work).</summary>
/// <remarks>Open to everybody, so the answer names the checks and their state, nothing else: causes are in the log and the console.</remarks>
internal static class HealthEndpoints
{
    /// <summary>Tag of the checks that decide about readiness.</summary>
    public const string Ready = "ready";

    public static void AddHealth(this IServiceCollection services)
        => services.AddHealthChecks().AddCheck<StartedHealthCheck>("workers", tags: [Ready]);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .OpenTo("whether the process answers").NotAudited(NotAuditedAttribute.Reads);
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Ready),
            ResponseWriter = WriteAsync,
        }).OpenTo("names of checks and their state").NotAudited(NotAuditedAttribute.Reads);
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            Status = Name(report.Status),
            Checks = report.Entries.ToDictionary(e => e.Key, e => Name(e.Value.Status)),
        },
        context.RequestAborted);

    private static string Name(HealthStatus status) => status.ToString().ToLowerInvariant();
}

/// <summary>Ready once every worker has started: the host says so after the last of them.</summary>
internal sealed class StartedHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(
            lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("Stopping.")
            : lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("Starting."));
}

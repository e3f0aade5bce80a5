using System.Net;
using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Authorization;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Assistant.Web.Endpoints;

/// <summary><c>/metrics</c> in the Prometheus format.</summary>
/// <remarks>
/// Open to a direct caller on this machine that asks for it as <c>localhost</c> or by an address; anybody else, the clients of a reverse proxy included, needs an API key that may read
/// channels (every built-in role may): figures name connections and engines, which is nobody else's business.
/// </remarks>
internal static class MetricsEndpoint
{
    private const string ServiceName = "assistant";

    // A trusted proxy's header is moved to X-Original-For when its word is taken.
    private static readonly string[] ProxyTraces = ["X-Forwarded-For", "X-Original-For", "Forwarded"];

    private static readonly AuthorizationPolicy Policy = new AuthorizationPolicyBuilder(RestApi.Scheme)
        .RequireAssertion(context => context.Resource is HttpContext http && (IsDirectAndLocal(http) || MayRead(http)))
        .Build();

    public static void AddMetrics(this IServiceCollection services) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService(ServiceName, autoGenerateServiceInstanceId: false))
        .WithMetrics(metrics => metrics
        .AddMeter(Telemetry.Name, Telemetry.Name + ".*")
        .AddAspNetCoreInstrumentation()
        .AddRuntimeInstrumentation()
        .AddPrometheusExporter());

    public static void Map(IEndpointRouteBuilder endpoints)
        => endpoints.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(Policy)
            .WithMetadata(new AccessStatement(Permissions.ChannelsRead, "API keys that hold the permission, and a direct caller on this machine"))
            .NotAudited(NotAuditedAttribute.Reads);

    internal static bool IsDirectAndLocal(HttpContext http)
        => http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !ProxyTraces.Any(http.Request.Headers.ContainsKey)
            && IsOwnName(http.Request.Host.Host);

    // A site can have its own name lead to this machine: its page's requests come from here and name that site, and its scripts read the answers.
    private static bool IsOwnName(string host)
        => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    private static bool MayRead(HttpContext http)
        => http.RequestServices.GetRequiredService<IApiCallers>().Find(http)?.Permissions.Contains(Permissions.ChannelsRead) == true;
}

// Browsers say which site a request comes from, and no page can make them lie about it. Cookies alone do not tell: SameSite lets through what
// comes from another port or a sibling domain, a link of another site's page opens what it leads to in its visitor's name, and a WebSocket is
// no form that could carry an antiforgery token.
using Assistant.Domain.Audit;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Assistant.Web.Security;

/// <summary>Refuses what a page of another site asks of the console in its visitor's name: posts, circuits, hubs, and what leaves an event just by being opened.</summary>
internal static class OriginGuard
{
    // What no cookie opens: keys, signatures and visitors' tokens speak for themselves. The chat's hub looks at the origin when a device
    // joins, because each web chat has sites of its own.
    private static readonly PathString[] WithoutCookies = ["/api", "/webhooks", "/hubs/chat", "/metrics"];

    private static readonly PathString[] Lines = ["/_blazor", "/hubs"];

    /// <summary>Call it before whatever may act.</summary>
    public static IApplicationBuilder UseOriginGuard(this IApplicationBuilder app)
    {
        var isPublic = Uri.TryCreate(app.ApplicationServices.GetRequiredService<IConfiguration>()["Assistant:Public:BaseUrl"], UriKind.Absolute, out var address);
        return app.Use((context, next) =>
        {
            if (!Acts(context) || IsOwn(context.Request, isPublic ? address : null))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
    }

    private static bool Acts(HttpContext context) => context.Request is var request
        && !Array.Exists(WithoutCookies, prefix => request.Path.StartsWithSegments(prefix))
        && (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            || Array.Exists(Lines, prefix => request.Path.StartsWithSegments(prefix))
            || LeavesEvent(context.GetEndpoint()));

    // A page may be opened from a mail or a messenger: what it states is done over its line. A download states what opening it does.
    private static bool LeavesEvent(Endpoint? endpoint) => endpoint?.Metadata is { } metadata
        && metadata.GetMetadata<AuditsAttribute>() is not null
        && metadata.GetMetadata<ComponentTypeMetadata>() is null
        && metadata.GetMetadata<ReachedFromElsewhere>() is null;

    // The scheme is not compared, because a proxy in front may end TLS; a program that is no browser says nothing and has no cookie to misuse.
    private static bool IsOwn(HttpRequest request, Uri? publicAddress)
    {
        if (request.Headers.Origin.ToString() is not { Length: > 0 } origin)
        {
            return request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var site)
            && (IsHost(site, request.Host) || (publicAddress is not null && site.Authority == publicAddress.Authority));
    }

    private static bool IsHost(Uri site, HostString host)
        => string.Equals(site.IdnHost, host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase) && (host.Port is { } port ? site.Port == port : site.IsDefaultPort);
}

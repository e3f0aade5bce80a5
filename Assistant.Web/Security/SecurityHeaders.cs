using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticAssets;

namespace Assistant.Web.Security;

/// <summary>
/// Headers of every answer, refusals and faults included: only our own scripts run, only our own origin is spoken to, nobody frames a page,
/// nothing of it is kept. What an endpoint sets itself (the embeddable web chat, bundled files) stays.
/// </summary>
internal static class SecurityHeaders
{
    /// <summary>Two years, as the preload lists ask for; the other hosts of the domain are not ours to decide about.</summary>
    private const string TransportSecurity = "max-age=63072000";

    private const string NonceKey = "assistant.csp-nonce";

    /// <summary>The nonce that lets an inline script of this response run.</summary>
    public static string NonceOf(HttpContext context)
    {
        if (context.Items[NonceKey] is not string nonce)
        {
            context.Items[NonceKey] = nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        }

        return nonce;
    }

    /// <summary>Call it before whatever may answer, but after the scheme and the host are known.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            Write(context);
            return Task.CompletedTask;
        });
        return next(context);
    });

    private static void Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self)");
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = TransportSecurity;
        }

        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = Policy(context);
            headers.XFrameOptions = "DENY";
        }

        // The signed-out may press "back", and a shared cache may stand in between.
        if (headers.CacheControl.Count == 0 && context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
        {
            headers.CacheControl = "no-store";
        }
    }

    // Style attributes are MudBlazor's way of placing things; style elements there are none, for the theme is a sheet (ADR 137).
    // 'self' covers ws: and wss: of the own origin in CSP 3, but Safari before 15.4 wants the address spelled out.
    private static string Policy(HttpContext context)
    {
        var socket = $"{(context.Request.IsHttps ? "wss" : "ws")}://{context.Request.Host}";
        return $"default-src 'self'; script-src 'self' 'nonce-{NonceOf(context)}'; script-src-attr 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; "
            + $"img-src 'self' data: blob:; connect-src 'self' {socket}; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    }
}

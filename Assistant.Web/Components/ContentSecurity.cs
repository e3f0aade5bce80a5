using System.Security.Cryptography;

namespace Assistant.Web.Components;

/// <summary>
/// Headers that keep a page to itself: only our own scripts run, only our own origin is spoken to, nobody frames it.
/// A page that sets its own policy (the embeddable web chat) keeps it.
/// </summary>
internal static class ContentSecurity
{
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

    public static IApplicationBuilder UseContentSecurity(this IApplicationBuilder app) => app.Use((context, next) =>
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
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), publickey-credentials-get=(self)";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = Policy(context);
        }
    }

    // Style elements and attributes are MudBlazor's way of theming and placing; a nonce on styles leaves the page without colours.
    // 'self' covers ws: and wss: of the own origin in CSP 3, but Safari before 15.4 wants the address spelled out.
    private static string Policy(HttpContext context)
    {
        var socket = $"{(context.Request.IsHttps ? "wss" : "ws")}://{context.Request.Host}";
        return $"default-src 'self'; script-src 'self' 'nonce-{NonceOf(context)}'; style-src 'self' 'unsafe-inline'; "
            + $"img-src 'self' data: blob:; connect-src 'self' {socket}; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    }
}

using System.Security.Claims;
using Assistant.Domain.Security.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Assistant.Web.Security;

/// <summary>The console's session cookie.</summary>
internal static class SessionCookie
{
    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "assistant";
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostCookies();
        options.SlidingExpiration = false; // the session's row says how long it goes on
        options.LoginPath = "/account/sign-in";
        options.AccessDeniedPath = "/account/access-denied";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        var principal = context.Principal!;
        if (!await sessions.IsInForceAsync(principal, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(WebSecurity.CookieScheme);
            return;
        }

        if (IsActivity(context.Request) && Sessions.IdOf(principal) is { } session)
        {
            await context.HttpContext.RequestServices.GetRequiredService<SessionBoard>().SeeAsync(session, context.HttpContext.RequestAborted);
        }

        if (sessions.FindBetterTenant(principal) is { } tenant)
        {
            principal = principal.MovedTo(tenant);
            context.ShouldRenew = true;
        }

        // Set anew for each request, and so for each circuit: the cookie may have travelled. A copy, because a renewed cookie
        // would otherwise carry the address along.
        var present = principal.WithoutOrigin();
        ((ClaimsIdentity)present.Identity!).AddClaim(new Claim(SessionClaims.Origin, SessionClaims.OriginOf(context.HttpContext)));
        if (context.HttpContext.RequestServices.GetRequiredService<KnownDevices>().FindAny(context.HttpContext) is { } device)
        {
            ((ClaimsIdentity)present.Identity!).AddClaim(new Claim(SessionClaims.Device, device.ToString()));
        }

        context.ReplacePrincipal(present);
    }

    // Somebody opened a page or sent a form. What a page fetches by itself, its circuit among it, is not something the person did.
    private static bool IsActivity(HttpRequest request)
        => request.Headers["Sec-Fetch-Mode"].ToString() is "" or "navigate" && !request.Path.StartsWithSegments("/_blazor");

    // A page sends people to sign in; a program is told.
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments("/api") || path.StartsWithSegments("/hubs") || path.StartsWithSegments("/_blazor"))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }
}

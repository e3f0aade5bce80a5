using System.Security.Claims;
using Assistant.Domain.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Caching.Memory;

namespace Assistant.Web.Security;

/// <summary>The console's session cookie.</summary>
internal static class SessionCookie
{
    // Sessions that were ended stay usable at most this long; circuits look again by themselves.
    private static readonly TimeSpan TrustFor = TimeSpan.FromSeconds(5);

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "assistant";
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostCookies();
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.SlidingExpiration = true;
        options.LoginPath = "/account/sign-in";
        options.AccessDeniedPath = "/account/access-denied";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>Whether the session in the principal is still in force.</summary>
    public static async Task<bool> IsInForceAsync(ClaimsPrincipal? principal, IUserDirectory users, CancellationToken cancellationToken)
        => Guid.TryParse(principal?.FindFirst(SessionClaims.Id)?.Value, out var id)
            && principal?.FindFirst(SessionClaims.Stamp)?.Value is { } stamp
            && await users.FindSessionAsync(new UserId(id), stamp, cancellationToken) is not null;

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var principal = context.Principal!;
        var key = (nameof(SessionCookie), principal.FindFirst(SessionClaims.Id)?.Value, principal.FindFirst(SessionClaims.Stamp)?.Value);
        var isInForce = await services.GetRequiredService<IMemoryCache>().GetOrCreateAsync(key, async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = TrustFor;
            return await IsInForceAsync(principal, services.GetRequiredService<IUserDirectory>(), context.HttpContext.RequestAborted);
        });

        if (!isInForce)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(WebSecurity.CookieScheme);
            return;
        }

        // Set anew for each request, and so for each circuit: the cookie may have travelled. A copy, because a renewed cookie
        // would otherwise carry the address along.
        var present = principal.Clone();
        var identity = (ClaimsIdentity)present.Identity!;
        foreach (var old in identity.FindAll(SessionClaims.Origin).ToList())
        {
            identity.RemoveClaim(old);
        }

        identity.AddClaim(new Claim(SessionClaims.Origin, SessionClaims.OriginOf(context.HttpContext)));
        context.ReplacePrincipal(present);
    }

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

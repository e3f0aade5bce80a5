// An answer comes back by a navigation that another site began, so the browser holds back cookies marked strict, among them the one that tells
// a known device. The answer is therefore checked, put into a cookie, and followed by a page of ours that goes on by itself: from there every
// cookie is sent, and the provider's code is in no address any more.
using Assistant.Domain.Security.External;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Security;

/// <summary>Where the answers of identity providers arrive, and what becomes of them.</summary>
internal sealed class ProviderAnswers(IdentityProviders providers) : IConfigureNamedOptions<OpenIdConnectOptions>
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public static string CallbackOf(string key) => $"{ExternalSignInEndpoints.Begin}/{key}/callback";

    /// <summary>The cookie between a provider's answer and what it was for.</summary>
    public static void ConfigureTicket(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "assistant-external";
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostCookies();
        options.ExpireTimeSpan = Lifetime;
        options.SlidingExpiration = false;
    }

    public void Configure(OpenIdConnectOptions options)
    {
    }

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        if (providers.FindByScheme(name) is not { } provider)
        {
            return;
        }

        options.SignInScheme = ExternalTickets.Scheme;
        options.CallbackPath = CallbackOf(provider.Key);
        Configure(options.CorrelationCookie, "assistant-oidc-state.");
        Configure(options.NonceCookie, "assistant-oidc-nonce.");
        options.Events.OnTicketReceived = KeepAsync;
        options.Events.OnRemoteFailure = context => RefuseAsync(context, provider);
    }

    // The answer comes by a navigation with GET, for which lax is enough; the path stays the callback's.
    private static void Configure(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    }

    private static async Task KeepAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        // Its time is the cookie's, not the token's.
        context.Properties!.IssuedUtc = context.Properties.ExpiresUtc = null;
        await http.SignInAsync(ExternalTickets.Scheme, context.Principal!, context.Properties);
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(
            $"""<!doctype html><html><head><title>…</title><meta http-equiv="refresh" content="0;url={ExternalSignInEndpoints.Finish}"></head><body></body></html>""",
            http.RequestAborted);
        context.HandleResponse();
    }

    private static async Task RefuseAsync(RemoteFailureContext context, IdentityProvider provider)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        if (services.GetRequiredService<SignInLimiter>().AllowsProvider(NetworkKey.Of(http))) // an answer to no question costs its sender nothing
        {
            await services.GetRequiredService<ExternalLoginDesk>().RefuseAsync(provider.Name, SessionClaims.OriginOf(http), http.RequestAborted);
        }

        var (purpose, invitation) = ExternalTickets.PurposeOf(context.Properties);
        context.Response.Redirect(ExternalSignInEndpoints.AfterRefusal(purpose, invitation));
        context.HandleResponse();
    }
}

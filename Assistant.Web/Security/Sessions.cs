using System.Security.Claims;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Microsoft.AspNetCore.Authentication;

namespace Assistant.Web.Security;

/// <summary>Begins sessions of the console and says in which tenant they are.</summary>
internal sealed class Sessions(
    IAccessRights rights, SessionBoard board, IUserSessionStore store, KnownDevices cookies, DeviceDesk devices, DeviceNotices notices,
    TimeProvider clock)
{
    /// <summary>Gives this browser its cookie, after a sign-in.</summary>
    /// <param name="provider">Name of the identity provider, where one vouched.</param>
    public async Task BeginAsync(HttpContext http, User user, string stamp, SignInMethod method, string? provider = null)
    {
        await ReplaceAsync(http);
        var now = clock.GetUtcNow();
        var look = DeviceLook.Of(http.Request.Headers.UserAgent);
        var device = cookies.Remember(http, user.Email);
        if (await devices.SeeAsync(user, device, look, SessionClaims.OriginOf(http), http.RequestAborted))
        {
            await notices.TellAsync(user, look, SessionClaims.OriginOf(http), http.RequestAborted);
        }

        var token = RandomToken.Create();
        var session = new UserSession(UserSessionId.Of(token), user.Id, user.Tenant, now, now, method, look, SessionClaims.OriginOf(http), Provider: provider);
        await OpenAsync(http, user, stamp, token, session, user.Tenant);
    }

    /// <summary>
    /// Gives this browser another cookie for a session that a changed credential ended with all others: it goes on where it was, for as long
    /// as it would have.
    /// </summary>
    public async Task ContinueAsync(HttpContext http, User user, string stamp, Caller caller)
    {
        if (caller.Session is { } ended && await store.FindAsync(ended, http.RequestAborted) is { } before)
        {
            var token = RandomToken.Create();
            var session = before with { Id = UserSessionId.Of(token), SeenAt = clock.GetUtcNow(), EndedAt = null, End = null };
            await OpenAsync(http, user, stamp, token, session, caller.Tenant);
        }
    }

    /// <summary>Whether the session in the principal goes on.</summary>
    public async ValueTask<bool> IsInForceAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken)
    {
        await rights.LoadAsync(cancellationToken);
        return UserOf(principal) is { } user && principal!.FindFirst(SessionClaims.Stamp)?.Value is { } stamp && rights.IsInForce(user, stamp)
            && IdOf(principal) is { } session && await board.IsOpenAsync(session, user, cancellationToken);
    }

    /// <summary>The tenant the session is in from now on, when its user is no member of the present one any more but of another.</summary>
    public TenantId? FindBetterTenant(ClaimsPrincipal principal)
        => UserOf(principal) is { } user && principal.FindFirst(SessionClaims.Tenant)?.Value is { } present
            && Choose(user, new TenantId(present)) is var chosen && chosen.Value != present
            ? chosen
            : null;

    public static UserId? UserOf(ClaimsPrincipal? principal)
        => Guid.TryParse(principal?.FindFirst(SessionClaims.Id)?.Value, out var id) ? new UserId(id) : null;

    /// <summary>The session the principal carries the token of, whether or not it goes on.</summary>
    public static UserSessionId? IdOf(ClaimsPrincipal? principal)
        => RandomToken.TryParse(principal?.FindFirst(SessionClaims.Session)?.Value, out var token) ? UserSessionId.Of(token) : null;

    // A browser has one session: whoever signs in where somebody is signed in takes the place of the one before.
    private async Task ReplaceAsync(HttpContext http)
    {
        if (UserOf(http.User) is { } user && IdOf(http.User) is { } before && await store.FindAsync(before, http.RequestAborted) is { EndedAt: null } open)
        {
            var actor = new Actor("user", user.ToString(), http.User.Identity?.Name ?? "");
            var details = new Dictionary<string, string> { ["session"] = before.ToString(), ["why"] = "another sign-in" };
            await board.EndAsync(
                user, before, SessionEnd.SignedOut,
                new AuditDraft(open.Tenant, clock.GetUtcNow(), actor, AuditActions.SignedOut, $"user/{user}", SessionClaims.OriginOf(http), details), http.RequestAborted);
        }
    }

    private async Task OpenAsync(HttpContext http, User user, string stamp, RandomToken token, UserSession session, TenantId wanted)
    {
        await rights.LoadAsync(user.Id, stamp, http.RequestAborted);
        await board.BeginAsync(session, http.RequestAborted);
        await http.SignInAsync(WebSecurity.CookieScheme, SessionClaims.ForUser(user, stamp, token, Choose(user.Id, wanted)));
    }

    // Somebody who is a member nowhere is where they were, and may do nothing there.
    private TenantId Choose(UserId user, TenantId wanted)
        => rights.TenantsOf(user) is { Count: > 0 } tenants && !tenants.Contains(wanted) ? tenants[0] : wanted;
}

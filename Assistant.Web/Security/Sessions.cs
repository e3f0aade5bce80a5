using System.Security.Claims;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Microsoft.AspNetCore.Authentication;

namespace Assistant.Web.Security;

/// <summary>Begins sessions of the console and says in which tenant they are.</summary>
internal sealed class Sessions(IAccessRights rights)
{
    /// <summary>Gives this browser its cookie.</summary>
    /// <param name="wanted">The tenant the session was in before, if any.</param>
    public async Task BeginAsync(HttpContext http, User user, string stamp, TenantId? wanted = null)
    {
        await rights.LoadAsync(http.RequestAborted);
        await http.SignInAsync(WebSecurity.CookieScheme, SessionClaims.ForUser(user, stamp, Choose(user.Id, wanted ?? user.Tenant)));
    }

    /// <summary>Whether the session in the principal goes on.</summary>
    public async ValueTask<bool> IsInForceAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken)
    {
        await rights.LoadAsync(cancellationToken);
        return UserOf(principal) is { } user && principal!.FindFirst(SessionClaims.Stamp)?.Value is { } stamp && rights.IsInForce(user, stamp);
    }

    /// <summary>The tenant the session is in from now on, when its user is no member of the present one any more but of another.</summary>
    public TenantId? FindBetterTenant(ClaimsPrincipal principal)
        => UserOf(principal) is { } user && principal.FindFirst(SessionClaims.Tenant)?.Value is { } present
            && Choose(user, new TenantId(present)) is var chosen && chosen.Value != present
            ? chosen
            : null;

    public static UserId? UserOf(ClaimsPrincipal? principal)
        => Guid.TryParse(principal?.FindFirst(SessionClaims.Id)?.Value, out var id) ? new UserId(id) : null;

    // Somebody who is a member nowhere is where they were, and may do nothing there.
    private TenantId Choose(UserId user, TenantId wanted)
        => rights.TenantsOf(user) is { Count: > 0 } tenants && !tenants.Contains(wanted) ? tenants[0] : wanted;
}

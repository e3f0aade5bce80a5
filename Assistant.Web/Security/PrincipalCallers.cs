using System.Security.Claims;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Assistant.Web.Components;
using Assistant.Web.Endpoints;

namespace Assistant.Web.Security;

/// <summary>The one place where a principal becomes a caller: for pages, hubs and endpoints alike.</summary>
/// <remarks>
/// A principal says who somebody is; what they may do is asked of <see cref="IAccessRights"/> at each act, so that a caller kept by an open
/// page can do no more than is right at that moment.
/// </remarks>
internal sealed class PrincipalCallers(IAccessRights rights, SessionBoard sessions) : IPrincipalCallers, IApiCallers
{
    public Caller? Find(ClaimsPrincipal principal)
        => principal.Identities.Select(Of).FirstOrDefault(caller => caller is not null);

    public Caller? Find(HttpContext context)
        => context.User.Identities.Where(identity => identity.AuthenticationType == RestApi.Scheme).Select(Of).FirstOrDefault();

    private Caller? Of(ClaimsIdentity identity)
        => identity.IsAuthenticated
            && identity.FindFirst(SessionClaims.Kind)?.Value is { } kind
            && identity.FindFirst(SessionClaims.Id)?.Value is { } id
            && identity.FindFirst(SessionClaims.Tenant)?.Value is { } name
            && new TenantId(name) is var tenant
            ? new Caller(
                new Actor(kind, id, identity.FindFirst(SessionClaims.Name)?.Value ?? ""),
                tenant,
                new PresentPermissionSet(PermissionsOf(identity, id, tenant)),
                identity.FindFirst(SessionClaims.Origin)?.Value ?? "unknown")
            {
                Session = SessionOf(identity),
                Device = Guid.TryParse(identity.FindFirst(SessionClaims.Device)?.Value, out var device) ? device : null,
                HomeTenant = identity.FindFirst(SessionClaims.Home)?.Value is { } home && home != name ? new TenantId(home) : null,
            }
            : null;

    private Func<IReadOnlySet<string>> PermissionsOf(ClaimsIdentity identity, string id, TenantId tenant)
    {
        // A key carries its role, read with the key at each request; a session carries its token and the stamp it began with.
        if (identity.FindFirst(SessionClaims.Role)?.Value is { } role)
        {
            return () => rights.OfRole(tenant, role);
        }

        if (!Guid.TryParse(id, out var user) || SessionOf(identity) is not { } session)
        {
            return () => Roles.PermissionsOf("");
        }

        var stamp = identity.FindFirst(SessionClaims.Stamp)?.Value ?? "";
        return () => sessions.IsOpen(session, new UserId(user)) ? rights.OfSession(tenant, new UserId(user), stamp) : Roles.PermissionsOf("");
    }

    private static UserSessionId? SessionOf(ClaimsIdentity identity)
        => RandomToken.TryParse(identity.FindFirst(SessionClaims.Session)?.Value, out var token) ? UserSessionId.Of(token) : null;
}

using System.Security.Claims;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Web.Components;
using Assistant.Web.Endpoints;

namespace Assistant.Web.Security;

/// <summary>The one place where a principal becomes a caller: for pages, hubs and endpoints alike.</summary>
internal sealed class PrincipalCallers : IPrincipalCallers, IApiCallers
{
    public Caller? Find(ClaimsPrincipal principal)
        => principal.Identities.Select(Of).FirstOrDefault(caller => caller is not null);

    public Caller? Find(HttpContext context)
        => context.User.Identities.Where(identity => identity.AuthenticationType == RestApi.Scheme).Select(Of).FirstOrDefault();

    private static Caller? Of(ClaimsIdentity identity)
        => identity.IsAuthenticated
            && identity.FindFirst(SessionClaims.Kind)?.Value is { } kind
            && identity.FindFirst(SessionClaims.Id)?.Value is { } id
            && identity.FindFirst(SessionClaims.Tenant)?.Value is { } tenant
            ? new Caller(
                new Actor(kind, id, identity.FindFirst(SessionClaims.Name)?.Value ?? ""),
                new TenantId(tenant),
                Roles.PermissionsOf(identity.FindFirst(SessionClaims.Role)?.Value ?? ""),
                identity.FindFirst(SessionClaims.Origin)?.Value ?? "unknown")
            : null;
}

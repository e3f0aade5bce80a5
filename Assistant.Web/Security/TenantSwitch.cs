using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Web.Components;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Security;

/// <summary>Takes a session into another tenant of its user: a form post, because only a response can give this browser its new cookie.</summary>
internal static class TenantSwitch
{
    public const string Path = "/account/tenant";

    public static void Map(IEndpointRouteBuilder endpoints)
        => endpoints.MapPost(Path, SwitchAsync).SignedIn("a tenant one is a member of").Audits(AuditActions.TenantEntered)
            .DisableAntiforgery().ExcludeFromDescription();

    private static async Task<RedirectHttpResult> SwitchAsync(
        HttpContext http, IAntiforgery antiforgery, IPrincipalCallers callers, IAccessRights rights, IAuditLog audit, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http) || callers.Find(http.User) is not { } caller)
        {
            return TypedResults.LocalRedirect("/");
        }

        var form = await http.Request.ReadFormAsync(cancellationToken);
        // A tenant that does not exist and one that is not the user's look alike.
        if (form["tenant"].ToString() is var name && Slug.IsValid(name) && new TenantId(name) is var tenant
            && rights.TenantsOf(caller.AsUser.Id).Contains(tenant))
        {
            var entered = caller with { Tenant = tenant };
            await audit.AppendAsync(entered.Audit(clock.GetUtcNow(), AuditActions.TenantEntered, $"user/{caller.Actor.Id}"), cancellationToken);
            await http.SignInAsync(WebSecurity.CookieScheme, http.User.MovedTo(tenant).WithoutOrigin());
        }

        return TypedResults.LocalRedirect(LocalUrl.OrHome(form["returnUrl"]));
    }
}

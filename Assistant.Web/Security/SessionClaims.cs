using System.Security.Claims;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Security;

/// <summary>What a principal of ours carries, whether it came with a cookie or an API key.</summary>
internal static class SessionClaims
{
    public const string Kind = "assistant:kind";
    public const string Id = ClaimTypes.NameIdentifier;
    public const string Name = ClaimTypes.Name;
    public const string Tenant = "assistant:tenant";

    /// <summary>Where the account is at home; a session may be in another tenant.</summary>
    public const string Home = "assistant:home";

    /// <summary>Of an API key only: what a person may do is never part of a session.</summary>
    public const string Role = ClaimTypes.Role;

    /// <summary>Ends the session when the user's own has changed.</summary>
    public const string Stamp = "assistant:stamp";

    /// <summary>Token of the session's row, see <see cref="RandomToken"/>.</summary>
    public const string Session = "assistant:session";

    /// <summary>The known device of the request at hand; never part of the session's cookie.</summary>
    public const string Device = "assistant:device";

    /// <summary>Network address of the request at hand; never part of the cookie.</summary>
    public const string Origin = "assistant:origin";

    /// <param name="tenant">The tenant the session is in.</param>
    public static ClaimsPrincipal ForUser(User user, string stamp, RandomToken token, TenantId tenant) => new(new ClaimsIdentity(
        [.. Common(user.AsActor, tenant.Value), new Claim(Home, user.Tenant.Value), new Claim(Stamp, stamp), new Claim(Session, token.Reveal())],
        WebSecurity.CookieScheme));

    /// <summary>The same session in another tenant.</summary>
    public static ClaimsPrincipal MovedTo(this ClaimsPrincipal session, TenantId tenant)
    {
        var moved = session.Clone();
        var identity = (ClaimsIdentity)moved.Identity!;
        identity.RemoveClaim(identity.FindFirst(Tenant));
        identity.AddClaim(new Claim(Tenant, tenant.Value));
        return moved;
    }

    public static ClaimsPrincipal ForApiKey(ApiKey key, string origin) => new(new ClaimsIdentity(
        [.. Common(key.AsActor, key.Tenant.Value), new Claim(Role, key.Role), new Claim(Origin, origin)], Endpoints.RestApi.Scheme));

    /// <summary>As it goes into the cookie: the address belongs to the request.</summary>
    public static ClaimsPrincipal WithoutOrigin(this ClaimsPrincipal session)
    {
        var kept = session.Clone();
        var identity = (ClaimsIdentity)kept.Identity!;
        identity.FindAll(claim => claim.Type is Origin or Device).ToList().ForEach(identity.RemoveClaim);
        return kept;
    }

    public static string OriginOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
    }

    private static Claim[] Common(Actor actor, string tenant)
        => [new(Kind, actor.Kind), new(Id, actor.Id), new(Name, actor.Name), new(Tenant, tenant)];
}

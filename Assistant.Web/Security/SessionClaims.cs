using System.Security.Claims;
using Assistant.Domain.Security;

namespace Assistant.Web.Security;

/// <summary>What a principal of ours carries, whether it came with a cookie or an API key.</summary>
internal static class SessionClaims
{
    public const string Kind = "assistant:kind";
    public const string Id = ClaimTypes.NameIdentifier;
    public const string Name = ClaimTypes.Name;
    public const string Tenant = "assistant:tenant";
    public const string Role = ClaimTypes.Role;

    /// <summary>Ends the session when the user's own has changed.</summary>
    public const string Stamp = "assistant:stamp";

    /// <summary>Network address of the request at hand; never part of the cookie.</summary>
    public const string Origin = "assistant:origin";

    public static ClaimsPrincipal ForUser(User user, string stamp) => new(new ClaimsIdentity(
        [.. Common(user.AsActor, user.Tenant.Value, user.Role), new Claim(Stamp, stamp)], WebSecurity.CookieScheme));

    public static ClaimsPrincipal ForApiKey(ApiKey key, string origin) => new(new ClaimsIdentity(
        [.. Common(key.AsActor, key.Tenant.Value, key.Role), new Claim(Origin, origin)], Endpoints.RestApi.Scheme));

    public static string OriginOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
    }

    private static Claim[] Common(Actor actor, string tenant, string role)
        => [new(Kind, actor.Kind), new(Id, actor.Id), new(Name, actor.Name), new(Tenant, tenant), new(Role, role)];
}

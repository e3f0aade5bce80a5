using Assistant.Domain.Tenancy;

namespace Assistant.Web.Endpoints;

/// <summary>Who the answering side takes the caller for.</summary>
internal sealed record MeResource(string Kind, string Id, string Name, string Tenant, IReadOnlyList<string> Permissions);

internal sealed record TenantResource(string Name, string DisplayName, DateTimeOffset CreatedAt);

/// <summary><c>/api/v1/me</c> and <c>/api/v1/tenants</c>: where a caller is.</summary>
internal static class MeEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/me", GetMe).NeedsCaller().WithTags("Caller")
            .WithSummary("Who calls, with which permissions").Produces<MeResource>();
        api.MapGet("/tenants", ListTenantsAsync).NeedsCaller().WithTags("Caller")
            .WithSummary("The tenants the caller can see").WithDescription("A key belongs to one tenant and sees that one.")
            .Produces<PageResource<TenantResource>>();
    }

    private static IResult GetMe(ApiCaller caller)
    {
        var me = caller.Value;
        return Results.Ok(new MeResource(
            me.Actor.Kind, me.Actor.Id, me.Actor.Name, me.Tenant.Value, [.. me.Permissions.Order(StringComparer.Ordinal)]));
    }

    private static async Task<IResult> ListTenantsAsync(ApiCaller caller, ITenantDirectory tenants, CancellationToken ct)
        => Results.Ok(PageResource<TenantResource>.Whole((await tenants.ListAsync(ct))
            .Where(t => t.Id == caller.Value.Tenant)
            .Select(t => new TenantResource(t.Id.Value, t.DisplayName, t.CreatedAt))));
}

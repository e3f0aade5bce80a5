namespace Assistant.Web.Endpoints;

/// <summary>Who the answering side takes the caller for.</summary>
internal sealed record MeResource(string Kind, string Id, string Name, string Tenant, IReadOnlyList<string> Permissions);

/// <summary><c>/api/v1/me</c>: where a caller is.</summary>
internal static class MeEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/me", GetMe).NeedsCaller().WithTags("Caller")
            .WithSummary("Who calls, with which permissions").Produces<MeResource>();
    }

    private static IResult GetMe(ApiCaller caller)
    {
        var me = caller.Value;
        return Results.Ok(new MeResource(
            me.Actor.Kind, me.Actor.Id, me.Actor.Name, me.Tenant.Value, [.. me.Permissions.Order(StringComparer.Ordinal)]));
    }
}

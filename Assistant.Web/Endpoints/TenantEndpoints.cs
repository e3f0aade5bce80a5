using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record TenantResource(string Name, string DisplayName, DateTimeOffset CreatedAt);

internal sealed record TenantRequest(
    [property: Description("1 to 63 lower-case letters, digits and inner hyphens; never changes.")] string Name,
    [property: Description("Shown to people; the name when it is left out.")] string? DisplayName = null);

/// <summary><c>/api/v1/tenants</c>: the tenants of this installation the caller has to do with.</summary>
internal static class TenantEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/tenants").WithTags("Tenants");
        group.MapGet("/", ListAsync).NeedsCaller()
            .WithSummary("The tenants the caller can see").WithDescription("A key belongs to one tenant and sees that one.")
            .Produces<PageResource<TenantResource>>();
        group.MapPost("/", CreateAsync).Needs(Permissions.TenantsManage).AuditsUnderProof(AuditActions.TenantCreated, AuditActions.MembershipGranted)
            .WithSummary("Creates a tenant").WithDescription("Only for keys of the first tenant.")
            .Produces<TenantResource>(201).ProducesValidationProblem().ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, TenantDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<TenantResource>.Whole((await desk.ListAsync(caller.Value, ct))
            .Select(tenant => new TenantResource(tenant.Id.Value, tenant.DisplayName, tenant.CreatedAt))));

    private static async Task<IResult> CreateAsync(TenantRequest request, ApiCaller caller, TenantDesk desk, TimeProvider clock, CancellationToken ct)
        => await desk.CreateAsync(caller.Value, request.Name, request.DisplayName ?? request.Name, ct) switch
        {
            CreateTenantOutcome.Created created => Results.Json(
                new TenantResource(created.Tenant.Value, request.DisplayName ?? request.Name, clock.GetUtcNow()), statusCode: StatusCodes.Status201Created),
            CreateTenantOutcome.Taken => Problems.Conflict("Name taken", "There is a tenant of this name."),
            CreateTenantOutcome.Invalid invalid => Problems.Invalid(invalid.Key, invalid.Message),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
}

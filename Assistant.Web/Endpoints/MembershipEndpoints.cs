using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record MembershipResource(string Tenant, Guid User, string Email, string Role, DateTimeOffset Since)
{
    public static MembershipResource From(Membership membership)
        => new(membership.Tenant.Value, membership.User.Value, membership.Email, membership.Role, membership.Since);
}

internal sealed record MembershipRequest(
    [property: Description("Of somebody who has an account already.")] string Email,
    [property: Description("A built-in role or one of the tenant's own; at most what the caller may do.")] string Role);

/// <summary><c>/api/v1/memberships</c> and <c>/api/v1/users/{id}/memberships</c>: who belongs to the caller's tenant, as what.</summary>
/// <remarks>Another tenant's memberships look as if they did not exist.</remarks>
internal static class MembershipEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("Memberships");
        group.MapGet("/memberships", ListAsync).Needs(Permissions.UsersRead)
            .WithSummary("Lists the members of the tenant by e-mail address").Produces<PageResource<MembershipResource>>();
        group.MapPost("/memberships", GrantAsync).Needs(Permissions.UsersManage).AuditsUnderProof(AuditActions.MembershipGranted)
            .WithSummary("Lets somebody who has an account into the tenant").WithDescription("An existing membership changes its role.")
            .Produces<MembershipResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapGet("/users/{id:guid}/memberships", GetAsync).Needs(Permissions.UsersRead)
            .WithSummary("A user's membership in the tenant").Produces<PageResource<MembershipResource>>();
        group.MapPut("/users/{id:guid}/memberships/{tenant}", SetRoleAsync).Needs(Permissions.UsersManage).AuditsUnderProof(AuditActions.MembershipGranted)
            .WithSummary("Changes a member's role").WithDescription("It is felt at once.")
            .Produces<MembershipResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapDelete("/users/{id:guid}/memberships/{tenant}", RemoveAsync).Needs(Permissions.UsersManage).AuditsUnderProof(AuditActions.MembershipRemoved)
            .WithSummary("Ends a membership").WithDescription("The account stays.")
            .Produces(204).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, MembershipDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<MembershipResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(MembershipResource.From)));

    private static async Task<IResult> GetAsync(Guid id, ApiCaller caller, MembershipDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<MembershipResource>.Whole(
            await desk.FindAsync(caller.Value, new UserId(id), ct) is { } membership ? [MembershipResource.From(membership)] : []));

    private static async Task<IResult> GrantAsync(MembershipRequest request, ApiCaller caller, MembershipDesk desk, CancellationToken ct)
        => Answer(await desk.GrantAsync(caller.Value, request.Email, request.Role, ct));

    private static async Task<IResult> SetRoleAsync(Guid id, string tenant, RoleRequest request, ApiCaller caller, MembershipDesk desk, CancellationToken ct)
        => tenant == caller.Value.Tenant.Value
            ? Answer(await desk.SetRoleAsync(caller.Value, new UserId(id), request.Role, ct))
            : Problems.NotFound("membership");

    private static async Task<IResult> RemoveAsync(Guid id, string tenant, ApiCaller caller, MembershipDesk desk, CancellationToken ct)
        => tenant == caller.Value.Tenant.Value
            ? Answer(await desk.RemoveAsync(caller.Value, new UserId(id), ct), Results.NoContent())
            : Problems.NotFound("membership");

    internal static IResult Answer(MembershipOutcome outcome, IResult? done = null) => outcome switch
    {
        MembershipOutcome.Changed changed => done ?? Results.Ok(MembershipResource.From(changed.Membership)),
        MembershipOutcome.LastOwner => Problems.Conflict("Last owner", "A tenant keeps at least one owner."),
        MembershipOutcome.NotFound => Problems.NotFound("user"),
        MembershipOutcome.Refused refused => Problems.Invalid(refused.Key, refused.Message),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };
}

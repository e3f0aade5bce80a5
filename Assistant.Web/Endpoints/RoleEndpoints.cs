using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record RoleResource(string Name, bool IsBuiltIn, IReadOnlyList<string> Permissions)
{
    public static RoleResource From(CustomRole role) => new(role.Name, false, [.. role.Permissions.Order(StringComparer.Ordinal)]);

    public static RoleResource BuiltIn(string name) => new(name, true, [.. Roles.PermissionsOf(name).Order(StringComparer.Ordinal)]);
}

internal sealed record RolePermissionsRequest(
    [property: Description("Names of permissions; at most what the caller may do.")] IReadOnlyList<string> Permissions);

/// <summary><c>/api/v1/roles</c>: what members and keys may do.</summary>
internal static class RoleEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/roles").WithTags("Roles");
        group.MapGet("/", ListAsync).Needs(Permissions.UsersRead)
            .WithSummary("Lists the built-in roles and the tenant's own").Produces<PageResource<RoleResource>>();
        group.MapPut("/{name}", SaveAsync).Needs(Permissions.RolesManage).AuditsUnderProof(AuditActions.RoleSaved)
            .WithSummary("Makes a role or replaces its permissions").WithDescription("Whoever holds the role feels it at once.")
            .Produces<RoleResource>().ProducesValidationProblem();
        group.MapDelete("/{name}", DeleteAsync).Needs(Permissions.RolesManage).AuditsUnderProof(AuditActions.RoleDeleted)
            .WithSummary("Deletes a role nobody holds").Produces(204).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, RoleDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<RoleResource>.Whole(
            Roles.All.Select(RoleResource.BuiltIn).Concat((await desk.ListAsync(caller.Value, ct)).Select(RoleResource.From))));

    private static async Task<IResult> SaveAsync(string name, RolePermissionsRequest request, ApiCaller caller, RoleDesk desk, CancellationToken ct)
        => await desk.SaveAsync(caller.Value, name, request.Permissions, ct) switch
        {
            SaveRoleOutcome.Saved saved => Results.Ok(RoleResource.From(saved.Role)),
            SaveRoleOutcome.Invalid invalid => Problems.Invalid(invalid.Key, invalid.Message),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<IResult> DeleteAsync(string name, ApiCaller caller, RoleDesk desk, CancellationToken ct)
        => await desk.DeleteAsync(caller.Value, name, ct) switch
        {
            DeleteRoleOutcome.Deleted => Results.NoContent(),
            DeleteRoleOutcome.InUse held => Problems.Conflict("In use", $"{held.Members} members and {held.Keys} API keys hold this role: give them another first."),
            DeleteRoleOutcome.NotFound => Problems.NotFound("role"),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
}

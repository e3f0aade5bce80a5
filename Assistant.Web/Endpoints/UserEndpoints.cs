using System.ComponentModel;
using Assistant.Domain.Security;

namespace Assistant.Web.Endpoints;

internal sealed record UserResource(
    Guid Id, string Email, string Role, bool HasTotp, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt, DateTimeOffset? LockedUntil)
{
    public static UserResource From(User user)
        => new(user.Id.Value, user.Email, user.Role, user.HasTotp, user.CreatedAt, user.LastSignInAt, user.LockedUntil);
}

internal sealed record UserRequest(
    string Email,
    [property: Description("owner, admin, operator, auditor or viewer; at most what the caller may do.")] string Role,
    [property: Description("At least 12 characters. Never returned.")] string Password);

internal sealed record RoleRequest(string Role);

/// <summary><c>/api/v1/users</c>: who may sign in to the console.</summary>
internal static class UserEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/users").WithTags("Users");
        group.MapGet("/", ListAsync).Needs(Permissions.UsersManage)
            .WithSummary("Lists users by e-mail address").Produces<PageResource<UserResource>>();
        group.MapPost("/", CreateAsync).Needs(Permissions.UsersManage)
            .WithSummary("Creates a user").Produces<UserResource>(201).ProducesValidationProblem().ProducesProblem(409);
        group.MapPut("/{id:guid}/role", SetRoleAsync).Needs(Permissions.UsersManage)
            .WithSummary("Sets a user's role").WithDescription("The user has to sign in again.")
            .Produces<UserResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, UserDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<UserResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(UserResource.From)));

    private static async Task<IResult> CreateAsync(UserRequest request, ApiCaller caller, UserDesk desk, CancellationToken ct)
        => await desk.CreateAsync(caller.Value, request.Email, request.Role, request.Password, totp: null, ct) switch
        {
            CreateUserOutcome.Created created => Results.Json(UserResource.From(created.User), statusCode: StatusCodes.Status201Created),
            CreateUserOutcome.EmailTaken => Problems.Conflict("E-mail taken", "Somebody has this address."),
            CreateUserOutcome.Invalid invalid => Problems.Invalid(invalid.Key, invalid.Message),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<IResult> SetRoleAsync(Guid id, RoleRequest request, ApiCaller caller, UserDesk desk, CancellationToken ct)
    {
        if (!Roles.Exists(request.Role) || !Roles.PermissionsOf(request.Role).IsSubsetOf(caller.Value.Permissions))
        {
            return Problems.Invalid("role", $"Use a role that may do no more than you: {string.Join(", ", Roles.All)}.");
        }

        return await desk.SetRoleAsync(caller.Value, new UserId(id), request.Role, ct) switch
        {
            ChangeUserOutcome.Changed changed => Results.Ok(UserResource.From(changed.User)),
            ChangeUserOutcome.LastOwner => Problems.Conflict("Last owner", "A tenant keeps at least one owner."),
            ChangeUserOutcome.NotFound => Problems.NotFound("user"),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }
}

using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Web.Security.Access;
using Assistant.Web.Security;

namespace Assistant.Web.Endpoints;

internal sealed record InvitationResource(
    Guid Id,
    [property: Description("Empty, only for a person, for an account that is a member nowhere.")] string Role,
    string Note,
    [property: Description("Whose account it becomes, when it was made for a person who writes on a messenger.")] Guid? Person,
    string By,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt)
{
    public static InvitationResource From(Invitation invitation) => new(
        invitation.Id.Value, invitation.Role, invitation.Note, invitation.Person?.Value, invitation.By.Name, invitation.CreatedAt, invitation.ExpiresAt);
}

internal sealed record InvitationRequest(
    [property: Description("A built-in role or one of the tenant's own; at most what the caller may do.")] string Role,
    [property: Description("For whom; at most 120 characters.")] string? Note = null,
    [property: Description("How long it can be used; 1 to 720, 72 by default.")] int? Hours = null);

internal sealed record NewInvitationResource(
    [property: Description("Below the console's address. Shown this once.")] string Path, InvitationResource Details);

/// <summary><c>/api/v1/invitations</c>: links by which people become members.</summary>
internal static class InvitationApiEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/invitations").WithTags("Memberships");
        group.MapGet("/", ListAsync).Needs(Permissions.UsersManage)
            .WithSummary("Lists invitations that can still be used, newest first").Produces<PageResource<InvitationResource>>();
        group.MapPost("/", CreateAsync).Needs(Permissions.UsersManage).AuditsUnderProof(AuditActions.InvitationMade)
            .WithSummary("Invites somebody by a link that works once")
            .Produces<NewInvitationResource>(201).ProducesValidationProblem();
        group.MapDelete("/{id:guid}", RevokeAsync).Needs(Permissions.UsersManage).Audits(AuditActions.InvitationRevoked)
            .WithSummary("Takes an invitation back").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, InvitationDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<InvitationResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(InvitationResource.From)));

    private static async Task<IResult> CreateAsync(InvitationRequest request, ApiCaller caller, InvitationDesk desk, CancellationToken ct)
        => Answer(await desk.CreateAsync(caller.Value, request.Role, request.Note ?? "", LifetimeOf(request.Hours), ct));

    internal static TimeSpan LifetimeOf(int? hours) => hours is { } said ? Invitation.Lifetime(said) : Invitation.DefaultLifetime;

    internal static IResult Answer(InviteOutcome outcome) => outcome switch
    {
        InviteOutcome.Made made => Results.Json(
            new NewInvitationResource(InvitationEndpoints.PathOf(made.Token), InvitationResource.From(made.Invitation)), statusCode: StatusCodes.Status201Created),
        InviteOutcome.Refused { Key: "lifetime" } refused => Problems.Invalid("hours", refused.Message),
        InviteOutcome.Refused refused => Problems.Invalid(refused.Key, refused.Message),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    private static async Task<IResult> RevokeAsync(Guid id, ApiCaller caller, InvitationDesk desk, CancellationToken ct)
        => await desk.RevokeAsync(caller.Value, new InvitationId(id), ct) ? Results.NoContent() : Problems.NotFound("open invitation");
}

using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record SessionResource(
    Guid Id, DateTimeOffset CreatedAt, [property: Description("To the minute.")] DateTimeOffset SeenAt, SignInMethod Method,
    [property: Description("As the browser names itself; empty when unknown.")] string Browser, string Platform, string Address)
{
    public static SessionResource From(UserSession session) => new(
        session.Id.Value, session.CreatedAt, session.SeenAt, session.Method, session.Device.Browser, session.Device.Platform, session.Address);
}

internal sealed record EndedResource([property: Description("How many sessions were open and are not any more.")] int Count);

/// <summary><c>/api/v1/users/{id}/sessions</c>: where a user is signed in to the console.</summary>
/// <remarks>An API key is signed in nowhere, so there is no such list of the caller's own: people have theirs on the account page.</remarks>
internal static class SessionEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/users/{id:guid}/sessions").WithTags("Users");
        group.MapGet("/", ListAsync).Needs(Permissions.UsersManage).Audits(AuditActions.SessionEnded)
            .WithSummary("Where a user is signed in").Produces<PageResource<SessionResource>>().ProducesProblem(404);
        group.MapDelete("/", EndAllAsync).Needs(Permissions.UsersManage).Audits(AuditActions.SessionEnded)
            .WithSummary("Signs a user out everywhere").WithDescription("It is felt at once, on pages that are open too.")
            .Produces<EndedResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapDelete("/{session:guid}", EndAsync).Needs(Permissions.UsersManage).Audits(AuditActions.SessionEnded)
            .WithSummary("Ends one session").Produces(204).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(Guid id, ApiCaller caller, SessionDesk desk, CancellationToken ct)
        => await desk.ListOfMemberAsync(caller.Value, new UserId(id), ct) is { } sessions
            ? Results.Ok(PageResource<SessionResource>.Whole(sessions.Select(SessionResource.From)))
            : Problems.NotFound("user");

    private static async Task<IResult> EndAllAsync(Guid id, ApiCaller caller, SessionDesk desk, CancellationToken ct)
        => Answer(await desk.EndOfMemberAsync(caller.Value, new UserId(id), ct), ended => Results.Ok(new EndedResource(ended.Count)));

    private static async Task<IResult> EndAsync(Guid id, Guid session, ApiCaller caller, SessionDesk desk, CancellationToken ct)
        => Answer(
            await desk.EndOfMemberAsync(caller.Value, new UserId(id), new UserSessionId(session), ct),
            ended => ended.Count > 0 ? Results.NoContent() : Problems.NotFound("session"));

    private static IResult Answer(EndSessionsOutcome outcome, Func<EndSessionsOutcome.Ended, IResult> done) => outcome switch
    {
        EndSessionsOutcome.Ended ended => done(ended),
        EndSessionsOutcome.NotFound => Problems.NotFound("user"),
        EndSessionsOutcome.AtHomeElsewhere => Problems.Conflict("At home elsewhere", "The account is at home in another tenant: only there can its sessions be ended."),
        EndSessionsOutcome.MayDoMore more => Problems.Invalid("user", $"{more.Email} may do more than you may: ask somebody who holds that much."),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };
}

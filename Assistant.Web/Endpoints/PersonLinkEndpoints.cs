using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Links;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

/// <summary>Somebody who is the same human being as the person asked about, and the link nearest to that person.</summary>
internal sealed record LinkedPersonResource(
    [property: Description("Id of the link: what ends it.")] Guid Id,
    PersonResource Person,
    [property: Description("code: proven from both sides in the messengers; operator: said by an operator, with a reason in the audit log.")] LinkProof Proof,
    DateTimeOffset LinkedAt)
{
    public static LinkedPersonResource From(LinkedPerson linked) => new(linked.Link.Id, PersonResource.From(linked.Row), linked.Link.Proof, linked.Link.LinkedAt);
}

internal sealed record PersonLinkRequest(
    [property: Description("Id of the other person.")] Guid Person,
    [property: Description("How you know, up to 500 characters; it stands in the audit log.")] string Reason);

/// <summary><c>/api/v1/people/{id}/links</c>: which persons are one human being.</summary>
internal static class PersonLinkEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/people/{id:guid}/links").WithTags("People");
        group.MapGet("/", ListAsync).Needs(Permissions.PeopleRead)
            .WithSummary("Who else a person is, on other messengers").WithDescription("Also whoever is linked through others.")
            .Produces<PageResource<LinkedPersonResource>>().ProducesProblem(404);
        group.MapPost("/", LinkAsync).Needs(Permissions.PeopleManage).Audits(AuditActions.PersonLinked)
            .WithSummary("Says that two persons are one human being")
            .WithDescription("From then on the assistant knows with each what was told it as the other. Conversations stay apart. Repeating it changes nothing.")
            .Produces(204).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapDelete("/{link:guid}", UnlinkAsync).Needs(Permissions.PeopleManage).Audits(AuditActions.PersonUnlinked)
            .WithSummary("Ends a link").WithDescription("Both persons are again what they were; nothing is deleted.").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(Guid id, ApiCaller caller, PersonLinkDesk desk, CancellationToken ct)
        => await desk.FindAsync(caller.Value, new PersonId(id), ct) is { } others
            ? Results.Ok(PageResource<LinkedPersonResource>.Whole(others.Select(LinkedPersonResource.From)))
            : Problems.NotFound("person");

    private static async Task<IResult> LinkAsync(Guid id, PersonLinkRequest request, ApiCaller caller, PersonLinkDesk desk, CancellationToken ct)
        => await desk.LinkAsync(caller.Value, new PersonId(id), new PersonId(request.Person), request.Reason, ct) switch
        {
            OperatorJoin.Done => Results.NoContent(),
            OperatorJoin.NoReason => Problems.Invalid("reason", $"Say how you know, in up to {PersonLinkDesk.MaxReason} characters."),
            OperatorJoin.Refused { Why: JoinOutcome.Same } => Problems.Invalid("person", "Name somebody else: a person is not linked with themselves."),
            OperatorJoin.Refused { Why: JoinOutcome.TooMany } => Problems.Conflict(
                "Too many together", $"Together they would be more than {PersonLinkDesk.MaxTogether} persons. End a link of either first."),
            _ => Problems.NotFound("person"),
        };

    private static async Task<IResult> UnlinkAsync(Guid id, Guid link, ApiCaller caller, PersonLinkDesk desk, CancellationToken ct)
        => await desk.UnlinkAsync(caller.Value, new PersonId(id), link, ct) ? Results.NoContent() : Problems.NotFound("link of this person");
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record IdentityResource(string ChannelType, string ExternalId, string DisplayName);

internal sealed record StandingResource([property: Description("Name of the connection.")] string Channel, Standing Standing);

internal sealed record PersonResource(
    Guid Id,
    string DisplayName,
    string? Locale,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastSeenAt,
    IReadOnlyList<IdentityResource> Identities,
    IReadOnlyList<StandingResource> Standings)
{
    public static PersonResource From(PersonRow row) => new(
        row.Person.Id.Value, row.Person.DisplayName, row.Person.Locale, row.Person.CreatedAt, row.LastSeenAt,
        [.. row.Identities.Select(i => new IdentityResource(i.ChannelType, i.ExternalId, i.DisplayName))],
        [.. row.Standings.Select(s => new StandingResource(s.Connection.Value, s.Standing))]);
}

/// <summary>What a person told the assistant to remember.</summary>
internal sealed record FactResource(
    Guid Id,
    [property: Description("In the person's own words.")] string Text,
    DateTimeOffset StatedAt,
    [property: Description("The conversation in which it was said.")] Guid Conversation,
    [property: Description("The message of that conversation which said it.")] long Seq)
{
    public static FactResource From(Fact fact) => new(fact.Id, fact.Text, fact.StatedAt, fact.SourceConversation.Value, fact.SourceSeq);
}

/// <summary>Someone unknown asks to talk to the assistant.</summary>
internal sealed record PairingResource(
    Guid Id,
    Guid Person,
    string Channel,
    string ChannelType,
    string DisplayName,
    string ExternalUserId,
    [property: Description("What the person was shown: compare it with what they tell you.")] string Code,
    DateTimeOffset RequestedAt,
    DateTimeOffset ExpiresAt)
{
    public static PairingResource From(PairingRequest request) => new(
        request.Id, request.Person.Value, request.Connection.Value, request.ChannelType, request.DisplayName, request.ExternalUserId,
        request.Code, request.RequestedAt, request.ExpiresAt);
}

internal sealed record PairingDecisionRequest(PairingDecision Decision);

internal sealed record StandingRequest(
    [property: Description("approved, blocked, or unknown to forget an earlier decision.")] Standing Standing);

/// <summary><c>/api/v1/people</c>: who talks to the assistant, and who may.</summary>
internal static class PeopleEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/people").WithTags("People");
        group.MapGet("/", ListAsync).Needs(Permissions.PeopleRead)
            .WithSummary("Lists people in the order they were first met").Produces<PageResource<PersonResource>>().ProducesValidationProblem();
        group.MapGet("/{id:guid}", GetAsync).Needs(Permissions.PeopleRead)
            .WithSummary("One person").Produces<PersonResource>().ProducesProblem(404);
        group.MapGet("/{id:guid}/facts", ListFactsAsync).Needs(Permissions.PeopleRead)
            .WithSummary("What a person told the assistant to remember, newest first")
            .WithDescription("Also what they told it as whom they are linked with. One page: 'next' is always null.")
            .Produces<PageResource<FactResource>>().ProducesValidationProblem().ProducesProblem(404);
        group.MapPut("/{id:guid}/standing/{channel}", SetStandingAsync).Needs(Permissions.PeopleManage).Audits(AuditActions.StandingChanged)
            .WithSummary("Allows or blocks a person on a channel")
            .Produces(204).ProducesValidationProblem().ProducesProblem(404);
        group.MapGet("/pairing", ListPairingAsync).Needs(Permissions.PeopleRead)
            .WithSummary("Open pairing requests, oldest first").Produces<PageResource<PairingResource>>();
        group.MapPost("/pairing/{request:guid}", DecideAsync).Needs(Permissions.PeopleManage).Audits(AuditActions.PairingApproved, AuditActions.PairingDeclined)
            .WithSummary("Approves, declines or blocks").WithDescription("Who is approved or declined is told so in their language; who is blocked is not.")
            .Produces(204).ProducesValidationProblem().ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(
        ApiCaller caller, PairingDesk desk, [AsParameters] Paging paging, CancellationToken ct,
        [Description("Part of a name, in any case.")] string? text = null)
        => paging.Problem
            ?? Results.Ok((await desk.ListPeopleAsync(caller.Value, text, paging.After, paging.Size, ct)).Map(PersonResource.From));

    private static async Task<IResult> GetAsync(Guid id, ApiCaller caller, PairingDesk desk, CancellationToken ct)
        => await desk.FindPersonAsync(caller.Value, new PersonId(id), ct) is { } row
            ? Results.Ok(PersonResource.From(row))
            : Problems.NotFound("person");

    private static async Task<IResult> ListFactsAsync(
        Guid id, ApiCaller caller, PairingDesk desk, IRecall recall, CancellationToken ct,
        [Description("Facts at most, 1 to 200; 50 when left out."), Range(1, Paging.MaxLimit)] int? limit = null)
    {
        var paging = new Paging { Limit = limit };
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        return await desk.FindPersonAsync(caller.Value, new PersonId(id), ct) is null
            ? Problems.NotFound("person")
            : Results.Ok(PageResource<FactResource>.Whole(
                (await recall.ListFactsAsync(caller.Value.Tenant, new PersonId(id), paging.Size, ct)).Select(FactResource.From)));
    }

    private static async Task<IResult> SetStandingAsync(
        Guid id, string channel, StandingRequest request, ApiCaller caller, PairingDesk desk, CancellationToken ct)
    {
        if (request.Standing is Standing.Pending || !Enum.IsDefined(request.Standing))
        {
            return Problems.Invalid("standing", "Use 'approved', 'blocked' or 'unknown'.");
        }

        return Slug.IsValid(channel)
            && await desk.SetStandingAsync(caller.Value, new PersonId(id), new ConnectionId(channel), request.Standing, ct)
                ? Results.NoContent()
                : Problems.NotFound("person or channel");
    }

    private static async Task<IResult> ListPairingAsync(ApiCaller caller, PairingDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<PairingResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(PairingResource.From)));

    private static async Task<IResult> DecideAsync(
        Guid request, PairingDecisionRequest body, ApiCaller caller, PairingDesk desk, CancellationToken ct)
        => !Enum.IsDefined(body.Decision)
            ? Problems.Invalid("decision", "Use 'approve', 'decline' or 'block'.")
            : await desk.DecideAsync(caller.Value, request, body.Decision, ct) ? Results.NoContent() : Problems.NotFound("open pairing request");
}

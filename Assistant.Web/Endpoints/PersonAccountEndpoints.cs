using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record PersonAccountResource([property: Description("Id of the user.")] Guid User, string Email, DateTimeOffset LinkedAt)
{
    public static PersonAccountResource From(PersonAccount account) => new(account.User.Value, account.Email, account.LinkedAt);
}

internal sealed record PersonInvitationRequest(
    [property: Description("As for any invitation; left out, the account is a member nowhere, as most people who only write need.")] string? Role = null,
    [property: Description("How long it can be used; 1 to 720, 72 by default.")] int? Hours = null);

/// <summary><c>/api/v1/people/{id}/account</c> and <c>…/invitation</c>: the account a person signs in with, and a link by which they get one.</summary>
internal static class PersonAccountEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/people/{id:guid}").WithTags("People");
        group.MapGet("/account", GetAsync).Needs(Permissions.PeopleRead)
            .WithSummary("The account a person signs in with").Produces<PersonAccountResource>().ProducesProblem(404);
        group.MapDelete("/account", UnlinkAsync).Needs(Permissions.PeopleManage).Audits(AuditActions.AccountUnlinked)
            .WithSummary("Takes a person's account from them").WithDescription("The account itself stays.").Produces(204).ProducesProblem(404);
        group.MapPost("/invitation", InviteAsync).Needs(Permissions.UsersManage).AuditsUnderProof(AuditActions.InvitationMade)
            .WithSummary("Invites a person to have an account, by a link that works once")
            .WithDescription("Needs `people.manage` as well. 404 for who has an account already.")
            .Produces<NewInvitationResource>(201).ProducesValidationProblem().ProducesProblem(404);
    }

    private static async Task<IResult> GetAsync(Guid id, ApiCaller caller, PersonAccountDesk desk, CancellationToken ct)
        => await desk.FindAsync(caller.Value, new PersonId(id), ct) is { } account
            ? Results.Ok(PersonAccountResource.From(account))
            : Problems.NotFound("account of a person");

    private static async Task<IResult> UnlinkAsync(Guid id, ApiCaller caller, PersonAccountDesk desk, CancellationToken ct)
        => await desk.UnlinkAsync(caller.Value, new PersonId(id), ct) ? Results.NoContent() : Problems.NotFound("account of a person");

    private static async Task<IResult> InviteAsync(Guid id, PersonInvitationRequest request, ApiCaller caller, InvitationDesk desk, CancellationToken ct)
        => await desk.CreateForAsync(caller.Value, new PersonId(id), request.Role ?? "", InvitationApiEndpoints.LifetimeOf(request.Hours), ct) switch
        {
            InviteOutcome.Refused { Key: "person" } => Problems.NotFound("person without an account"),
            var outcome => InvitationApiEndpoints.Answer(outcome),
        };
}

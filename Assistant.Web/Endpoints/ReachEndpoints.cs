using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

/// <summary><c>/api/v1/conversations/{id}/chats</c> and what follows from it: where the person is reached, and going on there.</summary>
internal static class ReachEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/conversations/{id:guid}").WithTags("Conversations");
        group.MapGet("/chats", ListAsync).Needs(Permissions.ConversationsRead)
            .WithSummary("Where the person of a direct conversation can be written to")
            .WithDescription("One chat of each connection, of every person linked with them; the one they spoke in last first. Empty for a group.")
            .Produces<PageResource<ChatResource>>().ProducesProblem(404);
        group.MapPost("/continue", ContinueAsync).Needs(Permissions.ConversationsReply)
            .Audits(AuditActions.ConversationContinued, AuditActions.ConversationTakenOver)
            .WithSummary("Goes on in another of the person's chats")
            .WithDescription("The caller takes that conversation over; what was said in this one is part of what the assistant knows there.")
            .Produces<ControlResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapPut("/preferred", PreferAsync).Needs(Permissions.ConversationsReply).Audits(AuditActions.MessengerPreferred)
            .WithSummary("Notes that the person wants to be written to in this conversation").Produces(204).ProducesProblem(404);
        group.MapDelete("/preferred", DropAsync).Needs(Permissions.ConversationsReply).Audits(AuditActions.MessengerPreferenceDropped)
            .WithSummary("Forgets where the person wants to be written to").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(Guid id, ApiCaller caller, ReachDesk desk, IConversationStore conversations, CancellationToken ct)
    {
        var here = new ConversationId(id);
        if (await conversations.FindAsync(caller.Value.Tenant, here, ct) is null)
        {
            return Problems.NotFound("conversation");
        }

        var reach = await desk.FindAsync(caller.Value, here, ct);
        return Results.Ok(PageResource<ChatResource>.Whole((reach?.Chats ?? []).Select(chat => ChatResource.From(chat, reach!))));
    }

    private static async Task<IResult> ContinueAsync(Guid id, ContinueRequest request, ApiCaller caller, ContinuationDesk desk, CancellationToken ct)
        => await desk.ContinueAsync(caller.Value, new ConversationId(id), new ConversationId(request.Conversation), ct) switch
        {
            ContinueOutcome.Continued continued => Results.Ok(ControlResource.From(continued.Conversation, changed: true, heldBack: 0)),
            ContinueOutcome.HeldByOther other => Problems.Conflict("Held by another", $"{other.Operator.Name} holds the conversation it would go on in."),
            _ => Problems.NotFound("conversation of the same person"),
        };

    private static async Task<IResult> PreferAsync(Guid id, ApiCaller caller, ReachDesk desk, CancellationToken ct)
        => await desk.PreferAsync(caller.Value, new ConversationId(id), ct) ? Results.NoContent() : Problems.NotFound("direct conversation");

    private static async Task<IResult> DropAsync(Guid id, ApiCaller caller, ReachDesk desk, CancellationToken ct)
        => await desk.DropPreferenceAsync(caller.Value, new ConversationId(id), ct) ? Results.NoContent() : Problems.NotFound("preference");
}

/// <summary>A chat a person has alone with the assistant.</summary>
internal sealed record ChatResource(
    Guid Conversation,
    string Channel,
    string Type,
    DateTimeOffset? LastSaidAt,
    [property: Description("The person wants to be written to here.")] bool Preferred,
    [property: Description("A message reaches them best here: where they prefer, else where they spoke last, as far as the messenger lets it through.")] bool Answered)
{
    public static ChatResource From(DirectChat chat, PersonReach reach) => new(
        chat.Conversation.Value, chat.Connection.Value, chat.ChannelType, chat.LastSaidAt,
        chat.Conversation == reach.Preferred?.Conversation, chat.Conversation == reach.Answered?.Conversation);
}

internal sealed record ContinueRequest([property: Description("Where it goes on: one of the person's chats.")] Guid Conversation);

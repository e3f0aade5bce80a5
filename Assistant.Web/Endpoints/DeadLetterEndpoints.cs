using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Web.Localization;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record DeadLetterResource(
    Guid Id,
    [property: Description("true when answering kept failing, false when the messenger would not take it.")] bool Inbound,
    Guid Conversation,
    string Channel,
    string Title,
    string Preview,
    string Reason,
    [property: Description("What programs go by; null for a reason stored before there were codes.")] string? ReasonCode,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset DeadAt,
    [property: Description("The person was forgotten: the text is empty and cannot be read again.")] bool IsForgotten)
{
    public static DeadLetterResource From(DeadLetter letter) => new(
        letter.Id, letter.IsInbound, letter.Conversation.Value, letter.Connection.Value, letter.Title, letter.Preview,
        letter.Reason.English(), letter.Reason.FirstCode, letter.Attempts, letter.CreatedAt, letter.DeadAt, letter.IsForgotten);
}

/// <summary><c>/api/v1/deadletters</c>: messages given up on.</summary>
internal static class DeadLetterEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/deadletters").WithTags("Dead letters");
        group.MapGet("/", ListAsync).Needs(Permissions.ConversationsRead)
            .WithSummary("Lists dead letters, newest first").Produces<PageResource<DeadLetterResource>>().ProducesValidationProblem();
        group.MapPost("/{id:guid}/resend", ResendAsync).Needs(Permissions.ConversationsReply).Audits(AuditActions.MessageRevived)
            .WithSummary("Puts a dead letter back into its queue").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, DeadLetterDesk desk, [AsParameters] Paging paging, CancellationToken ct)
        => paging.Problem ?? Results.Ok((await desk.ListAsync(caller.Value, paging.After, paging.Size, ct)).Map(DeadLetterResource.From));

    private static async Task<IResult> ResendAsync(Guid id, ApiCaller caller, DeadLetterDesk desk, CancellationToken ct)
        => await desk.ResendAsync(caller.Value, id, ct) ? Results.NoContent() : Problems.NotFound("dead letter");
}

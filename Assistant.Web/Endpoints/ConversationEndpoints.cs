using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Web.Localization;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Mvc;

namespace Assistant.Web.Endpoints;

/// <summary><c>/api/v1/conversations</c>: read, take over, reply, hand back.</summary>
internal static class ConversationEndpoints
{
    // What is kept of one file may be set; nobody sends more than this over the interface.
    private const long MaxFileBytes = 50_000_000;

    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/conversations").WithTags("Conversations");
        MapReads(group);
        MapControl(group);
        MapWords(group);
    }

    private static void MapReads(RouteGroupBuilder group)
    {
        group.MapGet("/", ListAsync).Needs(Permissions.ConversationsRead)
            .WithSummary("Lists conversations, newest activity first").Produces<PageResource<ConversationResource>>().ProducesValidationProblem();
        group.MapGet("/{id:guid}", GetAsync).Needs(Permissions.ConversationsRead)
            .WithSummary("One conversation").Produces<ConversationResource>().ProducesProblem(404);
        group.MapGet("/{id:guid}/messages", ListMessagesAsync).Needs(Permissions.ConversationsRead)
            .WithSummary("Messages, oldest first")
            .WithDescription("Pages forward with 'after' (a sequence number, 0 for the beginning) or backward with 'before'; without either, the newest page.")
            .Produces<PageResource<MessageResource>>().ProducesValidationProblem().ProducesProblem(404);
        group.MapGet("/{id:guid}/messages/{seq:long}/attachments/{number:int}", DownloadAsync).Needs(Permissions.ConversationsRead)
            .Audits(AuditActions.AttachmentDownloaded)
            .WithSummary("A file of a message").WithDescription("Always a download, of the type its content has. 'number' is 1 for the first file; 404 when it is not kept.")
            .Produces<Stream>(200, "application/octet-stream").ProducesProblem(404);
        group.MapGet("/{id:guid}/held", ListHeldAsync).Needs(Permissions.ConversationsRead)
            .WithSummary("Replies of the assistant a take-over held back").Produces<PageResource<HeldResource>>().ProducesProblem(404);
    }

    private static void MapControl(RouteGroupBuilder group)
    {
        Control(group.MapPost("/{id:guid}/takeover", (Guid id, ApiCaller caller, ConversationDesk desk, CancellationToken ct)
                => AnswerAsync(desk.TakeOverAsync(caller.Value, new ConversationId(id), ct))))
            .Audits(AuditActions.ConversationTakenOver).WithSummary("Takes the conversation over")
            .WithDescription("When this answers 200, nothing the assistant decided before leaves any more.");
        Control(group.MapPost("/{id:guid}/handback", (Guid id, ApiCaller caller, ConversationDesk desk, CancellationToken ct)
                => AnswerAsync(desk.HandBackAsync(caller.Value, new ConversationId(id), ct))))
            .Audits(AuditActions.ConversationHandedBack).WithSummary("Hands the conversation back to the assistant")
            .WithDescription("What was held back stays held.");
        Control(group.MapPost("/{id:guid}/close", (Guid id, ApiCaller caller, ConversationDesk desk, CancellationToken ct)
                => AnswerAsync(desk.CloseAsync(caller.Value, new ConversationId(id), ct))))
            .Audits(AuditActions.ConversationClosed).WithSummary("Closes the conversation").WithDescription("A new message of the person opens it again.");
        Control(group.MapPost("/{id:guid}/reopen", (Guid id, ApiCaller caller, ConversationDesk desk, CancellationToken ct)
                => AnswerAsync(desk.ReopenAsync(caller.Value, new ConversationId(id), ct))))
            .Audits(AuditActions.ConversationReopened).WithSummary("Opens a closed conversation again");

        static RouteHandlerBuilder Control(RouteHandlerBuilder act)
            => act.Needs(Permissions.ConversationsReply).Produces<ControlResource>().ProducesProblem(404).ProducesProblem(409);
    }

    private static void MapWords(RouteGroupBuilder group)
    {
        group.MapPost("/{id:guid}/reply", ReplyAsync).Needs(Permissions.ConversationsReply)
            .Audits(AuditActions.OperatorReplied, AuditActions.ConversationContinued, AuditActions.ConversationTakenOver)
            .WithSummary("Says something to the person").WithDescription("The caller must hold the conversation: take it over first. With 'to=person' it goes where it reaches them best, see 'chats', and the conversation goes on there.")
            .Produces<MessageResource>(201).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{id:guid}/files", SendFileAsync).Needs(Permissions.ConversationsReply).Audits(AuditActions.OperatorReplied)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFileBytes)).Accepts<Stream>("application/octet-stream")
            .WithSummary("Sends a file to the person").WithDescription("The body is the file, 'name' what it is called. The caller must hold the conversation: take it over first.")
            .Produces<MessageResource>(201).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409).ProducesProblem(413);
        group.MapPost("/{id:guid}/notes", AddNoteAsync).Needs(Permissions.ConversationsReply).Audits(AuditActions.NoteAdded)
            .WithSummary("Adds a note only colleagues see")
            .Produces<MessageResource>(201).ProducesValidationProblem().ProducesProblem(404);
        group.MapPost("/{id:guid}/held/{entry:guid}", DecideHeldAsync).Needs(Permissions.ConversationsReply).Audits(AuditActions.HeldReplySent, AuditActions.HeldReplyDropped, AuditActions.OperatorReplied)
            .WithSummary("Sends, drops or replaces a held reply")
            .Produces<MessageResource>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{id:guid}/read", MarkReadAsync).Needs(Permissions.ConversationsRead).NotAudited("what an operator has seen of a conversation, for the marks of that operator")
            .WithSummary("Marks messages as read by the caller").Produces(204).ProducesValidationProblem().ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(
        ApiCaller caller,
        IConversationQueries queries,
        [AsParameters] Paging paging,
        CancellationToken ct,
        [Description("all, mine, waiting or closed; all when left out.")] Choice<ConversationView>? view = null,
        [Description("Found in the person's name or in any message.")] string? text = null,
        [Description("Name of a connection.")] string? channel = null,
        [Description("Id of a person: what they talk in alone with the assistant.")] Guid? person = null)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        if (channel is not null && !Slug.IsValid(channel))
        {
            return Problems.Invalid("channel", "This is not the name of a connection.");
        }

        var filter = new ConversationFilter(
            view?.Value ?? ConversationView.All, text, channel is null ? null : new ConnectionId(channel), person is { } id ? new PersonId(id) : null);
        var page = await queries.ListAsync(caller.Value.Tenant, caller.Value.AsUser.Id, filter, paging.After, paging.Size, ct);
        return Results.Ok(page.Map(ConversationResource.From));
    }

    private static async Task<IResult> GetAsync(Guid id, ApiCaller caller, IConversationQueries queries, CancellationToken ct)
        => await FindAsync(id, caller, queries, ct) is { } row ? Results.Ok(ConversationResource.From(row)) : Problems.NotFound("conversation");

    private static async Task<IResult> DownloadAsync(
        Guid id, long seq, int number, HttpContext context, ApiCaller caller, AttachmentDesk desk, CancellationToken ct)
        => await desk.OpenAsync(caller.Value, new AttachmentId(new ConversationId(id), seq, number), ct) is { } download
            ? AttachmentAnswer.Of(download, context)
            : Problems.NotFound("file");

    private static async Task<IResult> ListMessagesAsync(
        Guid id,
        ApiCaller caller,
        IConversationQueries queries,
        CancellationToken ct,
        [Description("Messages after this sequence number.")] long? after = null,
        [Description("Messages before this sequence number.")] long? before = null,
        [Description("Messages per page, 1 to 200; 50 when left out."), Range(1, Paging.MaxLimit)] int? limit = null)
    {
        if (new Paging { Limit = limit }.Problem is { } problem)
        {
            return problem;
        }

        if (after is not null && before is not null)
        {
            return Problems.Invalid("before", "Give either 'after' or 'before'.");
        }

        if (await FindAsync(id, caller, queries, ct) is null)
        {
            return Problems.NotFound("conversation");
        }

        var size = limit ?? Paging.DefaultLimit;
        var (tenant, conversation) = (caller.Value.Tenant, new ConversationId(id));
        if (after is { } from)
        {
            var forward = await queries.ReadSinceAsync(tenant, conversation, from, size, ct);
            return Page(forward, forward.Count == size ? forward[^1].Seq : null);
        }

        var backward = await queries.ReadThreadAsync(tenant, conversation, before, size, ct);
        return Page(backward, next: null);

        static IResult Page(IReadOnlyList<Message> messages, long? next) => Results.Ok(new PageResource<MessageResource>(
            [.. messages.Select(MessageResource.From)], next?.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<IResult> ListHeldAsync(Guid id, ApiCaller caller, IConversationQueries queries, CancellationToken ct)
        => await FindAsync(id, caller, queries, ct) is null
            ? Problems.NotFound("conversation")
            : Results.Ok(PageResource<HeldResource>.Whole(
                (await queries.ListHeldAsync(caller.Value.Tenant, new ConversationId(id), ct)).Select(HeldResource.From)));

    private static async Task<IResult> ReplyAsync(
        Guid id, TextRequest request, ApiCaller caller, ContinuationDesk desk, CancellationToken ct,
        [Description("here or person; here when left out.")] Choice<ReplyTo>? to = null)
    {
        var conversation = new ConversationId(id);
        return TextProblem(request.Markdown)
            ?? Answer(await desk.ReplyAsync(caller.Value, conversation, to?.Value is ReplyTo.Person ? null : conversation, request.Markdown, [], ct), StatusCodes.Status201Created);
    }

    private static async Task<IResult> SendFileAsync(
        Guid id, HttpRequest request, ApiCaller caller, ConversationDesk desk, [Description("What the file is called, with its ending.")] string name,
        CancellationToken ct)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, ct);
        var file = new GivenFile(name, content.GetBuffer().AsMemory(0, (int)content.Length));
        return Answer(await desk.ReplyAsync(caller.Value, new ConversationId(id), "", [file], ct), StatusCodes.Status201Created);
    }

    private static async Task<IResult> AddNoteAsync(
        Guid id, TextRequest request, ApiCaller caller, ConversationDesk desk, CancellationToken ct)
    {
        if (TextProblem(request.Markdown) is { } problem)
        {
            return problem;
        }

        return await desk.AddNoteAsync(caller.Value, new ConversationId(id), request.Markdown, ct) is { } note
            ? Results.Json(MessageResource.From(note), statusCode: StatusCodes.Status201Created)
            : Problems.NotFound("conversation");
    }

    private static async Task<IResult> DecideHeldAsync(
        Guid id, Guid entry, HeldRequest request, ApiCaller caller, ConversationDesk desk, CancellationToken ct)
    {
        var conversation = new ConversationId(id);
        switch (request.Decision)
        {
            case HeldAction.Replace:
                return TextProblem(request.Markdown)
                    ?? Answer(await desk.ReplaceHeldAsync(caller.Value, conversation, entry, request.Markdown!, ct), StatusCodes.Status200OK);
            case HeldAction.Send:
                return Answer(await desk.DecideHeldAsync(caller.Value, conversation, entry, HeldDecision.Send, ct), StatusCodes.Status200OK);
            default:
                return Answer(await desk.DecideHeldAsync(caller.Value, conversation, entry, HeldDecision.Drop, ct), StatusCodes.Status200OK);
        }
    }

    private static async Task<IResult> MarkReadAsync(
        Guid id, ReadRequest request, ApiCaller caller, IConversationQueries queries, ConversationDesk desk, CancellationToken ct)
    {
        if (request.Seq < 0)
        {
            return Problems.Invalid("seq", "A sequence number is never negative.");
        }

        if (await FindAsync(id, caller, queries, ct) is null)
        {
            return Problems.NotFound("conversation");
        }

        await desk.MarkReadAsync(caller.Value, new ConversationId(id), request.Seq, ct);
        return Results.NoContent();
    }

    private static Task<ConversationRow?> FindAsync(Guid id, ApiCaller caller, IConversationQueries queries, CancellationToken ct)
        => queries.FindAsync(caller.Value.Tenant, caller.Value.AsUser.Id, new ConversationId(id), ct);

    private static IResult? TextProblem(string? markdown) => markdown switch
    {
        null => Problems.Invalid("markdown", "With 'replace' the text is needed."),
        _ when string.IsNullOrWhiteSpace(markdown) => Problems.Invalid("markdown", "The text is blank."),
        { Length: > ConversationDesk.MaxTextLength } => Problems.Invalid(
            "markdown", string.Create(CultureInfo.InvariantCulture, $"At most {ConversationDesk.MaxTextLength} characters.")),
        _ => null,
    };

    private static async Task<IResult> AnswerAsync(Task<ControlOutcome> act) => await act switch
    {
        ControlOutcome.Changed changed => Results.Ok(ControlResource.From(changed.Conversation, changed: true, changed.HeldBack)),
        ControlOutcome.Unchanged same => Results.Ok(ControlResource.From(same.Conversation, changed: false, heldBack: 0)),
        ControlOutcome.HeldByOther other => Problems.Conflict("Held by another", $"{other.Operator.Name} holds this conversation."),
        ControlOutcome.NotFound => Problems.NotFound("conversation"),
        var other => throw new InvalidOperationException($"Unknown outcome {other}."),
    };

    private static IResult Answer(ReplyOutcome outcome, int status) => outcome switch
    {
        ReplyOutcome.Accepted accepted => Results.Json(MessageResource.From(accepted.Message), statusCode: status),
        ReplyOutcome.NotHolder { Operator: { } holder } => Problems.Conflict("Held by another", $"{holder.Name} holds this conversation."),
        ReplyOutcome.NotHolder => Problems.Conflict("Not taken over", "The assistant answers here. Take the conversation over first."),
        ReplyOutcome.NoConnection => Problems.Conflict("No connection", "The channel of this conversation was removed: nothing can be said there."),
        ReplyOutcome.FileRefused { Reason.FirstCode: "attachment.too-large" } refused => Problems.Of(
            StatusCodes.Status413PayloadTooLarge, "File too large", $"{refused.Name}: {refused.Reason.Words()}"),
        ReplyOutcome.FileRefused refused => Problems.Invalid("file", $"{refused.Name}: {refused.Reason.Words()}"),
        ReplyOutcome.NotFound => Problems.NotFound("conversation or held reply"),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Mvc;

namespace Assistant.Web.Endpoints;

internal sealed record ActorResource(string Kind, string Id, string Name);

internal sealed record AuditResource(
    long Seq, DateTimeOffset At, ActorResource Actor, string Action, string Subject, string Origin,
    IReadOnlyDictionary<string, string> Details, string Hash)
{
    public static AuditResource From(AuditEvent written) => new(
        written.Seq, written.What.At, new(written.What.Actor.Kind, written.What.Actor.Id, written.What.Actor.Name), written.What.Action,
        written.What.Subject, written.What.Origin, written.What.Details, Convert.ToHexStringLower(written.Hash.Span));
}

/// <summary>How long the chain was and what it ended with.</summary>
internal sealed record CheckpointResource(string Tenant, long Seq, string Hash, DateTimeOffset At)
{
    public static CheckpointResource From(AuditCheckpoint checkpoint)
        => new(checkpoint.Tenant.Value, checkpoint.Seq, checkpoint.HashHex, checkpoint.At);
}

/// <summary>What the chain is held against. A checkpoint that was given and not looked at would make a broken log look whole: what is not understood is refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AuditVerifyRequest(
    [property: Description("Checkpoints kept from earlier: they show a truncated or rewritten tail.")] IReadOnlyList<CheckpointResource>? Checkpoints = null,
    [property: Description("A single one: the last line of an export is such a request.")] CheckpointResource? Checkpoint = null);

internal sealed record AuditVerdictResource(
    bool Intact,
    [property: Description("When broken: the first event that is not as it was appended.")] long? BrokenAt,
    [property: Description("When broken: edited, deleted, inserted, reordered, truncated or rewritten.")] AuditBreak? Kind,
    [property: Description("When intact: keep it elsewhere.")] CheckpointResource? Checkpoint);

/// <summary>A checkpoint signed for outsiders.</summary>
internal sealed record SignedCheckpointResource(
    long Size, DateTimeOffset At, [property: Description("The signed note (C2SP tlog-checkpoint): give it to the verifier as it is.")] string Note)
{
    public static SignedCheckpointResource From(SignedCheckpoint checkpoint) => new(checkpoint.Head.Size, checkpoint.At, checkpoint.Note);
}

/// <summary>What outsiders verify checkpoints with.</summary>
internal sealed record AuditKeyResource([property: Description("Of the form name+id+key (C2SP signed-note).")] string Key);

/// <summary>An event's place in a signed tree.</summary>
internal sealed record AuditProofResource(
    AuditResource Event, string PreviousHash,
    [property: Description("Place of the leaf in the tree; 0 is the first.")] long Index,
    [property: Description("Leaves of the tree the checkpoint was signed for.")] long Size,
    [property: Description("From the leaf to the root, base64 (RFC 9162, 2.1.3).")] IReadOnlyList<string> Hashes,
    string Checkpoint, string Key)
{
    public static AuditProofResource From(AuditProof proof, CheckpointKey key) => new(
        AuditResource.From(proof.Event), Convert.ToHexStringLower(proof.Event.PreviousHash.Span), proof.Event.Seq - 1, proof.Checkpoint.Head.Size,
        [.. proof.Proof.Select(Convert.ToBase64String)], proof.Checkpoint.Note, key.ToString());
}

internal sealed class AuditQuery
{
    [FromQuery(Name = "action"), Description("E.g. conversation.takeover.")]
    public string? Action { get; init; }

    [FromQuery(Name = "actor"), Description("Who did it.")]
    public string? Actor { get; init; }

    [FromQuery(Name = "subject"), Description("On what.")]
    public string? Subject { get; init; }

    [FromQuery(Name = "text"), Description("Found in actor, action, subject or details.")]
    public string? Text { get; init; }

    [FromQuery(Name = "from"), Description("Not before this time.")]
    public DateTimeOffset? From { get; init; }

    [FromQuery(Name = "until"), Description("Before this time.")]
    public DateTimeOffset? Until { get; init; }
}

/// <summary><c>/api/v1/audit</c>: what happened, and proof that nobody changed it since.</summary>
internal static class AuditEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/audit").WithTags("Audit");
        group.MapGet("/", ListAsync).Needs(Permissions.AuditRead)
            .WithSummary("Lists events, newest first").Produces<PageResource<AuditResource>>().ProducesValidationProblem();
        group.MapGet("/checkpoint", CheckpointAsync).Needs(Permissions.AuditRead)
            .WithSummary("How long the chain is and what it ends with").Produces<CheckpointResource>();
        group.MapPost("/verify", VerifyAsync).Needs(Permissions.AuditRead).NotAudited("changes nothing")
            .WithSummary("Verifies the whole chain").Produces<AuditVerdictResource>().ProducesValidationProblem();
        group.MapGet("/export", ExportAsync).Needs(Permissions.AuditRead).Audits(AuditActions.AuditExported, AuditActions.AuditAlarm)
            .WithSummary("Exports the chain")
            .WithDescription("One JSON object per line and event, then a checkpoint, signed. `assistant audit verify --file` checks it without a database. "
                + "With format=csv a table for spreadsheets.")
            .Produces<Stream>(200, "application/x-ndjson", "text/csv").ProducesValidationProblem();
        group.MapGet("/{seq:long}/proof", ProofAsync).Needs(Permissions.AuditRead)
            .WithSummary("Proves to an outsider that an event is in the log")
            .WithDescription("404 until a checkpoint covers the event: at most a minute.")
            .Produces<AuditProofResource>().ProducesProblem(404);
        group.MapGet("/checkpoints", CheckpointsAsync).Needs(Permissions.AuditRead)
            .WithSummary("Lists signed checkpoints, oldest first").Produces<PageResource<SignedCheckpointResource>>().ProducesValidationProblem();
        group.MapGet("/key", KeyAsync).Needs(Permissions.AuditRead)
            .WithSummary("The key that checkpoints are signed with").Produces<AuditKeyResource>();
        AuditFilterEndpoints.Map(group);
    }

    private static async Task<IResult> ListAsync(
        ApiCaller caller, IAuditLog log, [AsParameters] AuditQuery query, [AsParameters] Paging paging, CancellationToken ct)
    {
        var filter = new AuditFilter(query.Action, query.Actor, query.Subject, query.Text, query.From, query.Until);
        return paging.Problem
            ?? Results.Ok((await log.ListAsync(caller.Value.Tenant, filter, paging.After, paging.Size, ct)).Map(AuditResource.From));
    }

    private static async Task<IResult> CheckpointAsync(ApiCaller caller, IAuditLog log, CancellationToken ct)
        => Results.Ok(CheckpointResource.From(await log.ReadHeadAsync(caller.Value.Tenant, ct)));

    private static async Task<IResult> VerifyAsync(
        ApiCaller caller, IAuditLog log, TimeProvider time, CancellationToken ct, [FromBody] AuditVerifyRequest? request = null)
    {
        var tenant = caller.Value.Tenant;
        var single = request?.Checkpoint;
        var given = request?.Checkpoints ?? [];
        if (given.Any(c => c is null || c.Tenant != tenant.Value) || (single is not null && single.Tenant != tenant.Value))
        {
            return Problems.Invalid(single is null ? "checkpoints" : "checkpoint", "A checkpoint names this tenant and a hash.");
        }

        var checkpoints = (single is null ? given : given.Append(single)).Select(c => new AuditCheckpoint(tenant, c.Seq, c.Hash, c.At));
        return await AuditVerifier.VerifyStoredAsync(log, tenant, checkpoints, time.GetUtcNow(), ct) switch
        {
            AuditVerdict.Intact intact => Results.Ok(new AuditVerdictResource(true, null, null, CheckpointResource.From(intact.Head))),
            AuditVerdict.Broken broken => Results.Ok(new AuditVerdictResource(false, broken.Seq, broken.Kind, null)),
            var other => throw new InvalidOperationException($"Unknown verdict {other}."),
        };
    }

    private static async Task<IResult> ProofAsync(long seq, ApiCaller caller, CheckpointDesk desk, CancellationToken ct)
        => await desk.ProveAsync(caller.Value.Tenant, seq, ct) is { } proof
            ? Results.Ok(AuditProofResource.From(proof, await desk.ReadKeyAsync(caller.Value.Tenant, ct)))
            : Problems.NotFound("event in a signed checkpoint");

    private static async Task<IResult> CheckpointsAsync(ApiCaller caller, CheckpointDesk desk, [AsParameters] Paging paging, CancellationToken ct)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        var found = await desk.ListAsync(caller.Value.Tenant, PageCursor.ReadNumber(paging.After) ?? 0, paging.Size + 1, ct);
        var page = found.Take(paging.Size).Select(SignedCheckpointResource.From).ToList();
        return Results.Ok(new PageResource<SignedCheckpointResource>(
            page, found.Count > page.Count ? page[^1].Size.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> KeyAsync(ApiCaller caller, CheckpointDesk desk, CancellationToken ct)
        => Results.Ok(new AuditKeyResource((await desk.ReadKeyAsync(caller.Value.Tenant, ct)).ToString()));

    private static async Task<IResult> ExportAsync(
        ApiCaller caller, IAuditLog log, CheckpointDesk desk, TimeProvider time, CancellationToken ct,
        [FromQuery, Description("jsonl, which can be verified, or csv; jsonl when left out."), AllowedValues("jsonl", "csv")] string? format = null)
    {
        format ??= "jsonl";
        if (format is not ("jsonl" or "csv"))
        {
            return Problems.Invalid("format", "The format is jsonl or csv.");
        }

        var tenant = caller.Value.Tenant;
        await log.AppendAsync(caller.Value.Audit(time.GetUtcNow(), AuditActions.AuditExported, $"tenant/{tenant}"), ct);
        var note = format == "csv" ? null : await desk.NewestNoteAsync(tenant, ct);
        return Results.Stream(
            async stream =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
                var events = log.ReadAsync(tenant, 1, ct);
                await (format == "csv" ? AuditCsv.WriteAsync(events, writer, ct) : AuditExport.WriteAsync(tenant, events, writer, time.GetUtcNow(), note, ct));
            },
            format == "csv" ? "text/csv" : "application/x-ndjson", $"audit-{tenant}.{(format == "csv" ? "csv" : "ndjson")}");
    }
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Mvc;

namespace Assistant.Web.Endpoints;

/// <summary>What would go, and what would stay.</summary>
internal sealed record ErasurePreviewResource(
    string Scope,
    string Subject,
    [property: Description("Kinds and how many of each would go.")] IReadOnlyDictionary<string, long> Counts,
    [property: Description("Audit events about it, which stay and hold ids alone.")] long KeptEvents,
    [property: Description("Those of them an earlier version wrote with the person's name.")] long NamedEvents,
    [property: Description("Give it back to have exactly this forgotten.")] string Digest)
{
    public static ErasurePreviewResource From(ErasurePreview preview) => new(
        Word(preview.Scope.Kind), preview.Scope.Subject, ErasureResource.Named(preview.Counts), preview.KeptEvents, preview.NamedEvents, preview.Digest);

    internal static string Word(ErasureKind kind) => kind.ToString().ToLowerInvariant();
}

internal sealed record ForgetRequest([property: Description("Of the preview that is agreed to.")] string Digest);

internal sealed record ErasureResource(
    Guid Id,
    string Scope,
    string Subject,
    [property: Description("running, erased, or certified.")] ErasureState State,
    [property: Description("What was deleted so far.")] IReadOnlyDictionary<string, long> Counts,
    int KeysDestroyed,
    long KeptEvents,
    string By,
    DateTimeOffset BegunAt,
    DateTimeOffset? ErasedAt)
{
    public static ErasureResource From(Erasure erasure) => new(
        erasure.Id.Value, ErasurePreviewResource.Word(erasure.Scope.Kind), erasure.Scope.Subject, erasure.State, Named(erasure.Counts), erasure.KeysDestroyed,
        erasure.KeptEvents, erasure.By.Name, erasure.BegunAt, erasure.ErasedAt);

    internal static Dictionary<string, long> Named(ErasureCounts counts)
        => counts.All.ToDictionary(count => ErasureCounts.Name(count.Key), count => count.Value, StringComparer.Ordinal);
}

/// <summary>Forgetting and the export of a person, below <c>/api/v1</c>.</summary>
internal static class ForgettingEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        Preview("a person", api.MapGet("/people/{id:guid}/forgetting",
            (Guid id, ApiCaller caller, ForgettingDesk desk, CancellationToken ct) => PreviewAsync(ErasureScope.Of(new PersonId(id)), caller.Value, desk, ct)));
        Forget("a person", api.MapPost("/people/{id:guid}/forget",
            (Guid id, ForgetRequest request, ApiCaller caller, ForgettingDesk desk, CancellationToken ct)
                => ForgetAsync(ErasureScope.Of(new PersonId(id)), request, caller.Value, desk, ct)));
        Preview("a conversation", api.MapGet("/conversations/{id:guid}/forgetting",
            (Guid id, ApiCaller caller, ForgettingDesk desk, CancellationToken ct) => PreviewAsync(ErasureScope.Of(new ConversationId(id)), caller.Value, desk, ct)));
        Forget("a conversation", api.MapPost("/conversations/{id:guid}/forget",
            (Guid id, ForgetRequest request, ApiCaller caller, ForgettingDesk desk, CancellationToken ct)
                => ForgetAsync(ErasureScope.Of(new ConversationId(id)), request, caller.Value, desk, ct)));
        Preview("a message", api.MapGet("/conversations/{id:guid}/messages/{seq:long}/forgetting",
            (Guid id, long seq, ApiCaller caller, ForgettingDesk desk, CancellationToken ct) => PreviewAsync(ErasureScope.Of(new ConversationId(id), seq), caller.Value, desk, ct)));
        Forget("a message", api.MapPost("/conversations/{id:guid}/messages/{seq:long}/forget",
            (Guid id, long seq, ForgetRequest request, ApiCaller caller, ForgettingDesk desk, CancellationToken ct)
                => ForgetAsync(ErasureScope.Of(new ConversationId(id), seq), request, caller.Value, desk, ct)));

        var group = api.MapGroup("/erasures").WithTags("Forgetting");
        group.MapGet("/", ListAsync).Needs(Permissions.PeopleForget)
            .WithSummary("Lists erasures, newest first").Produces<PageResource<ErasureResource>>().ProducesValidationProblem();
        group.MapGet("/{id:guid}", GetAsync).Needs(Permissions.PeopleForget)
            .WithSummary("One erasure").Produces<ErasureResource>().ProducesProblem(404);
        group.MapGet("/{id:guid}/certificate", CertificateAsync).Needs(Permissions.PeopleForget)
            .WithSummary("The signed certificate").WithDescription("404 until everything is erased. `assistant-verifier certificate` checks it.")
            .Produces<string>(contentType: "text/plain").ProducesProblem(404);
        api.MapGet("/people/{id:guid}/export", ExportAsync).Needs(Permissions.PeopleExport).AuditsUnderProof(AuditActions.PersonExported).WithTags("Forgetting")
            .WithSummary("Exports everything about a person").WithDescription("json is documented and versioned; html is one page to be read.")
            .Produces<Stream>(200, "application/json", "text/html").ProducesValidationProblem().ProducesProblem(404);

        static void Preview(string what, RouteHandlerBuilder preview)
            => preview.Needs(Permissions.PeopleForget).WithTags("Forgetting")
                .WithSummary($"What would go if {what} were forgotten").Produces<ErasurePreviewResource>().ProducesProblem(404);

        static void Forget(string what, RouteHandlerBuilder forget)
            => forget.Needs(Permissions.PeopleForget).AuditsUnderProof(AuditActions.ErasureBegun, AuditActions.PersonKeyDestroyed).WithTags("Forgetting")
                .WithSummary($"Forgets {what} for good")
                .WithDescription("409 with the new preview when something changed since the one agreed to. "
                    + "When this answers 202, nobody sees it any more; deleting goes on and ends in a certificate.")
                .Produces<ErasureResource>(202).Produces<ErasurePreviewResource>(409).ProducesValidationProblem().ProducesProblem(404);
    }

    private static async Task<IResult> PreviewAsync(ErasureScope scope, Caller caller, ForgettingDesk desk, CancellationToken ct)
        => await desk.PreviewAsync(caller, scope, ct) is { } preview ? Results.Ok(ErasurePreviewResource.From(preview)) : Problems.NotFound(ErasurePreviewResource.Word(scope.Kind));

    private static async Task<IResult> ForgetAsync(
        ErasureScope scope, ForgetRequest request, Caller caller, ForgettingDesk desk, CancellationToken ct)
        => await desk.ForgetAsync(caller, scope, request.Digest, ct) switch
        {
            ForgetOutcome.Begun begun => Results.Accepted($"/api/v1/erasures/{begun.Erasure.Id}", ErasureResource.From(begun.Erasure)),
            ForgetOutcome.Changed changed => Results.Json(ErasurePreviewResource.From(changed.Now), statusCode: StatusCodes.Status409Conflict),
            ForgetOutcome.NotFound => Problems.NotFound(ErasurePreviewResource.Word(scope.Kind)),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<IResult> ListAsync(ApiCaller caller, ForgettingDesk desk, [AsParameters] Paging paging, CancellationToken ct)
        => paging.Problem ?? Results.Ok((await desk.ListAsync(caller.Value, paging.After, paging.Size, ct)).Map(ErasureResource.From));

    private static async Task<IResult> GetAsync(Guid id, ApiCaller caller, ForgettingDesk desk, CancellationToken ct)
        => await desk.FindAsync(caller.Value, new ErasureId(id), ct) is { } erasure ? Results.Ok(ErasureResource.From(erasure)) : Problems.NotFound("erasure");

    private static async Task<IResult> CertificateAsync(Guid id, ApiCaller caller, ForgettingDesk desk, CancellationToken ct)
        => await desk.FindAsync(caller.Value, new ErasureId(id), ct) is { Certificate: { } certificate }
            ? Results.Text(certificate, "text/plain; charset=utf-8")
            : Problems.NotFound("certificate");

    private static async Task<IResult> ExportAsync(
        Guid id, ApiCaller caller, PersonExportDesk desk, CancellationToken ct,
        [FromQuery, Description("json or html; json when left out."), AllowedValues("json", "html")] string? format = null)
    {
        format ??= "json";
        if (format is not ("json" or "html"))
        {
            return Problems.Invalid("format", "The format is json or html.");
        }

        var wanted = format == "json" ? PersonExportFormat.Json : PersonExportFormat.Html;
        return await desk.AllowAsync(caller.Value, new PersonId(id), wanted, CultureInfo.CurrentUICulture, ct) is { } allowed
            ? PersonDownload.Of(allowed, wanted)
            : Problems.NotFound("person");
    }
}

/// <summary>An export as a download: named by id, streamed, never shown within this site.</summary>
internal static class PersonDownload
{
    public static IResult Of(AllowedExport allowed, PersonExportFormat format)
    {
        var (type, ending) = format == PersonExportFormat.Json ? ("application/json", "json") : ("text/html; charset=utf-8", "html");
        return Results.Stream(stream => allowed.WriteAsync(stream, CancellationToken.None), type, $"person-{allowed.Person.Person.Id}.{ending}");
    }
}

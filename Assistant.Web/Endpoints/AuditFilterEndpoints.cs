using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Mvc;

namespace Assistant.Web.Endpoints;

/// <summary>What a kept filter filters by; every part is optional, but not all of them at once.</summary>
internal sealed record AuditFilterRequest(
    [property: Description("E.g. conversation.takeover.")] string? Action = null,
    [property: Description("Who did it.")] string? Actor = null,
    [property: Description("On what.")] string? Subject = null,
    [property: Description("Found in actor, action, subject or details.")] string? Text = null,
    [property: Description("Not before this time.")] DateTimeOffset? From = null,
    [property: Description("Before this time.")] DateTimeOffset? Until = null);

internal sealed record AuditFilterResource(
    string Name, string? Action, string? Actor, string? Subject, string? Text, DateTimeOffset? From, DateTimeOffset? Until, DateTimeOffset SavedAt)
{
    public static AuditFilterResource Of(SavedAuditFilter kept) => new(
        kept.Name, kept.Filter.Action, kept.Filter.Actor, kept.Filter.Subject, kept.Filter.Text, kept.Filter.From, kept.Filter.Until, kept.SavedAt);
}

/// <summary><c>/api/v1/audit/filters</c>: the filters a caller keeps, seen by that caller alone.</summary>
internal static class AuditFilterEndpoints
{
    private const string Own = "a view of the caller's own, which nobody else sees";

    public static void Map(RouteGroupBuilder audit)
    {
        audit.MapGet("/filters", ListAsync).Needs(Permissions.AuditRead)
            .WithSummary("Lists the caller's own filters, by name").Produces<PageResource<AuditFilterResource>>();
        audit.MapPut("/filters/{name}", PutAsync).Needs(Permissions.AuditRead).NotAudited(Own)
            .WithSummary("Keeps a filter under a name, in place of the one of that name").Produces<AuditFilterResource>()
            .ProducesValidationProblem().ProducesProblem(409);
        audit.MapDelete("/filters/{name}", DeleteAsync).Needs(Permissions.AuditRead).NotAudited(Own)
            .WithSummary("Deletes a filter").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, AuditFilterDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<AuditFilterResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(AuditFilterResource.Of)));

    private static async Task<IResult> PutAsync(
        string name, [FromBody] AuditFilterRequest request, ApiCaller caller, AuditFilterDesk desk, CancellationToken ct)
    {
        var filter = new AuditFilter(request.Action, request.Actor, request.Subject, request.Text, request.From, request.Until);
        return await desk.SaveAsync(caller.Value, Named(name), filter, ct) switch
        {
            SaveFilterOutcome.Saved saved => Results.Ok(AuditFilterResource.Of(saved.Filter)),
            SaveFilterOutcome.NameRefused => Problems.Invalid("name", $"A name has 1 to {SavedAuditFilter.MaxNameLength} characters."),
            SaveFilterOutcome.FilterRefused => Problems.Invalid(
                "filter", $"A filter has at least one part, and no part has more than {SavedAuditFilter.MaxPartLength} characters."),
            SaveFilterOutcome.TooMany => Problems.Conflict("Too many", $"A caller keeps at most {SavedAuditFilter.MaxPerUser} filters: delete one first."),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<IResult> DeleteAsync(string name, ApiCaller caller, AuditFilterDesk desk, CancellationToken ct)
        => await desk.DeleteAsync(caller.Value, Named(name), ct)
            || await desk.DeleteAsync(caller.Value, name, ct) // as earlier versions kept it
            ? Results.NoContent()
            : Problems.NotFound("filter of yours");

    /// <summary>A slash is the one character of a path the server leaves escaped, for it would part the name in two.</summary>
    private static string Named(string name) => name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}

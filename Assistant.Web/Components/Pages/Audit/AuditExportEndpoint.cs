using System.Globalization;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Components.Pages.Audit;

/// <summary>The export button of the audit room: the chain as a file, one event per line, with its checkpoint.</summary>
internal static class AuditExportEndpoint
{
    public const string Path = "/audit/export.jsonl";

    /// <summary>A read behind the console's cookie: a download cannot carry an API key.</summary>
    public static void MapAuditExport(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ExportAsync).Requires(Permissions.AuditRead).Audits(AuditActions.AuditExported, AuditActions.AuditAlarm)
            .ExcludeFromDescription();
        routes.MapGet("/audit/{seq:long}/proof.json", ProofAsync).Requires(Permissions.AuditRead).NotAudited(NotAuditedAttribute.Reads).ExcludeFromDescription();
    }

    /// <summary>The address of <see cref="ProofAsync"/>.</summary>
    public static string ProofPath(long seq) => string.Create(CultureInfo.InvariantCulture, $"/audit/{seq}/proof.json");

    private static async Task ExportAsync(
        HttpContext context, IPrincipalCallers callers, IAuditLog log, CheckpointDesk desk, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (callers.Find(context.User) is not { } caller)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        caller.Demand(Permissions.AuditRead);
        var now = clock.GetUtcNow();
        await log.AppendAsync(caller.Audit(now, AuditActions.AuditExported, "audit/log"), cancellationToken);
        var isTable = context.Request.Query["format"] == "csv";
        context.Response.ContentType = isTable ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-{caller.Tenant}-{now:yyyyMMdd-HHmmss}.{(isTable ? "csv" : "jsonl")}\"";
        var note = isTable ? null : await desk.NewestNoteAsync(caller.Tenant, cancellationToken);
        var events = log.ReadAsync(caller.Tenant, 1, cancellationToken);
        // A spreadsheet takes a table without the mark for one of its country's code page.
        await using var target = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: isTable), leaveOpen: true);
        await (isTable
            ? AuditCsv.WriteAsync(events, target, cancellationToken)
            : AuditExport.WriteAsync(caller.Tenant, events, target, now, note, cancellationToken));
    }

    /// <summary>The proof of one event as a file.</summary>
    private static async Task<IResult> ProofAsync(
        long seq, HttpContext context, IPrincipalCallers callers, CheckpointDesk desk, CancellationToken cancellationToken)
    {
        if (callers.Find(context.User) is not { } caller)
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        caller.Demand(Permissions.AuditRead);
        if (await desk.ProveAsync(caller.Tenant, seq, cancellationToken) is not { } proof)
        {
            return Results.NotFound();
        }

        var file = AuditProofFile.Format(proof, await desk.ReadKeyAsync(caller.Tenant, cancellationToken));
        return Results.File(Encoding.UTF8.GetBytes(file), "application/json", $"audit-{caller.Tenant}-{seq}-proof.json");
    }
}

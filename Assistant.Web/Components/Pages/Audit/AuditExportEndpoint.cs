using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Components.Pages.Audit;

/// <summary>The export button of the audit room: the chain as a file, one event per line, with its checkpoint.</summary>
internal static class AuditExportEndpoint
{
    public const string Path = "/audit/export.jsonl";

    /// <summary>A read behind the console's cookie: a download cannot carry an API key.</summary>
    public static void MapAuditExport(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Path, ExportAsync).Requires(Permissions.AuditRead).ExcludeFromDescription();

    private static async Task ExportAsync(
        HttpContext context, IPrincipalCallers callers, IAuditLog log, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (callers.Find(context.User) is not { } caller)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        caller.Demand(Permissions.AuditRead);
        var now = clock.GetUtcNow();
        await log.AppendAsync(caller.Audit(now, AuditActions.AuditExported, "audit/log"), cancellationToken);
        context.Response.ContentType = "application/x-ndjson; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-{caller.Tenant}-{now:yyyyMMdd-HHmmss}.jsonl\"";
        await using var target = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await AuditExport.WriteAsync(caller.Tenant, log.ReadAsync(caller.Tenant, 1, cancellationToken), target, now, cancellationToken);
    }
}

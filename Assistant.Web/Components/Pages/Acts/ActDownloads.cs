using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security.StepUp;
using Assistant.Web.Endpoints;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Mvc;

namespace Assistant.Web.Components.Pages.Acts;

/// <summary>The download of everything about oneself, behind the link of the act and its proof.</summary>
internal static class ActDownloads
{
    public static void MapActDownloads(this IEndpointRouteBuilder routes)
        => routes.MapGet("/act/{token}/export", ExportAsync).SignedIn("the act behind the link is its person's alone")
            .AuditsUnderProof(AuditActions.PersonExported, AuditActions.PersonActDone, AuditActions.PersonActRefused)
            .ExcludeFromDescription();

    /// <param name="proof">Used up by the download.</param>
    public static string ExportPath(string token, StepUpId proof) => $"/act/{token}/export?proof={proof}";

    // One answer for whatever is wrong.
    private static async Task<IResult> ExportAsync(
        string token, HttpContext context, IPrincipalCallers callers, PersonActDesk desk, CancellationToken cancellationToken, [FromQuery] Guid? proof = null)
    {
        if (callers.Find(context.User) is not { } caller || proof is not { } proven)
        {
            return Results.NotFound();
        }

        try
        {
            return await desk.ExportAsync(caller with { Proof = new StepUpId(proven) }, token, CultureInfo.CurrentUICulture, cancellationToken) is { } allowed
                ? PersonDownload.Of(allowed.Export, allowed.Format)
                : Results.NotFound();
        }
        catch (StepUpRequiredException)
        {
            return Results.NotFound();
        }
    }
}

using System.Globalization;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Forgetting;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Web.Endpoints;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Mvc;

namespace Assistant.Web.Components.Pages.Forgetting;

/// <summary>Downloads of the console behind its cookie: a certificate, and everything about a person.</summary>
internal static class ForgettingDownloads
{
    public static void MapForgettingDownloads(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/forgetting/{id:guid}/certificate.txt", CertificateAsync).Requires(Permissions.PeopleForget).NotAudited(NotAuditedAttribute.Reads)
            .ExcludeFromDescription();
        routes.MapGet("/people/{id:guid}/export/{format}", ExportAsync).Requires(Permissions.PeopleExport).AuditsUnderProof(AuditActions.PersonExported)
            .ExcludeFromDescription();
    }

    public static string CertificatePath(ErasureId id) => $"/forgetting/{id}/certificate.txt";

    /// <param name="proof">Used up by the download; <see langword="null"/> when none was wanted.</param>
    public static string ExportPath(PersonId person, PersonExportFormat format, StepUpId? proof)
        => $"/people/{person}/export/{format.ToString().ToLowerInvariant()}{(proof is { } id ? $"?proof={id}" : "")}";

    private static async Task<IResult> CertificateAsync(
        Guid id, HttpContext context, IPrincipalCallers callers, ForgettingDesk desk, CancellationToken cancellationToken)
    {
        if (callers.Find(context.User) is not { } caller)
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        return await desk.FindAsync(caller, new ErasureId(id), cancellationToken) is { Certificate: { } certificate }
            ? Results.File(Encoding.UTF8.GetBytes(certificate), "text/plain; charset=utf-8", $"forgetting-{id}.txt")
            : Results.NotFound();
    }

    private static async Task<IResult> ExportAsync(
        Guid id, string format, HttpContext context, IPrincipalCallers callers, PersonExportDesk desk, CancellationToken cancellationToken,
        [FromQuery] Guid? proof = null)
    {
        if (callers.Find(context.User) is not { } caller)
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        if (!Enum.TryParse<PersonExportFormat>(format, ignoreCase: true, out var wanted) || !Enum.IsDefined(wanted))
        {
            return Results.NotFound();
        }

        try
        {
            var by = proof is { } proven ? caller with { Proof = new StepUpId(proven) } : caller;
            return await desk.AllowAsync(by, new PersonId(id), wanted, CultureInfo.CurrentUICulture, cancellationToken) is { } allowed
                ? PersonDownload.Of(allowed, wanted)
                : Results.NotFound();
        }
        catch (StepUpRequiredException)
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden); // the proof was used, is too old, or is another's
        }
    }
}

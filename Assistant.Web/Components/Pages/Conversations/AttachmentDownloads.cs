using System.Globalization;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Web.Endpoints;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>Files of a thread as downloads, behind the console's cookie.</summary>
internal static class AttachmentDownloads
{
    /// <summary>Largest picture a thread shows.</summary>
    public const long MaxShownBytes = 5_000_000;

    public static void MapAttachmentDownloads(this IEndpointRouteBuilder routes)
        => routes.MapGet("/conversations/{id:guid}/messages/{seq:long}/attachments/{number:int}", GetAsync)
            .Requires(Permissions.ConversationsRead).Audits(AuditActions.AttachmentDownloaded).ExcludeFromDescription();

    /// <summary>Where a file is had.</summary>
    public static string PathOf(AttachmentId id)
        => string.Create(CultureInfo.InvariantCulture, $"conversations/{id.Conversation.Value}/messages/{id.Seq}/attachments/{id.Number}");

    /// <summary>Whether the thread offers to show it: pictures that cannot run, and not too large ones.</summary>
    public static bool MayShow(AttachmentFile file)
        => file is { State: AttachmentState.Kept, SizeBytes: <= MaxShownBytes } && FileType.Named(file.MediaType).IsRaster;

    private static async Task<IResult> GetAsync(
        Guid id, long seq, int number, HttpContext context, IPrincipalCallers callers, AttachmentDesk desk, CancellationToken cancellationToken)
    {
        if (callers.Find(context.User) is not { } caller)
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        return await desk.OpenAsync(caller, new AttachmentId(new ConversationId(id), seq, number), cancellationToken) is { } download
            ? AttachmentAnswer.Of(download, context)
            : Results.NotFound();
    }
}

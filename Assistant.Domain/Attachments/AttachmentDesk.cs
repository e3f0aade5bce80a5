using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;

namespace Assistant.Domain.Attachments;

/// <summary>A kept file that somebody may have, recorded; read once.</summary>
/// <param name="WriteAsync">Streams it.</param>
public sealed record AttachmentDownload(AttachmentFile File, Attachment Named, Func<Stream, CancellationToken, Task> WriteAsync);

/// <summary>Hands kept files to those who may read the conversation.</summary>
public sealed class AttachmentDesk(IAttachmentStore store, IAuditLog log, TimeProvider clock)
{
    /// <summary>Opens a file and records who has it; <see langword="null"/> when there is no such file, or none is kept.</summary>
    public async Task<AttachmentDownload?> OpenAsync(Caller caller, AttachmentId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsRead);
        if (await store.FindAsync(caller.Tenant, id, cancellationToken) is not ({ State: AttachmentState.Kept } file, var named))
        {
            return null;
        }

        await log.AppendAsync(caller.Audit(clock.GetUtcNow(), AuditActions.AttachmentDownloaded, id.ToString()), cancellationToken);
        return new AttachmentDownload(file, named, (target, token) => WriteAsync(caller, id, target, token));
    }

    private async Task WriteAsync(Caller caller, AttachmentId id, Stream target, CancellationToken cancellationToken)
    {
        await foreach (var piece in store.ReadAsync(caller.Tenant, id, cancellationToken))
        {
            await target.WriteAsync(piece, cancellationToken);
        }
    }
}

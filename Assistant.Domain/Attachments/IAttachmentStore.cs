using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Attachments;

/// <summary>The bytes of files that came with messages, sealed for the person whose they are. Safe for concurrent use.</summary>
/// <remarks>
/// A file is entered as waiting by the transaction that stores its message (<see cref="Messaging.Inbox.IInbox"/>), so none is lost and
/// none is entered twice. Nothing is handed out of a message that was taken back or is being forgotten.
/// </remarks>
public interface IAttachmentStore
{
    /// <summary>Waiting files of every tenant whose time has come, oldest first.</summary>
    /// <param name="ofConnection">Most of one connection, its oldest: what waits behind others there leaves the files of other connections in sight.</param>
    Task<IReadOnlyList<AttachmentDue>> ListDueAsync(DateTimeOffset now, int ofConnection, int limit, CancellationToken cancellationToken);

    /// <summary>Claims a file for one attempt; what an earlier attempt left of it is removed.</summary>
    /// <param name="until">When others may claim it, should this attempt not come to an end.</param>
    /// <returns><see langword="null"/> when somebody else was faster, or there is nothing to fetch any more.</returns>
    Task<AttachmentClaim?> ClaimAsync(AttachmentDue due, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Keeps the content; it is there as a whole or not at all.</summary>
    /// <returns><see langword="false"/> when the claim is void or the message is gone: nothing of it is kept.</returns>
    Task<bool> KeepAsync(AttachmentClaim claim, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Notes that it will not be kept.</summary>
    Task EndAsync(AttachmentClaim claim, AttachmentState state, Phrase reason, CancellationToken cancellationToken);

    /// <summary>Gives the claim back.</summary>
    Task RetryLaterAsync(AttachmentClaim claim, Phrase reason, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Makes due at once what is due later than <paramref name="longest"/> from <paramref name="now"/>: nothing is ever asked to wait so long, so the
    /// machine's clock was ahead when it was written down.
    /// </summary>
    /// <returns>How many there were.</returns>
    Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken);

    /// <summary>The file with how its message names it; <see langword="null"/> when there is none, also of a forgotten message.</summary>
    Task<(AttachmentFile File, Attachment Named)?> FindAsync(TenantId tenant, AttachmentId id, CancellationToken cancellationToken);

    /// <summary>The content of a kept file, piece by piece; only one piece is held in memory.</summary>
    /// <exception cref="AttachmentGoneException">It is not kept, or was forgotten or replaced while it was read.</exception>
    /// <exception cref="Security.SealBrokenException">Somebody altered, moved or dropped a piece.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(TenantId tenant, AttachmentId id, CancellationToken cancellationToken);
}

/// <summary>A file is not there (any more).</summary>
public sealed class AttachmentGoneException(AttachmentId id) : InvalidOperationException($"The file {id} is not kept.");

using Assistant.Domain.Messaging;

namespace Assistant.Domain.Attachments;

/// <summary>What an address comes to. To the outside all but <see cref="Open"/> look alike.</summary>
public abstract record FileHandout
{
    private FileHandout() { }

    /// <summary>A file that goes out.</summary>
    /// <param name="ReadAsync">Its content from the beginning, piece by piece; ends in an <see cref="AttachmentGoneException"/> when it is forgotten meanwhile.</param>
    public sealed record Open(AttachmentFile File, Attachment Named, Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> ReadAsync) : FileHandout;

    /// <summary>The address is one of ours, but its time is over or the file is.</summary>
    public sealed record Over : FileHandout;

    /// <summary>No address of ours: somebody tries.</summary>
    public sealed record Unknown : FileHandout;
}

/// <summary>Hands files that go out to whoever has their address.</summary>
/// <remarks>It records nothing: that the file is sent, by whom and to whom, was recorded before there was an address.</remarks>
public sealed class FileHandoutDesk(IFileAddresses addresses, IAttachmentStore store, TimeProvider clock)
{
    /// <param name="token">The part of the address that is ours alone; the store is asked only when it is.</param>
    public async Task<FileHandout> OpenAsync(string token, CancellationToken cancellationToken)
    {
        if (addresses.Read(token) is not { } ticket)
        {
            return new FileHandout.Unknown();
        }

        // What came in has a reference to its messenger; only what goes out has none.
        return clock.GetUtcNow() < ticket.Until
            && await store.FindAsync(ticket.Tenant, ticket.File, cancellationToken) is ({ State: AttachmentState.Kept } file, { Reference: "" } named)
            ? new FileHandout.Open(file, named, cancel => store.ReadAsync(ticket.Tenant, ticket.File, cancel))
            : new FileHandout.Over();
    }
}

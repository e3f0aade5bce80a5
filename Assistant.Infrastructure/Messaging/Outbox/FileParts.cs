using Assistant.Domain.Attachments;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>Sends the rows that show a file of their message. Each holds its file in memory while it is sent.</summary>
internal sealed class FileParts(IAttachmentStore files, IFileAddresses addresses)
{
    /// <param name="number">Which file of the row's message, 1 for the first.</param>
    public async Task<SendOutcome> SendAsync(IChannelSession session, OutboxEntry entry, OutboundMessage message, int number, CancellationToken cancellationToken)
    {
        if (session is not IFileSender sender)
        {
            return new SendOutcome.Rejected(Phrase.Of("send.no-files"));
        }

        var id = new AttachmentId(entry.Conversation, entry.MessageSeq, number);
        if (await files.FindAsync(entry.Tenant, id, cancellationToken) is not ({ State: AttachmentState.Kept, MediaType: { } mediaType, SizeBytes: { } size }, var named))
        {
            return new SendOutcome.Rejected(Phrase.Of("send.file-gone"));
        }

        try
        {
            var file = new OutboundFile(named.Kind, OutboundFile.NameOf(named.FileName), mediaType, size, token => OpenAsync(entry, id, (int)size, token))
            {
                Fetchable = addresses.StandIn is { } standIn ? new FetchableFile(lifetime => addresses.Of(entry.Tenant, id, mediaType, lifetime)!, standIn) : null,
            };
            return await sender.SendFileAsync(message with { Body = new MessageBody("") }, file, cancellationToken);
        }
        catch (AttachmentGoneException)
        {
            return new SendOutcome.Rejected(Phrase.Of("send.file-gone")); // forgotten this very moment
        }
    }

    private async Task<Stream> OpenAsync(OutboxEntry entry, AttachmentId id, int size, CancellationToken cancellationToken)
    {
        var content = new MemoryStream(size);
        await foreach (var piece in files.ReadAsync(entry.Tenant, id, cancellationToken))
        {
            content.Write(piece.Span);
        }

        content.Position = 0;
        return content;
    }
}

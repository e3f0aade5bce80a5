using System.Net.Http.Headers;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Files of messages, both ways. A reference is an <c>mxc</c> address: it names a file and opens nothing without our token.</summary>
internal sealed class MatrixFiles(MatrixClient client, MatrixSender sender, MatrixOptions options)
{
    /// <summary>What homeservers take unless they are told otherwise; one that takes less says so.</summary>
    public const long Largest = 50_000_000;

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        if (await sender.FindObstacleAsync(message.Chat, cancellationToken) is { } obstacle)
        {
            return obstacle;
        }

        var upload = await client.UploadAsync(file.Name, () => OpenAsync(file, cancellationToken), options.FilePatience, cancellationToken);
        if (upload.IsOk && upload.Body["content_uri"].Text is { } address)
        {
            return await sender.SendAsync(message, MatrixContent.OfFile(message, file, address), cancellationToken);
        }

        // An uploaded file that no message names is seen by nobody: nothing about it is uncertain.
        return MatrixFailure.Outcome(upload) is SendOutcome.Uncertain uncertain ? new SendOutcome.RetryAfter(null, uncertain.Reason) : MatrixFailure.Outcome(upload);
    }

    /// <exception cref="AttachmentUnavailableException">Gone, refused, or no file of Matrix.</exception>
    public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        if (MatrixIds.MediaPathOf(attachment.Reference) is not { } path)
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", MatrixChannel.Name)), AttachmentFault.Final);
        }

        try
        {
            return await client.DownloadAsync(path, cancellationToken);
        }
        catch (MatrixSignInException fault)
        {
            throw new AttachmentUnavailableException(fault.Reason);
        }
    }

    private static async Task<HttpContent> OpenAsync(OutboundFile file, CancellationToken cancellationToken)
    {
        var content = new StreamContent(await file.OpenAsync(cancellationToken));
        content.Headers.ContentType = MediaTypeHeaderValue.TryParse(file.MediaType, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentLength = file.SizeBytes;
        return content;
    }
}

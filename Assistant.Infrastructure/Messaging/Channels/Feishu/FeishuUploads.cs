using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Shows files: handed in first, then shown by the key that gives, as a picture, a voice message or a film where Feishu plays the format, else as a file.</summary>
internal sealed class FeishuUploads(FeishuClient client, FeishuSender sender)
{
    /// <summary>Largest file an app can hand in.</summary>
    public const long Largest = 30_000_000;

    private const long LargestImage = 10_000_000;

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        var look = LookOf(file);
        var outcome = await SendAsync(message, file, look, cancellationToken);
        return outcome is SendOutcome.Rejected && look.MessageType != "file" ? await SendAsync(message, file, AsFile, cancellationToken) : outcome;
    }

    private async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, Look look, CancellationToken cancellationToken)
    {
        var handedIn = await client.UploadAsync(look.IsImage ? "open-apis/im/v1/images" : "open-apis/im/v1/files", Content, cancellationToken);
        var name = look.IsImage ? "image_key" : "file_key";
        if (!handedIn.IsOk || handedIn.Text(name) is not { Length: > 0 } key)
        {
            // Nothing is shown yet: a lost answer costs a second upload and no more.
            return FeishuFailure.Outcome(client.Messenger, handedIn) is SendOutcome.Uncertain lost ? new SendOutcome.RetryAfter(null, lost.Reason) : FeishuFailure.Outcome(client.Messenger, handedIn);
        }

        return await sender.SendAsync(message, FeishuContent.PostOf(message, look.MessageType, new JsonObject { [name] = key }), cancellationToken);

        async Task<HttpContent?> Content(CancellationToken giveUp) => NewContent(file, look, await file.OpenAsync(giveUp));
    }

    private static Look AsFile { get; } = new("file", "stream");

    // The kinds are those Feishu names; what it has none for goes as a stream of bytes.
    private static Look LookOf(OutboundFile file) => file.MediaType switch
    {
        "image/jpeg" or "image/png" or "image/webp" or "image/gif" or "image/bmp" when file.SizeBytes <= LargestImage => new Look("image", ""),
        "audio/ogg" when file.Kind == "voice" => new Look("audio", "opus"),
        "video/mp4" => new Look("media", "mp4"),
        "application/pdf" => new Look("file", "pdf"),
        _ => Path.GetExtension(file.Name).ToLowerInvariant() switch
        {
            ".pdf" => new Look("file", "pdf"),
            ".doc" or ".docx" => new Look("file", "doc"),
            ".xls" or ".xlsx" => new Look("file", "xls"),
            ".ppt" or ".pptx" => new Look("file", "ppt"),
            _ => AsFile,
        },
    };

    private static MultipartFormDataContent NewContent(OutboundFile file, Look look, Stream bytes)
    {
        var content = new MultipartFormDataContent();
        if (look.IsImage)
        {
            content.Add(new StringContent("message"), "\"image_type\"");
        }
        else
        {
            content.Add(new StringContent(look.FileType), "\"file_type\"");
            content.Add(new StringContent(file.Name), "\"file_name\"");
        }

        // The name people see is the field above: in a header of its own every server reads one that is not English in another way.
        var part = new StreamContent(bytes);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Add(part, look.IsImage ? "\"image\"" : "\"file\"", "\"file\"");
        return content;
    }

    /// <param name="MessageType">What it is shown as.</param>
    /// <param name="FileType">What it is handed in as; of no meaning for a picture.</param>
    private sealed record Look(string MessageType, string FileType)
    {
        public bool IsImage => MessageType == "image";
    }
}

using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>Shows files: handed in first, then shown by the id that gives, pictures as such and everything else as a file.</summary>
internal sealed class DingTalkUploads(DingTalkClient client, DingTalkSender sender)
{
    /// <summary>Largest file DingTalk takes.</summary>
    public const long Largest = 20_000_000;

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        var isImage = file.MediaType is "image/jpeg" or "image/png" or "image/gif" or "image/bmp";
        var outcome = await SendAsync(message.Chat, file, isImage, cancellationToken);
        return outcome is SendOutcome.Rejected && isImage ? await SendAsync(message.Chat, file, isImage: false, cancellationToken) : outcome;
    }

    private async Task<SendOutcome> SendAsync(ExternalChat chat, OutboundFile file, bool isImage, CancellationToken cancellationToken)
    {
        var ending = EndingOf(file.Name);
        var (reply, mediaId) = await client.UploadAsync(isImage ? "image" : "file", async giveUp => NewContent(ending, await file.OpenAsync(giveUp)), cancellationToken);
        if (mediaId is not { Length: > 0 } id)
        {
            // Nothing is shown yet: a lost answer costs a second upload and no more.
            var outcome = reply is { IsOk: true, Answer.Code: not (null or "0") } && !DingTalkFailure.NeedsOperator(reply) && !DingTalkFailure.IsFlood(reply)
                ? new SendOutcome.Rejected(DingTalkFailure.Explain(reply))
                : DingTalkFailure.Outcome(reply);
            return outcome is SendOutcome.Uncertain lost ? new SendOutcome.RetryAfter(null, lost.Reason) : outcome;
        }

        return isImage
            ? await sender.SendAsync(chat, "sampleImageMsg", new JsonObject { ["photoURL"] = id }, cancellationToken)
            : await sender.SendAsync(chat, "sampleFile", new JsonObject { ["mediaId"] = id, ["fileName"] = file.Name, ["fileType"] = ending }, cancellationToken);
    }

    private static string EndingOf(string name)
        => Path.GetExtension(name).TrimStart('.').ToLowerInvariant() is { Length: > 0 and <= 10 } ending && ending.All(char.IsAsciiLetterOrDigit) ? ending : "file";

    // The name people see goes with the message: in a header every server reads one that is not English in another way.
    private static MultipartFormDataContent NewContent(string ending, Stream bytes)
    {
        var part = new StreamContent(bytes);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return new MultipartFormDataContent { { part, "\"media\"", $"\"file.{ending}\"" } };
    }
}

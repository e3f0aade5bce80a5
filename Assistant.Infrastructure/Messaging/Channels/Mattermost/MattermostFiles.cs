using System.Net.Http.Headers;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Files of posts, both ways. A reference is a file's id: it opens nothing without our token.</summary>
internal sealed class MattermostFiles(MattermostClient client, MattermostSender sender, MattermostOptions options)
{
    /// <summary>What servers take unless they are told otherwise; one that takes less says so.</summary>
    public const long Largest = 100_000_000;

    public static IReadOnlyList<Attachment> Of(LooseJson post)
    {
        var known = post["metadata"]["files"].Items.Where(file => MattermostIds.IsId(file["id"].Text)).ToLookup(file => file["id"].Text!);
        return
        [
            .. from id in post["file_ids"].Items.Select(id => id.Text).Concat(known.Select(file => file.Key)).Distinct()
               where MattermostIds.IsId(id)
               let file = known[id].FirstOrDefault()
               let type = file["mime_type"].Text is { Length: > 0 } said ? said : null // a server whose system knows no types says none
               select new Attachment(FileKinds.Of(type, file["name"].Text), id, file["name"].Text, type, file["size"].Number is >= 0 and var size ? size : null),
        ];
    }

    /// <remarks>A body of the file alone: the name is in the address, where no program in between makes another of it.</remarks>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        if (!MattermostIds.IsId(message.Chat.ExternalId))
        {
            return SessionReports.NoSuchChat(MattermostChannel.Name, message.Chat);
        }

        using var content = new StreamContent(await file.OpenAsync(cancellationToken));
        content.Headers.ContentType = MediaTypeHeaderValue.TryParse(file.MediaType, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentLength = file.SizeBytes;
        var upload = await client.UploadAsync(
            $"files?channel_id={message.Chat.ExternalId}&filename={Uri.EscapeDataString(file.Name)}", content, options.FilePatience, cancellationToken);
        if (upload.IsOk && upload.Body["file_infos"].Items.Select(info => info["id"].Text).FirstOrDefault() is { } id && MattermostIds.IsId(id))
        {
            return await sender.SendAsync(message, [id], cancellationToken);
        }

        // A file that no post names is seen by nobody: nothing about it is uncertain.
        return MattermostFailure.Outcome(upload) is SendOutcome.Uncertain uncertain ? new SendOutcome.RetryAfter(null, uncertain.Reason) : MattermostFailure.Outcome(upload);
    }

    /// <exception cref="AttachmentUnavailableException">Gone, refused, or no file of Mattermost.</exception>
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => MattermostIds.IsId(attachment.Reference)
        ? client.DownloadAsync($"files/{attachment.Reference}", cancellationToken)
        : throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", MattermostChannel.Name)), AttachmentFault.Final);
}

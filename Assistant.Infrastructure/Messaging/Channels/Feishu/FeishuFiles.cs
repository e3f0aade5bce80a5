using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Files of messages. A reference names the message and the file in it; it opens with the app's token only.</summary>
internal sealed class FeishuFiles(FeishuClient client)
{
    private const string Image = "image";
    private const string File = "file";

    public static string ReferenceOf(string message, bool isImage, string key) => $"{message}/{(isImage ? Image : File)}/{key}";

    /// <summary>Whether it can stand in an address.</summary>
    public static bool IsKey(string key) => key.Length is > 0 and <= 200 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && key[0] != '.';

    /// <exception cref="AttachmentUnavailableException">Gone, or refused.</exception>
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
        => attachment.Reference.Split('/') is [var message, Image or File, var key] parts && FeishuIds.IsId(message) && IsKey(key)
            ? client.OpenAsync(message, parts[1], key, cancellationToken)
            : throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", client.Messenger)), AttachmentFault.Final);
}

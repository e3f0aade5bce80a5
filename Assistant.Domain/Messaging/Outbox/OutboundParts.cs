using Assistant.Domain.Attachments;

namespace Assistant.Domain.Messaging.Outbox;

/// <summary>Cuts a reply for a channel: the one way from what was decided to the rows of the outbox.</summary>
public static class OutboundParts
{
    /// <summary>The messages to show, in order, each within the channel's limit; empty when there is nothing to show.</summary>
    public static IReadOnlyList<MessageBody> For(ChannelManifest manifest, MessageBody body)
        => MarkdownSplitter.Split(
            manifest.Can(ChannelCapabilities.Buttons) ? body : ButtonText.Append(body),
            manifest.TextLimit);

    /// <summary>The same of a reply with files: each is a message of its own, after what is said.</summary>
    public static IReadOnlyList<MessageBody> For(ChannelManifest manifest, MessageBody body, IReadOnlyList<OutgoingFile> files)
        => [.. body.Markdown.Length == 0 ? [] : For(manifest, body), .. files.Select((file, at) => new MessageBody(file.Named.FileName!) { File = at + 1 })];
}

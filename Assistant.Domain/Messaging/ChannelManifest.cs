using Assistant.Domain.Settings;

namespace Assistant.Domain.Messaging;

/// <summary>What a channel can do. Declared, not assumed: the sender adapts to what is missing.</summary>
[Flags]
public enum ChannelCapabilities
{
    None = 0,
    /// <summary>Buttons under a message; without it they are sent as numbered text.</summary>
    Buttons = 1,
    /// <summary>A typing indicator.</summary>
    Typing = 1 << 1,
    /// <summary>The messenger reports edits of a person's message.</summary>
    InboundEdits = 1 << 2,
    /// <summary>The messenger reports deletions.</summary>
    InboundDeletions = 1 << 3,
    /// <summary>Files, photos or voice from people.</summary>
    InboundAttachments = 1 << 4,
    /// <summary>A reply can be shown while it is generated.</summary>
    Streaming = 1 << 5,
    /// <summary>Sending the same <see cref="OutboundMessage.Id"/> twice shows one message.</summary>
    IdempotentSend = 1 << 6,
    /// <summary>Receives through <c>/webhooks/{connection}</c>.</summary>
    Webhook = 1 << 7,
    /// <summary>Files, photos or voice to people; the session is an <see cref="IFileSender"/>.</summary>
    OutboundAttachments = 1 << 8,
    /// <summary>The messenger reports reactions to messages, the assistant's as well as people's.</summary>
    InboundReactions = 1 << 9,
}

/// <summary>What one character is to a messenger's length limit.</summary>
public enum LengthUnit { Utf16, Utf8Bytes, CodePoints }

/// <summary>Longest text of one message; longer replies are split before they enter the outbox.</summary>
public sealed record TextLimit(int Max, LengthUnit Unit = LengthUnit.Utf16)
{
    /// <summary>Length of <paramref name="text"/> in this limit's unit.</summary>
    public int Measure(ReadOnlySpan<char> text)
    {
        switch (Unit)
        {
            case LengthUnit.Utf8Bytes:
                return System.Text.Encoding.UTF8.GetByteCount(text);
            case LengthUnit.CodePoints:
                var count = 0;
                foreach (var _ in text.EnumerateRunes())
                {
                    count++;
                }

                return count;
            default:
                return text.Length;
        }
    }
}

/// <summary>Describes a channel to the settings form, the YAML validator, the API and the sender.</summary>
/// <param name="Type">Name in <c>assistant.yaml</c>, e.g. <c>telegram</c>.</param>
/// <param name="Glyph">Single-colour SVG path data on a 24×24 grid.</param>
/// <param name="SetupUrl">The provider's own page about credentials; <see langword="null"/> for our own channels.</param>
public sealed record ChannelManifest(
    string Type,
    string DisplayName,
    string Glyph,
    Uri? SetupUrl,
    ChannelCapabilities Capabilities,
    TextLimit TextLimit,
    IReadOnlyList<SettingField> Settings)
{
    /// <summary>Who on the way can read what is said, the messenger's provider first. A channel that does not say is taken to hide nothing.</summary>
    /// <remarks>End-to-end encryption is claimed only where nobody but the person's device and this installation has the keys.</remarks>
    public LocalizedText Readers { get; init; } = new(
        "Assume that the messenger's provider reads everything.", "请假定该消息应用的提供商可以读取全部内容。");

    /// <summary>Largest file it takes from us, in bytes; of no meaning without <see cref="ChannelCapabilities.OutboundAttachments"/>.</summary>
    public long LargestFile { get; init; } = 20_000_000;

    /// <summary>How long after a person's last word the messenger lets us write to them; <see langword="null"/> when it does not ask.</summary>
    public TimeSpan? ReplyWindow { get; init; }

    /// <summary>
    /// Where it takes some kinds of files only: their media types, as of <see cref="Attachments.FileType"/>, each with the largest size in bytes.
    /// <see langword="null"/> where every kind goes.
    /// </summary>
    public IReadOnlyDictionary<string, long>? FileTypes { get; init; }

    /// <summary>
    /// Where it takes no bytes and fetches files from an https address of ours: how long after it was told it may come for them, which is how long such an
    /// address is good. <see langword="null"/> where files are handed to it.
    /// </summary>
    public TimeSpan? FetchesFilesWithin { get; init; }

    /// <summary>
    /// Whether what the assistant says in a group goes as a reply to what it answers: where one chat holds threads that are no conversations of their own, it
    /// would stand elsewhere without that.
    /// </summary>
    public bool RepliesInGroups { get; init; }

    /// <summary>
    /// How the ids begin of messages to which what the assistant says goes as a reply in every chat: such as commands that show as open until a message names
    /// them. Empty for all messages, <see langword="null"/> for none.
    /// </summary>
    public string? AwaitingReply { get; init; }

    /// <summary>Whether it takes files of a type.</summary>
    public bool TakesFilesOf(string mediaType) => Can(ChannelCapabilities.OutboundAttachments) && (FileTypes is null || FileTypes.ContainsKey(mediaType));

    public bool Can(ChannelCapabilities capability) => (Capabilities & capability) == capability;
}

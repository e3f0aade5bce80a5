namespace Assistant.Domain.Messaging;

/// <summary>Who spoke, as the messenger names them. Untrusted, but for <see cref="ExternalId"/> of a verified callback.</summary>
/// <param name="ExternalId">The messenger's stable id of the user (never a username, which can be reused).</param>
/// <param name="DisplayName">Empty where a reaction does not say: whoever is known keeps their name.</param>
/// <param name="Locale">BCP 47 tag the messenger reports, or <see langword="null"/>.</param>
public sealed record ExternalSender(string ExternalId, string DisplayName, string? Locale = null, bool IsBot = false)
{
    /// <summary>Whether <see cref="DisplayName"/> was made up, for the messenger did not say the name: whoever is known keeps theirs.</summary>
    public bool IsStandIn { get; init; }

    /// <summary>
    /// The id the messenger named the same user by until now, told beside the new one; <see langword="null"/> where there is none. Whoever is known by
    /// it is known by <see cref="ExternalId"/> from then on.
    /// </summary>
    public string? FormerId { get; init; }

    /// <summary>The sender by their own name, or by the stand-in when the messenger does not say one.</summary>
    public static ExternalSender Named(string externalId, string? name, string standIn, string? locale = null, bool isBot = false)
        => string.IsNullOrWhiteSpace(name)
            ? new ExternalSender(externalId, standIn, locale, isBot) { IsStandIn = true }
            : new ExternalSender(externalId, name, locale, isBot);

    /// <summary>Whether a name is a stand-in as most channels make it: the messenger's name and one end of the id.</summary>
    public static bool IsStandInFor(string externalId, string name)
        => name.Split(' ') is [{ Length: > 0 }, { Length: >= 4 and <= 6 } end]
            && (externalId.EndsWith(end, StringComparison.Ordinal) || externalId.StartsWith(end, StringComparison.Ordinal));

    /// <summary>The same sender by a name that is theirs.</summary>
    public ExternalSender Called(string name) => this with { DisplayName = name, IsStandIn = false };

    /// <summary>The id of a user whom a server of one's own numbers or names: another server's of the same kind may use it for somebody else.</summary>
    /// <param name="connection">With which server.</param>
    public static string IdWithin(ConnectionId connection, string id) => $"{connection}/{id}";
}

/// <summary>Where it was said.</summary>
/// <param name="ExternalId">The messenger's id of the chat.</param>
/// <param name="ThreadId">Topic or thread in it; each is a conversation of its own.</param>
public sealed record ExternalChat(string ExternalId, string? ThreadId = null, bool IsGroup = false, string? Title = null);

/// <summary>A file that came or goes with a message. Its bytes are fetched afterwards, see <see cref="Attachments.IAttachmentStore"/>.</summary>
/// <param name="Kind"><c>image</c>, <c>voice</c>, <c>audio</c>, <c>video</c> or <c>file</c>.</param>
/// <param name="Reference">What the channel needs to fetch it; may be a secret of the messenger, so never shown. Empty of a file that goes out, and of no other.</param>
/// <param name="SizeBytes">As declared by the messenger, or <see langword="null"/>.</param>
public sealed record Attachment(string Kind, string Reference, string? FileName = null, string? MediaType = null, long? SizeBytes = null)
{
    /// <summary>What the messenger knows the file by, where its <see cref="Reference"/> may change; <see langword="null"/> where it does not.</summary>
    public string? Identity { get; init; }

    /// <summary>Whether both name the same files, in the same order.</summary>
    public static bool AreSame(IReadOnlyList<Attachment> ours, IReadOnlyList<Attachment> theirs)
        => ours.Count == theirs.Count && ours.Zip(theirs).All(pair => pair.First.IsSame(pair.Second));

    private bool IsSame(Attachment other) => Identity is { } ours && other.Identity is { } theirs ? ours == theirs : Reference == other.Reference;
}

/// <summary>What happened in the messenger.</summary>
public abstract record InboundContent
{
    private InboundContent() { }

    /// <summary>Something was said.</summary>
    /// <param name="ReplyToExternalId">The messenger's id of the message it answers, in the same chat.</param>
    public sealed record Said(string Text, IReadOnlyList<Attachment> Attachments, string? ReplyToExternalId = null) : InboundContent
    {
        public Said(string text) : this(text, []) { }

        /// <inheritdoc cref="MessageBody.IsForwarded"/>
        public bool IsForwarded { get; init; }

        /// <summary>What the person chose to quote of what they answer, or sent along from another chat.</summary>
        public QuotedWords? Quote { get; init; }

        /// <summary>All of what it answers, where the messenger repeats that unasked; <see langword="null"/> where it does not.</summary>
        public QuotedWords? Repeated { get; init; }

        /// <summary>The words to keep with it, see <see cref="MessageReference"/>.</summary>
        /// <param name="answered">The number of what it answers; <see langword="null"/> when that is not known.</param>
        public QuotedWords? QuoteBeside(long? answered) => Quote ?? (answered is null ? Repeated : null);
    }

    /// <summary>An earlier message has a new text, and perhaps other files.</summary>
    public sealed record Edited(string Text) : InboundContent
    {
        /// <inheritdoc cref="MessageBody.IsForwarded"/>
        public bool IsForwarded { get; init; }

        /// <summary>The files it has now, which may be those it had; <see langword="null"/> when an edit changes none.</summary>
        public IReadOnlyList<Attachment>? Attachments { get; init; }
    }

    /// <summary>An earlier message was taken back.</summary>
    public sealed record Deleted : InboundContent;

    /// <summary>A button of ours was pressed.</summary>
    /// <param name="Data">The <see cref="MessageButton.Data"/> of the button.</param>
    public sealed record Pressed(string Data, string Label) : InboundContent;

    /// <summary>Somebody reacted to an earlier message, or took that back. It is said to nobody: it starts no turn.</summary>
    /// <param name="Reactions">Emoji, or names of the messenger's own, at most <see cref="PersonReactions.MaxLength"/> long; others are left out.</param>
    public sealed record Reacted(ReactionChange Change, IReadOnlyList<string> Reactions) : InboundContent;
}

/// <summary>The id a message had before its channel came to name messages otherwise.</summary>
/// <param name="Since">Only a message stored from then on is this one: an older one of the same id may be another account's.</param>
public sealed record FormerId(string Id, DateTimeOffset Since);

/// <summary>One verified, parsed event of a messenger. Nothing in it is trusted beyond its origin.</summary>
public sealed record InboundMessage
{
    public required ConnectionId Connection { get; init; }

    /// <summary>Equal for every delivery of the same event, different for every other: what redelivery is recognised by.</summary>
    public required string DedupeKey { get; init; }

    public required ExternalChat Chat { get; init; }

    public required ExternalSender Sender { get; init; }

    /// <summary>The messenger's id of the message said, edited, deleted, pressed on or reacted to; unique in the chat.</summary>
    public required string ExternalMessageId { get; init; }

    /// <summary>What the message may be stored under instead; <see langword="null"/> when its id was never another.</summary>
    public FormerId? Former { get; init; }

    public required InboundContent Content { get; init; }

    /// <summary>When the messenger says it happened.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>In a group: whether the assistant was mentioned or replied to. Direct messages are always addressed.</summary>
    public bool IsAddressed { get; init; } = true;
}

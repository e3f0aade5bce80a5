using System.Globalization;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging;

/// <summary>A button under a message.</summary>
/// <param name="Data">What comes back in <see cref="InboundContent.Pressed"/>; at most 64 bytes of UTF-8.</param>
public sealed record MessageButton(string Label, string Data);

/// <summary>What a message says. The text is Markdown; the channel renders it in its own dialect.</summary>
public sealed record MessageBody(string Markdown, IReadOnlyList<MessageButton> Buttons)
{
    public MessageBody(string markdown) : this(markdown, []) { }

    /// <summary>What is left of a body whose person was forgotten.</summary>
    public static MessageBody Forgotten { get; } = new("") { IsForgotten = true };

    /// <summary>Whether the key it was sealed with was destroyed: the text is empty, and nobody can read it again.</summary>
    public bool IsForgotten { get; init; }

    /// <summary>Whether a person passed on what somebody else wrote: such words ask for nothing.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>What a person answers with it; <see langword="null"/> where they answer nothing that is known, and in whatever is not a person's.</summary>
    public MessageReference? InReplyTo { get; init; }

    /// <summary>The same in Chinese, of a line the product writes for colleagues; <see langword="null"/> where somebody said something.</summary>
    public string? Chinese { get; init; }

    /// <summary>
    /// Which file of its message a part of it shows, 1 for the first; the text is then the file's name. <see langword="null"/> in whole messages
    /// and in parts that are text.
    /// </summary>
    public int? File { get; init; }

    /// <summary>The text for a reader of a language.</summary>
    public string In(CultureInfo culture) => Chinese is null ? Markdown : new LocalizedText(Markdown, Chinese).In(culture);
}

/// <summary>One message to be shown in a chat; already short enough for the channel.</summary>
/// <param name="Id">Idempotency key: the same for every attempt.</param>
/// <param name="Attempt">1 for the first try.</param>
/// <param name="MayRepeat">An earlier attempt ended without an answer, so the messenger may have shown it already.</param>
public sealed record OutboundMessage(
    Guid Id,
    ConnectionId Connection,
    ExternalChat Chat,
    MessageBody Body,
    string? ReplyToExternalId,
    int Attempt,
    bool MayRepeat)
{
    /// <summary>Id of what a person said last in the chat before this was decided; told to an <see cref="IDeliveryProbe"/> alone, where it is known.</summary>
    public string? HeardBefore { get; init; }
}

/// <summary>How far a pause reaches.</summary>
public enum PauseScope { Chat, Connection }

/// <summary>How a send ended.</summary>
public abstract record SendOutcome
{
    private SendOutcome() { }

    /// <summary>The messenger accepted it.</summary>
    public sealed record Delivered(string ExternalId) : SendOutcome;

    /// <summary>Not accepted now; the messenger or our back-off says when to try again.</summary>
    /// <param name="Delay">As asked by the messenger, or <see langword="null"/> for our own back-off.</param>
    public sealed record RetryAfter(TimeSpan? Delay, Phrase Reason, PauseScope Scope = PauseScope.Chat) : SendOutcome;

    /// <summary>Will not be accepted: it becomes a dead letter with this reason.</summary>
    public sealed record Rejected(Phrase Reason) : SendOutcome;

    /// <summary>The request left, no answer came: it may have been shown.</summary>
    public sealed record Uncertain(Phrase Reason) : SendOutcome;
}

using Assistant.Domain.Conversations;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging;

/// <summary>Words of another message that a person sent along with theirs.</summary>
/// <param name="Text">Untrusted.</param>
/// <param name="By">Who wrote them, when they come from elsewhere and the messenger says it; untrusted.</param>
public sealed record QuotedWords(string Text, string? By = null);

/// <summary>A message of another conversation.</summary>
public sealed record FarMessage(ConversationId Conversation, long Seq);

/// <summary>What a person's message answers.</summary>
/// <remarks>
/// Words of a message that is known are not repeated here, or they would outlive its being forgotten: they are read where they are needed. What the
/// person quoted themselves is theirs.
/// </remarks>
/// <param name="Seq">The message of the same conversation; <see langword="null"/> when it is not known there.</param>
/// <param name="Quote">What the person quoted; <see langword="null"/> when they answer the whole message.</param>
public sealed record MessageReference(long? Seq, QuotedWords? Quote)
{
    /// <summary>Characters of a quotation that are kept.</summary>
    public const int MaxQuoteLength = 400;

    private const int MaxNameLength = 60;

    /// <summary>What began the thread that the conversation is, in the conversation beside it; <see langword="null"/> when it is not known there.</summary>
    public FarMessage? Elsewhere { get; init; }

    /// <summary>The reference as it is kept; <see langword="null"/> when nothing is known of what is answered.</summary>
    public static MessageReference? Of(long? seq, QuotedWords? quote, FarMessage? elsewhere = null)
    {
        var kept = quote is { Text: { } text } && !string.IsNullOrWhiteSpace(text)
            ? new QuotedWords(Legible.Cut(text.Trim(), MaxQuoteLength, "…"), quote.By is null ? null : Legible.Cut(quote.By, MaxNameLength, "…"))
            : null;
        return seq is null && kept is null && elsewhere is null ? null : new MessageReference(seq, kept) { Elsewhere = elsewhere };
    }
}

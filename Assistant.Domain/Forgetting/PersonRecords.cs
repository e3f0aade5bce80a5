using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Forgetting;

/// <summary>A conversation of a person, as an export describes it.</summary>
/// <param name="PreferredAt">When the person was last said to want to be written to there; <see langword="null"/> when that was never said, or taken back.</param>
/// <param name="ContinuedFrom">The conversation on another messenger that goes on in this one, since <paramref name="ContinuedAt"/>.</param>
public sealed record PersonConversation(
    ConversationId Id, ConnectionId Connection, string? Title, bool IsGroup, ConversationStatus Status, DateTimeOffset CreatedAt, DateTimeOffset LastAt,
    DateTimeOffset? PreferredAt, ConversationId? ContinuedFrom, DateTimeOffset? ContinuedAt);

/// <summary>What became of one utterance.</summary>
/// <param name="Seq">The message that was answered.</param>
/// <param name="Engine">Who answered; <see langword="null"/> when nobody did.</param>
public sealed record PersonTurn(long Seq, TurnResult Result, string? Engine, string? Model, long InputTokens, long OutputTokens, DateTimeOffset FinishedAt);

/// <summary>What an export reads beside what screens read. Never another tenant's.</summary>
public interface IPersonRecords
{
    /// <summary>Every conversation of the person, and every group in which they wrote, oldest first.</summary>
    Task<IReadOnlyList<PersonConversation>> ListConversationsAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken);

    /// <summary>Turns of a conversation about messages after <paramref name="after"/>, in order.</summary>
    Task<IReadOnlyList<PersonTurn>> ListTurnsAsync(TenantId tenant, ConversationId conversation, long after, int limit, CancellationToken cancellationToken);
}

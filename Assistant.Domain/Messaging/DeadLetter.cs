using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging;

/// <summary>A message given up on: inbound (its turn kept failing) or outbound (the messenger will not take it).</summary>
/// <param name="Id">Inbox or outbox entry.</param>
/// <param name="Preview">Start of the text.</param>
/// <param name="IsForgotten">The text was a forgotten person's: <paramref name="Preview"/> is empty.</param>
public sealed record DeadLetter(
    Guid Id, bool IsInbound, ConversationId Conversation, ConnectionId Connection, string Title, string Preview, Phrase Reason, int Attempts,
    DateTimeOffset CreatedAt, DateTimeOffset DeadAt, bool IsForgotten = false);

/// <summary>Reads dead letters. Never another tenant's.</summary>
public interface IDeadLetterQueries
{
    /// <summary>Newest first.</summary>
    Task<Page<DeadLetter>> ListAsync(TenantId tenant, string? after, int limit, CancellationToken cancellationToken);

    Task<int> CountAsync(TenantId tenant, CancellationToken cancellationToken);
}

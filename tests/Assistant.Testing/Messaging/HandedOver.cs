using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Testing.Messaging;

/// <summary>What was handed to the senders, in order.</summary>
public sealed class HandedOver : IOutboxSignal
{
    public List<(ConversationId Conversation, OutboxEntry? Claimed)> Rows { get; } = [];

    public void Committed(ConversationId conversation, OutboxEntry? claimed) => Rows.Add((conversation, claimed));

    public Task SettleAsync(ConversationId conversation, long version, CancellationToken cancellationToken) => Task.CompletedTask;
}

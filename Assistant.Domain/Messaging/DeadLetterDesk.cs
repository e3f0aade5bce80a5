using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;

namespace Assistant.Domain.Messaging;

/// <summary>What people do with messages the product gave up on.</summary>
public sealed class DeadLetterDesk(
    IDeadLetterQueries queries, IInbox inbox, IOutbox outbox, IConversationExecutor executor, IOutboxSignal signal, ILiveFeed feed, TimeProvider time)
{
    /// <summary>Newest first.</summary>
    public Task<Page<DeadLetter>> ListAsync(Caller caller, string? after, int limit, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsRead);
        return queries.ListAsync(caller.Tenant, after, limit, cancellationToken);
    }

    public Task<int> CountAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsRead);
        return queries.CountAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>Puts a dead letter back into its queue and wakes whoever works there.</summary>
    /// <returns><see langword="false"/> when it is not dead, or not any more.</returns>
    public async Task<bool> ResendAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        if (await outbox.ReviveAsync(caller.Tenant, id, Draft("outbound"), cancellationToken) is { } sending)
        {
            signal.Committed(sending, claimed: null);
            return Tell(sending);
        }

        if (await inbox.ReviveAsync(caller.Tenant, id, Draft("inbound"), cancellationToken) is { } answering)
        {
            executor.Wake(answering);
            return Tell(answering);
        }

        return false;

        AuditDraft Draft(string direction)
            => caller.Audit(time.GetUtcNow(), AuditActions.MessageRevived, $"deadletter/{id}", ("direction", direction));

        bool Tell(ConversationId conversation)
        {
            feed.Publish(new LiveEvent.DeadLettersChanged(caller.Tenant));
            feed.Publish(new LiveEvent.ConversationChanged(caller.Tenant, conversation));
            return true;
        }
    }
}

using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

/// <summary>An outbox whose database fails when a send is to be recorded, a few times.</summary>
internal sealed class ForgetfulOutbox(IOutbox inner, int failures) : IOutbox
{
    private int _left = failures;

    public Task<OutboxEntry?> ClaimNextAsync(ConversationId conversation, DateTimeOffset now, CancellationToken cancellationToken)
        => inner.ClaimNextAsync(conversation, now, cancellationToken);

    public Task<OutboxEntry?> MarkSentAsync(OutboxEntry entry, string externalId, CancellationToken cancellationToken)
        => _left-- > 0 ? throw new IOException("The disk is full.") : inner.MarkSentAsync(entry, externalId, cancellationToken);

    public Task RetryLaterAsync(OutboxEntry entry, Phrase reason, DateTimeOffset retryAt, bool isUncertain, bool isAttempt, CancellationToken cancellationToken)
        => inner.RetryLaterAsync(entry, reason, retryAt, isUncertain, isAttempt, cancellationToken);

    public Task DeadLetterAsync(OutboxEntry entry, Phrase reason, CancellationToken cancellationToken)
        => inner.DeadLetterAsync(entry, reason, cancellationToken);

    public Task HoldAsync(OutboxEntry entry, CancellationToken cancellationToken) => inner.HoldAsync(entry, cancellationToken);

    public Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken)
        => inner.ReviveAsync(tenant, entryId, audit, cancellationToken);

    public Task<int> RecoverInterruptedAsync(CancellationToken cancellationToken) => inner.RecoverInterruptedAsync(cancellationToken);

    public Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => inner.FindDueAsync(now, limit, cancellationToken);

    public Task<IReadOnlySet<string>> FindKnownExternalIdsAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken)
        => inner.FindKnownExternalIdsAsync(connection, since, cancellationToken);
}

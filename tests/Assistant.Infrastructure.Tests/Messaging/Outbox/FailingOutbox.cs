using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

/// <summary>An outbox whose database fails at the calls it is told to. Safe for concurrent use.</summary>
/// <param name="fails">Asked at each call, with its name, whether it fails.</param>
/// <param name="losesAnswer">Asked after each call that did not, whether it was done and the caller does not hear of it.</param>
internal sealed class FailingOutbox(IOutbox inner, Func<string, bool> fails, Func<string, bool>? losesAnswer = null) : IOutbox
{
    public Task<OutboxEntry?> ClaimNextAsync(ConversationId conversation, DateTimeOffset now, CancellationToken cancellationToken)
        => CallAsync(nameof(ClaimNextAsync), () => inner.ClaimNextAsync(conversation, now, cancellationToken));

    public Task<OutboxEntry?> MarkSentAsync(OutboxEntry entry, string externalId, CancellationToken cancellationToken)
        => CallAsync(nameof(MarkSentAsync), () => inner.MarkSentAsync(entry, externalId, cancellationToken));

    public Task RetryLaterAsync(OutboxEntry entry, Phrase reason, DateTimeOffset retryAt, bool isUncertain, bool isAttempt, CancellationToken cancellationToken)
        => CallAsync(nameof(RetryLaterAsync), () => inner.RetryLaterAsync(entry, reason, retryAt, isUncertain, isAttempt, cancellationToken));

    public Task DeadLetterAsync(OutboxEntry entry, Phrase reason, CancellationToken cancellationToken)
        => CallAsync(nameof(DeadLetterAsync), () => inner.DeadLetterAsync(entry, reason, cancellationToken));

    public Task HoldAsync(OutboxEntry entry, CancellationToken cancellationToken)
        => CallAsync(nameof(HoldAsync), () => inner.HoldAsync(entry, cancellationToken));

    public Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken)
        => CallAsync(nameof(ReviveAsync), () => inner.ReviveAsync(tenant, entryId, audit, cancellationToken));

    public Task<int> RecoverInterruptedAsync(CancellationToken cancellationToken)
        => CallAsync(nameof(RecoverInterruptedAsync), () => inner.RecoverInterruptedAsync(cancellationToken));

    public Task<IReadOnlyList<OutboxClaim>> FindClaimsAsync(CancellationToken cancellationToken)
        => CallAsync(nameof(FindClaimsAsync), () => inner.FindClaimsAsync(cancellationToken));

    public Task<bool> RecoverInterruptedAsync(OutboxClaim claim, CancellationToken cancellationToken)
        => CallAsync(nameof(RecoverInterruptedAsync), () => inner.RecoverInterruptedAsync(claim, cancellationToken));

    public Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => CallAsync(nameof(FindDueAsync), () => inner.FindDueAsync(now, limit, cancellationToken));

    // A part of each sweep, which fails with its other call.
    public Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken) => inner.EndWaitsAsync(now, longest, cancellationToken);

    public Task<IReadOnlySet<string>> FindKnownExternalIdsAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken)
        => CallAsync(nameof(FindKnownExternalIdsAsync), () => inner.FindKnownExternalIdsAsync(connection, since, cancellationToken));

    public Task<string?> FindHeardBeforeAsync(OutboxEntry entry, CancellationToken cancellationToken)
        => CallAsync(nameof(FindHeardBeforeAsync), () => inner.FindHeardBeforeAsync(entry, cancellationToken));

    // A real store fails after a while, on a thread of its own.
    private async Task CallAsync(string name, Func<Task> call)
    {
        await Task.Yield();
        if (fails(name))
        {
            throw new IOException($"The disk is full ({name}).");
        }

        await call();
        if (losesAnswer?.Invoke(name) is true)
        {
            throw new IOException($"The connection is gone ({name}).");
        }
    }

    private async Task<T> CallAsync<T>(string name, Func<Task<T>> call)
    {
        T? result = default;
        await CallAsync(name, async () => { result = await call(); });
        return result!;
    }
}

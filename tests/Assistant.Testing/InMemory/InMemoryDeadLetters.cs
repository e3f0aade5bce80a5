using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Testing.InMemory;

/// <summary>Dead letters and the part of both queues that puts them back. The rest of the queues is not offered.</summary>
public sealed class InMemoryDeadLetters(InMemoryAuditLog log) : IDeadLetterQueries, IInbox, IOutbox
{
    private readonly List<(TenantId Tenant, DeadLetter Letter)> _letters = [];

    /// <summary>What was put back, in the order it was.</summary>
    public List<DeadLetter> Revived { get; } = [];

    public void Add(TenantId tenant, DeadLetter letter) => _letters.Add((tenant, letter));

    public Task<Page<DeadLetter>> ListAsync(TenantId tenant, string? after, int limit, CancellationToken cancellationToken)
    {
        var letters = _letters.Where(dead => dead.Tenant == tenant).Select(dead => dead.Letter).OrderByDescending(letter => letter.DeadAt).ToList();
        var start = after is null ? 0 : letters.FindIndex(letter => letter.Id.ToString() == after) + 1;
        var items = letters.Skip(start).Take(limit).ToList();
        return Task.FromResult(new Page<DeadLetter>(items, start + items.Count < letters.Count ? items[^1].Id.ToString() : null));
    }

    public Task<int> CountAsync(TenantId tenant, CancellationToken cancellationToken) => Task.FromResult(_letters.Count(dead => dead.Tenant == tenant));

    Task<ConversationId?> IInbox.ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken) =>
        Task.FromResult(Revive(tenant, entryId, isInbound: true, audit));

    Task<ConversationId?> IOutbox.ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken) =>
        Task.FromResult(Revive(tenant, entryId, isInbound: false, audit));

    private ConversationId? Revive(TenantId tenant, Guid entryId, bool isInbound, AuditDraft audit)
    {
        var index = _letters.FindIndex(dead => dead.Tenant == tenant && dead.Letter.Id == entryId && dead.Letter.IsInbound == isInbound);
        if (index < 0)
        {
            return null;
        }

        var letter = _letters[index].Letter;
        _letters.RemoveAt(index);
        Revived.Add(letter);
        log.Append(audit);
        return letter.Conversation;
    }

    Task<InboxOutcome> IInbox.StoreAsync(
        Connection connection, InboundMessage message, Func<SenderStanding, Admission> admit, CancellationToken cancellationToken) => throw NotOffered();

    Task IInbox.RetryLaterAsync(InboxEntry entry, Phrase reason, DateTimeOffset retryAt, CancellationToken cancellationToken) => throw NotOffered();

    Task IInbox.DeadLetterAsync(InboxEntry entry, Phrase reason, CancellationToken cancellationToken) => throw NotOffered();

    Task<IReadOnlyList<ConversationId>> IInbox.FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => throw NotOffered();

    Task<int> IInbox.EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken) => throw NotOffered();

    Task<OutboxEntry?> IOutbox.ClaimNextAsync(ConversationId conversation, DateTimeOffset now, CancellationToken cancellationToken) => throw NotOffered();

    Task<OutboxEntry?> IOutbox.MarkSentAsync(OutboxEntry entry, string externalId, CancellationToken cancellationToken) => throw NotOffered();

    Task IOutbox.RetryLaterAsync(OutboxEntry entry, Phrase reason, DateTimeOffset retryAt, bool isUncertain, bool isAttempt, CancellationToken cancellationToken) => throw NotOffered();

    Task IOutbox.DeadLetterAsync(OutboxEntry entry, Phrase reason, CancellationToken cancellationToken) => throw NotOffered();

    Task IOutbox.HoldAsync(OutboxEntry entry, CancellationToken cancellationToken) => throw NotOffered();

    Task<int> IOutbox.RecoverInterruptedAsync(CancellationToken cancellationToken) => throw NotOffered();

    Task<IReadOnlyList<OutboxClaim>> IOutbox.FindClaimsAsync(CancellationToken cancellationToken) => throw NotOffered();

    Task<bool> IOutbox.RecoverInterruptedAsync(OutboxClaim claim, CancellationToken cancellationToken) => throw NotOffered();

    Task<IReadOnlyList<ConversationId>> IOutbox.FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => throw NotOffered();

    Task<int> IOutbox.EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken) => throw NotOffered();

    Task<IReadOnlySet<string>> IOutbox.FindKnownExternalIdsAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken) => throw NotOffered();

    Task<string?> IOutbox.FindHeardBeforeAsync(OutboxEntry entry, CancellationToken cancellationToken) => throw NotOffered();

    private static NotSupportedException NotOffered() => new("This fake offers dead letters only.");
}

/// <summary>Records who was woken.</summary>
public sealed class RecordingSignals : IConversationExecutor, IOutboxSignal
{
    public List<ConversationId> Woken { get; } = [];

    public List<ConversationId> Committed { get; } = [];

    public List<ConversationId> Settled { get; } = [];

    public List<(ConversationId Conversation, string Message, DateTimeOffset At)> Edited { get; } = [];

    public void Wake(ConversationId conversation) => Woken.Add(conversation);

    public void Halt(ConversationId conversation, long version)
    {
    }

    public void HaltEdited(ConversationId conversation, string message, DateTimeOffset at) => Edited.Add((conversation, message, at));

    void IOutboxSignal.Committed(ConversationId conversation, OutboxEntry? claimed) => Committed.Add(conversation);

    public Task SettleAsync(ConversationId conversation, long version, CancellationToken cancellationToken)
    {
        Settled.Add(conversation);
        return Task.CompletedTask;
    }
}

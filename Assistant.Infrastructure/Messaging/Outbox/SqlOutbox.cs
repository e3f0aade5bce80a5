using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <inheritdoc cref="IOutbox"/>
internal sealed class SqlOutbox(IWriteQueue writes, IReadPool reads, BodySealer bodies, TimeProvider clock) : IOutbox
{
    private const string First =
        "SELECT " + MessageSql.OutboxColumns + ", c.operator_id FROM outbox o JOIN conversations c ON c.id = o.conversation_id "
        + "WHERE o.conversation_id = @p0 AND o.state IN ('Pending', 'Sending') ORDER BY o.message_seq, o.part LIMIT 1";

    private const int DueColumn = 19;
    private const int StateColumn = 20;
    private const int OperatorColumn = 23;

    private const string Claim = "UPDATE outbox SET state = 'Sending', attempts = attempts + 1 WHERE id = @p0 AND state = 'Pending'";

    // What was sent is the message's from here on: its row says so and keeps the id. Only the parts before the last one stay, for reactions
    // to name them.
    private const string Done = "DELETE FROM outbox WHERE id = @p0 AND state = 'Sending'";

    private const string PartSent =
        "UPDATE outbox SET state = 'Sent', external_id = @p1, ended_at = @p2, error = NULL WHERE id = @p0 AND state = 'Sending'";

    // What the assistant wrote never leaves by itself in a conversation that was taken over or closed meanwhile.
    private const string IsWithPeople =
        "EXISTS (SELECT 1 FROM conversations c WHERE c.id = conversation_id AND (c.operator_id IS NOT NULL OR c.status = 'Closed'))";

    private const string ReadMessage =
        "SELECT " + MessageSql.MessageColumns + " FROM messages m WHERE m.conversation_id = @p0 AND m.seq = @p1";

    private const string Retry =
        "UPDATE outbox SET state = CASE WHEN by_assistant AND " + IsWithPeople + " THEN 'Held' ELSE 'Pending' END, "
        + "error = @p1, due_at = @p2, may_repeat = (may_repeat OR @p3), attempts = attempts - @p4 WHERE id = @p0 AND state = 'Sending'";

    private const string Kill = "UPDATE outbox SET state = 'Dead', error = @p1, ended_at = @p2 WHERE id = @p0 AND state = 'Sending'";

    // What was to be said to a forgotten person: nobody can read it any more.
    private const string DropForgotten = "UPDATE outbox SET state = 'Dropped', ended_at = @p1 WHERE id = @p0 AND state = 'Pending'";

    // Released by an operator meanwhile, it goes with the other parts of its message.
    private const string Hold =
        "UPDATE outbox SET state = CASE WHEN by_assistant THEN 'Held' ELSE 'Pending' END, attempts = attempts - 1 WHERE id = @p0 AND state = 'Sending'";

    private const string ReviveDead =
        "UPDATE outbox SET state = CASE WHEN by_assistant AND " + IsWithPeople + " THEN 'Held' ELSE 'Pending' END, "
        + "attempts = 0, due_at = @p2, ended_at = NULL WHERE id = @p0 AND tenant_id = @p1 AND state = 'Dead'";

    private const string Place = "SELECT tenant_id, conversation_id, message_seq FROM outbox WHERE id = @p0";

    // The first condition follows from the second; it lets SQLite find these rows in the index of the open ones.
    private const string Claims =
        "SELECT id, conversation_id, attempts FROM outbox WHERE state IN ('Pending','Sending') AND state = 'Sending'";

    private const string Recover =
        "UPDATE outbox SET state = CASE WHEN by_assistant AND " + IsWithPeople + " THEN 'Held' ELSE 'Pending' END, "
        + "may_repeat = TRUE, due_at = @p2 WHERE id = @p0 AND attempts = @p1 AND state = 'Sending'";

    // Rows behind one that is under way or waits cannot be sent: counted in, those of a messenger that hangs would fill the limit.
    internal const string Due =
        "SELECT o.conversation_id FROM outbox o WHERE o.state = 'Pending' AND o.due_at <= @p0 AND NOT EXISTS (SELECT 1 FROM outbox e "
        + "WHERE e.conversation_id = o.conversation_id AND e.state IN ('Pending','Sending') AND (e.message_seq, e.part) < (o.message_seq, o.part)) "
        + "ORDER BY o.created_at LIMIT @p1";

    internal const string WaitsBeyond = "SELECT 1 FROM outbox WHERE state = 'Pending' AND due_at > @p0 LIMIT 1";

    internal const string EndWaits = "UPDATE outbox SET due_at = @p0 WHERE state = 'Pending' AND due_at > @p1";

    private const string Known =
        "SELECT m.external_id FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.connection_id = @p0 AND m.at >= @p1 "
        + "AND m.external_id IS NOT NULL UNION SELECT external_id FROM outbox WHERE connection_id = @p0 AND created_at >= @p1 AND external_id IS NOT NULL";

    private const string HeardBefore =
        "SELECT m.external_id FROM messages m WHERE m.conversation_id = @p0 AND m.seq < @p1 AND m.author = 'Person' AND m.external_id IS NOT NULL "
        + "ORDER BY m.seq DESC LIMIT 1";

    public Task<OutboxEntry?> ClaimNextAsync(ConversationId conversation, DateTimeOffset now, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.System, session => ClaimFirst(session, conversation, now), cancellationToken);

    public Task<OutboxEntry?> MarkSentAsync(OutboxEntry entry, string externalId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(
            TenantScope.Of(entry.Tenant),
            session =>
            {
                var sent = entry.IsLastPart ? session.Execute(Done, entry.Id) : session.Execute(PartSent, entry.Id, externalId, now);
                if (sent == 1)
                {
                    MessageSent(session, entry, externalId);
                    session.Audit(Record(entry, AuditActions.MessageSent, now, entry.MayRepeat ? MayRepeatDetail : AuditDraft.NoDetails));
                }

                return ClaimFirst(session, entry.Conversation, now);
            },
            cancellationToken);
    }

    public Task RetryLaterAsync(OutboxEntry entry, Phrase reason, DateTimeOffset retryAt, bool isUncertain, bool isAttempt, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(entry.Tenant),
            session =>
            {
                if (session.Execute(Retry, entry.Id, reason.ToString(), retryAt, isUncertain, isAttempt ? 0 : 1) == 0)
                {
                    return false; // recorded before; the caller did not hear of it
                }

                Weigh(session, entry.Tenant, entry.Conversation.Value, entry.MessageSeq);
                return true;
            },
            cancellationToken);

    public Task DeadLetterAsync(OutboxEntry entry, Phrase reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(
            TenantScope.Of(entry.Tenant),
            session =>
            {
                if (session.Execute(Kill, entry.Id, reason.ToString(), now) == 0)
                {
                    return false;
                }

                Weigh(session, entry.Tenant, entry.Conversation.Value, entry.MessageSeq);
                session.Audit(Record(entry, AuditActions.MessageDeadLettered, now, new Dictionary<string, string> { ["reason"] = reason.WithoutFacts().ToString() }));
                session.Publish(new LiveEvent.DeadLettersChanged(entry.Tenant));
                return true;
            },
            cancellationToken);
    }

    public Task HoldAsync(OutboxEntry entry, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(entry.Tenant),
            session =>
            {
                if (session.Execute(Hold, entry.Id) == 0)
                {
                    return false;
                }

                Weigh(session, entry.Tenant, entry.Conversation.Value, entry.MessageSeq);
                return true;
            },
            cancellationToken);

    public Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(ReviveDead, entryId, tenant.Value, now) == 0)
                {
                    return (ConversationId?)null;
                }

                // With people it waits for a decision like any reply of the assistant: pending, it would keep an operator's own behind it.
                var conversation = WeighMessageOf(session, entryId);
                session.Audit(audit);
                session.Publish(new LiveEvent.DeadLettersChanged(tenant));
                return conversation;
            },
            cancellationToken);
    }

    public Task<int> RecoverInterruptedAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(
            TenantScope.System,
            session => session.Query(Claims, r => MapClaim(r)).Count(claim => RecoverOne(session, claim, now)), cancellationToken);
    }

    public async Task<IReadOnlyList<OutboxClaim>> FindClaimsAsync(CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(Claims, r => MapClaim(r)), cancellationToken);

    public Task<bool> RecoverInterruptedAsync(OutboxClaim claim, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(TenantScope.System, session => RecoverOne(session, claim, now), cancellationToken);
    }

    public async Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(Due, r => new ConversationId(r.GetGuid(0)), now, limit), cancellationToken);

    // Asked first: whoever looks every second must not write as often.
    public async Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(WaitsBeyond, _ => true, now + longest), cancellationToken)
            ? await writes.ExecuteAsync(TenantScope.System, session => session.Execute(EndWaits, now, now + longest), cancellationToken)
            : 0;

    public async Task<IReadOnlySet<string>> FindKnownExternalIdsAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.System,
            session => session.Query(Known, r => r.GetString(0), connection.Value, since).ToHashSet(StringComparer.Ordinal), cancellationToken);

    public async Task<string?> FindHeardBeforeAsync(OutboxEntry entry, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(entry.Tenant), session => session.QueryFirst(HeardBefore, r => r.GetString(0), entry.Conversation.Value, entry.MessageSeq), cancellationToken);

    private OutboxEntry? ClaimFirst(WriteSession session, ConversationId conversation, DateTimeOffset now)
    {
        while (true)
        {
            var first = session.QueryFirst(
                First,
                r => (Row: MessageSql.MapOutbox(r), DueAt: r.Time(DueColumn), IsPending: r.GetString(StateColumn) == "Pending", HasOperator: !r.IsDBNull(OperatorColumn)),
                conversation.Value);
            if (first.Row.Entry is not { } entry || !first.IsPending || first.DueAt > now || (entry.ByAssistant && first.HasOperator))
            {
                return null;
            }

            using var keys = bodies.In(session, entry.Tenant);
            var (body, _) = first.Row.Content.Open(keys);
            if (!body.IsForgotten)
            {
                return session.Execute(Claim, entry.Id) == 1 ? entry with { Body = body, Attempts = entry.Attempts + 1 } : null;
            }

            session.Execute(DropForgotten, entry.Id, now);
            Weigh(session, entry.Tenant, entry.Conversation.Value, entry.MessageSeq);
        }
    }

    private bool RecoverOne(WriteSession session, OutboxClaim claim, DateTimeOffset now)
    {
        if (session.Execute(Recover, claim.EntryId, claim.Attempts, now) == 0)
        {
            return false;
        }

        WeighMessageOf(session, claim.EntryId);
        return true;
    }

    private void MessageSent(WriteSession session, OutboxEntry entry, string externalId)
    {
        if (entry is { Part: 0, IsLastPart: true })
        {
            session.Execute(DeliverySql.SentWhole, entry.Conversation.Value, entry.MessageSeq, externalId);
            PublishMessage(session, entry.Tenant, entry.Conversation.Value, entry.MessageSeq);
            return;
        }

        if (entry.IsLastPart)
        {
            session.Execute(DeliverySql.KeepExternalId, entry.Conversation.Value, entry.MessageSeq, externalId);
        }

        Weigh(session, entry.Tenant, entry.Conversation.Value, entry.MessageSeq);
    }

    private ConversationId WeighMessageOf(WriteSession session, Guid entryId)
    {
        var (tenant, conversation, seq) = session.QueryFirst(Place, r => (r.GetString(0), r.GetGuid(1), r.GetInt64(2)), entryId);
        Weigh(session, new TenantId(tenant), conversation, seq);
        return new ConversationId(conversation);
    }

    private void Weigh(WriteSession session, TenantId tenant, Guid conversation, long seq)
    {
        if (session.Execute(DeliverySql.Weigh, conversation, seq) > 0)
        {
            PublishMessage(session, tenant, conversation, seq);
        }
    }

    private static OutboxClaim MapClaim(SqlRow r) => new(r.GetGuid(0), new ConversationId(r.GetGuid(1)), r.GetInt32(2));

    private void PublishMessage(WriteSession session, TenantId tenant, Guid conversation, long seq)
    {
        if (session.IsWatched(tenant) && session.QueryFirst(ReadMessage, r => MessageSql.MapMessage(r), conversation, seq) is { } message)
        {
            using var keys = bodies.In(session, tenant);
            session.Publish(new LiveEvent.MessageChanged(tenant, message.Open(keys)));
        }
    }

    private static readonly Dictionary<string, string> MayRepeatDetail = new() { ["mayRepeat"] = "true" };

    private static AuditDraft Record(OutboxEntry entry, string action, DateTimeOffset now, IReadOnlyDictionary<string, string> details) => new(
        entry.Tenant, now, Actor.System, action,
        string.Create(CultureInfo.InvariantCulture, $"conversation/{entry.Conversation.Value}/{entry.MessageSeq}"), entry.Connection.Value, details);
}

using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Attachments;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Conversations;

/// <inheritdoc cref="IConversationStore"/>
internal sealed class SqlConversationStore(IWriteQueue writes, IReadPool reads, BodySealer bodies, TimeProvider clock) : IConversationStore
{
    private const string Find = "SELECT " + ConversationSql.Columns + " FROM conversations c WHERE c.id = @p0 AND c.tenant_id = @p1 AND c.erasure_id IS NULL";

    private const string TakeOver =
        "UPDATE conversations SET operator_id = @p1, operator_name = @p2, version = version + 1, waiting_since = NULL, status = 'Open' WHERE id = @p0";

    private const string HandBack =
        "UPDATE conversations SET operator_id = NULL, operator_name = NULL, version = version + 1, waiting_since = NULL WHERE id = @p0";

    private const string Close =
        "UPDATE conversations SET status = 'Closed', operator_id = NULL, operator_name = NULL, version = version + 1, waiting_since = NULL WHERE id = @p0";

    private const string Reopen = "UPDATE conversations SET status = 'Open' WHERE id = @p0";

    private const string HoldMessages =
        "UPDATE messages SET delivery = 'Held' WHERE conversation_id = @p0 AND seq IN "
        + "(SELECT message_seq FROM outbox WHERE conversation_id = @p0 AND by_assistant AND state = 'Pending')";

    private const string HoldRows = "UPDATE outbox SET state = 'Held' WHERE conversation_id = @p0 AND by_assistant AND state = 'Pending'";

    private const string FindHeld =
        "SELECT conversation_id, message_seq FROM outbox WHERE id = @p0 AND state = 'Held'";

    private const string FindHeldIn = "SELECT message_seq FROM outbox WHERE id = @p0 AND conversation_id = @p1 AND state = 'Held'";

    // A part under way when the conversation was taken over belongs to what is released: held when it comes back, it would let the others go
    // before it. One statement, for it may come back at this very moment.
    private const string ReleaseHeld =
        "UPDATE outbox SET by_assistant = FALSE, state = CASE WHEN state = 'Held' THEN 'Pending' ELSE state END, "
        + "due_at = CASE WHEN state = 'Held' THEN @p2 ELSE due_at END WHERE conversation_id = @p0 AND message_seq = @p1 AND state IN ('Held', 'Sending')";

    private const string DropHeld =
        "UPDATE outbox SET state = 'Dropped', ended_at = @p2 WHERE conversation_id = @p0 AND message_seq = @p1 AND state = 'Held'";

    private const string ReadMessage =
        "SELECT " + MessageSql.MessageColumns + " FROM messages m WHERE m.conversation_id = @p0 AND m.seq = @p1";

    private const string Mark =
        "INSERT INTO read_marks (conversation_id, user_id, tenant_id, seq) SELECT id, @p2, tenant_id, CASE WHEN last_seq < @p3 THEN last_seq ELSE @p3 END "
        + "FROM conversations WHERE id = @p0 AND tenant_id = @p1 "
        + "ON CONFLICT (conversation_id, user_id) DO UPDATE SET seq = excluded.seq WHERE read_marks.seq < excluded.seq";

    public async Task<Conversation?> FindAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(Find, r => ConversationSql.Map(r), id.Value, tenant.Value), cancellationToken);

    public Task<ControlOutcome> TakeOverAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => TakeOverFromAsync(tenant, id, @operator.Id, @operator, audit, cancellationToken);

    public Task<ControlOutcome> TakeOverFromAsync(
        TenantId tenant, ConversationId id, UserId from, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(
            tenant, id, audit,
            current => current.Operator is { } holder && holder.Id != @operator.Id && holder.Id != from ? new ControlOutcome.HeldByOther(holder) : null,
            current => current.Operator?.Id == @operator.Id,
            session =>
            {
                session.Execute(TakeOver, id.Value, @operator.Id.Value, @operator.Name);
                session.Execute(HoldMessages, id.Value);
                return session.Execute(HoldRows, id.Value);
            },
            cancellationToken);

    public Task<ControlOutcome> HandBackAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(
            tenant, id, audit,
            current => current.Operator is { } holder && holder.Id != @operator.Id ? new ControlOutcome.HeldByOther(holder) : null,
            current => current.Operator is null,
            session =>
            {
                session.Execute(HandBack, id.Value);
                return 0;
            },
            cancellationToken);

    public Task<ControlOutcome> SetStatusAsync(TenantId tenant, ConversationId id, ConversationStatus status, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(
            tenant, id, audit,
            _ => null,
            current => current.Status == status,
            session =>
            {
                if (status == ConversationStatus.Open)
                {
                    session.Execute(Reopen, id.Value);
                    return 0;
                }

                // What the assistant was about to say into a closed conversation is held, not sent.
                session.Execute(HoldMessages, id.Value);
                var held = session.Execute(HoldRows, id.Value);
                session.Execute(Close, id.Value);
                return held;
            },
            cancellationToken);

    public async Task<ReplyOutcome> ReplyAsync(
        TenantId tenant, ConversationId id, UserRef @operator, OperatorReply reply, AuditDraft audit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await bodies.PrepareAsync(tenant, cancellationToken);
        return await writes.ExecuteAsync<ReplyOutcome>(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                if (ConversationSql.Find(session, tenant, id) is not { } conversation || keys.FindOrMake(conversation.Person) is not { IsDestroyed: false } key)
                {
                    return new ReplyOutcome.NotFound();
                }

                if (conversation.Operator?.Id != @operator.Id)
                {
                    return new ReplyOutcome.NotHolder(conversation.Operator);
                }

                return Say(session, key, conversation, @operator, reply, audit, now);
            },
            cancellationToken);
    }

    public async Task<Message?> AddNoteAsync(TenantId tenant, ConversationId id, UserRef author, string markdown, AuditDraft audit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await bodies.PrepareAsync(tenant, cancellationToken);
        return await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                if (ConversationSql.Find(session, tenant, id) is not { } conversation || keys.FindOrMake(conversation.Person) is not { IsDestroyed: false } key)
                {
                    return null;
                }

                var note = new Message(
                    id, conversation.LastSeq + 1, Guid.CreateVersion7(now), AuthorKind.Operator, author.Name, new MessageBody(markdown), [], true, now,
                    Person: conversation.Person);
                MessageSql.Add(session, key, tenant, note, session.Audit(audit));
                session.Publish(new LiveEvent.MessageChanged(tenant, note));
                return note;
            },
            cancellationToken);
    }

    public Task<ReplyOutcome> DecideHeldAsync(
        TenantId tenant, Guid entryId, UserRef @operator, HeldDecision decision, AuditDraft audit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync<ReplyOutcome>(
            TenantScope.Of(tenant),
            session =>
            {
                var held = session.QueryFirst(FindHeld, r => (Conversation: r.GetGuid(0), Seq: r.GetInt64(1)), entryId);
                if (held.Seq == 0 || ConversationSql.Find(session, tenant, new ConversationId(held.Conversation)) is not { } conversation)
                {
                    return new ReplyOutcome.NotFound();
                }

                // What is sent or dropped here is said, or not said, in the name of whoever answers.
                if (conversation.Operator is { } holder && holder.Id != @operator.Id)
                {
                    return new ReplyOutcome.NotHolder(holder);
                }

                if (session.Execute(decision == HeldDecision.Send ? ReleaseHeld : DropHeld, held.Conversation, held.Seq, now) == 0)
                {
                    return new ReplyOutcome.NotFound(); // another process was faster
                }

                session.Execute(DeliverySql.Weigh, held.Conversation, held.Seq);
                using var keys = bodies.In(session, tenant);
                var message = session.QueryFirst(ReadMessage, r => MessageSql.MapMessage(r), held.Conversation, held.Seq)!.Open(keys);
                if (decision == HeldDecision.Send)
                {
                    session.Audit(audit);
                }
                else
                {
                    message = PartlySent.Record(session, keys, message, audit, now);
                }

                session.Publish(new LiveEvent.MessageChanged(tenant, message));
                return new ReplyOutcome.Accepted(message, null);
            },
            cancellationToken);
    }

    public async Task<ReplyOutcome> ReplaceHeldAsync(
        TenantId tenant, ConversationId id, Guid entryId, UserRef @operator, OperatorReply reply, AuditDraft audit, AuditDraft dropAudit,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await bodies.PrepareAsync(tenant, cancellationToken);
        return await writes.ExecuteAsync<ReplyOutcome>(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                if (ConversationSql.Find(session, tenant, id) is not { } conversation || keys.FindOrMake(conversation.Person) is not { IsDestroyed: false } key)
                {
                    return new ReplyOutcome.NotFound();
                }

                if (conversation.Operator?.Id != @operator.Id)
                {
                    return new ReplyOutcome.NotHolder(conversation.Operator);
                }

                // Whoever finds none held any more, came after another's decision: the person has heard, or will hear, what that one chose.
                var seq = session.QueryFirst(FindHeldIn, r => r.GetInt64(0), entryId, id.Value);
                if (seq == 0 || session.Execute(DropHeld, id.Value, seq, now) == 0)
                {
                    return new ReplyOutcome.NotFound();
                }

                session.Execute(DeliverySql.Weigh, id.Value, seq);
                var dropped = session.QueryFirst(ReadMessage, r => MessageSql.MapMessage(r), id.Value, seq)!.Open(keys);
                var said = Say(session, key, conversation, @operator, reply, audit, now);
                session.Publish(new LiveEvent.MessageChanged(tenant, PartlySent.Record(session, keys, dropped, dropAudit, now)));
                return said;
            },
            cancellationToken);
    }

    public Task MarkReadAsync(TenantId tenant, ConversationId id, UserId user, long seq, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(tenant), session => session.Execute(Mark, id.Value, tenant.Value, user.Value, seq), cancellationToken);

    private static ReplyOutcome.Accepted Say(
        WriteSession session, PersonKey key, Conversation conversation, UserRef @operator, OperatorReply reply, AuditDraft audit, DateTimeOffset now)
    {
        var message = new Message(
            conversation.Id, conversation.LastSeq + 1, Guid.CreateVersion7(now), AuthorKind.Operator, @operator.Name, reply.Body,
            [.. reply.Files.Select(file => file.Named)], false, now, DeliveryState.Stored, Person: conversation.Person);
        MessageSql.Add(session, key, conversation.Tenant, message, session.Audit(audit));
        message = AttachmentSql.Keep(session, key, conversation.Tenant, message, reply.Files);
        session.Publish(new LiveEvent.MessageChanged(conversation.Tenant, message));
        return new ReplyOutcome.Accepted(message, MessageSql.Queue(session, key, conversation, message, reply.Parts, null, byAssistant: false));
    }

    private Task<ControlOutcome> ChangeAsync(
        TenantId tenant, ConversationId id, AuditDraft audit, Func<Conversation, ControlOutcome?> refuse, Func<Conversation, bool> isAlreadySo,
        Func<WriteSession, int> change, CancellationToken cancellationToken)
        => writes.ExecuteAsync<ControlOutcome>(
            TenantScope.Of(tenant),
            session =>
            {
                if (ConversationSql.Find(session, tenant, id) is not { } current)
                {
                    return new ControlOutcome.NotFound();
                }

                if (refuse(current) is { } refusal)
                {
                    return refusal;
                }

                if (isAlreadySo(current))
                {
                    return new ControlOutcome.Unchanged(current);
                }

                var held = change(session);
                session.Audit(audit);
                session.Publish(new LiveEvent.ConversationChanged(tenant, id));
                return new ControlOutcome.Changed(ConversationSql.Find(session, tenant, id)!, held);
            },
            cancellationToken);
}

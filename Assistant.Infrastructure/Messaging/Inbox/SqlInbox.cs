using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Attachments;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Memory;
using Assistant.Infrastructure.People;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Messaging.Inbox;

/// <inheritdoc cref="IInbox"/>
internal sealed class SqlInbox(IWriteQueue writes, IReadPool reads, BodySealer bodies, AttachmentSignal files, TimeProvider clock) : IInbox
{
    private const string Insert =
        "INSERT INTO inbox (id, tenant_id, connection_id, dedupe_key, conversation_id, message_seq, kind, pressed, is_addressed, state, attempts, "
        + "due_at, received_at, done_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, 0, @p10, @p10, @p11) "
        + "ON CONFLICT (connection_id, dedupe_key) DO NOTHING";

    private const string Reopen = "UPDATE conversations SET status = 'Open' WHERE id = @p0 AND status = 'Closed' AND erasure_id IS NULL";

    private const string FindMessage =
        "SELECT " + MessageSql.MessageColumns + " FROM messages m WHERE m.conversation_id = @p0 AND m.external_id = @p1";

    private const string Edit =
        "UPDATE messages SET text = '', buttons = NULL, attachments = NULL, person_id = @p5, body = @p2, edited_at = @p3, position = @p4 WHERE conversation_id = @p0 AND seq = @p1";

    private const string Delete =
        "UPDATE messages SET text = '', buttons = NULL, attachments = NULL, body = NULL, deleted_at = @p2, position = @p3 WHERE conversation_id = @p0 AND seq = @p1";

    private const string Withdraw =
        "UPDATE inbox SET state = 'Withdrawn', done_at = @p2 WHERE conversation_id = @p0 AND message_seq = @p1 AND state = 'Pending'";

    private const string Finish = "UPDATE inbox SET state = 'Done', message_seq = 0, done_at = @p1 WHERE id = @p0";

    private const string Retry =
        "UPDATE inbox SET attempts = attempts + 1, error = @p1, due_at = @p2 WHERE id = @p0 AND state = 'Pending'";

    private const string Kill =
        "UPDATE inbox SET state = 'Dead', attempts = attempts + 1, error = @p1, done_at = @p2 WHERE id = @p0 AND state = 'Pending'";

    private const string Revive =
        "UPDATE inbox SET state = 'Pending', attempts = 0, due_at = @p2, done_at = NULL WHERE id = @p0 AND tenant_id = @p1 AND state = 'Dead'";

    private const string ConversationOf = "SELECT conversation_id FROM inbox WHERE id = @p0";

    private const string Due =
        "SELECT conversation_id, MIN(received_at) FROM inbox WHERE state = 'Pending' AND due_at <= @p0 GROUP BY conversation_id ORDER BY 2 LIMIT @p1";

    private const string WaitsBeyond = "SELECT 1 FROM inbox WHERE state = 'Pending' AND due_at > @p0 LIMIT 1";

    private const string EndWaits = "UPDATE inbox SET due_at = @p0 WHERE state = 'Pending' AND due_at > @p1";

    public async Task<InboxOutcome> StoreAsync(
        Connection connection, InboundMessage message, Func<SenderStanding, Admission> admit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // Nothing is awaited before the unit is queued: calls begun one after another are stored in that order.
        var outcome = await StoreMakingKeyAsync();
        if (message.Content is InboundContent.Said { Attachments.Count: > 0 } or InboundContent.Edited { Attachments.Count: > 0 } && outcome is InboxOutcome.Stored)
        {
            files.Wake();
        }

        return outcome;

        async Task<InboxOutcome> StoreMakingKeyAsync()
        {
            try
            {
                return await RunAsync();
            }
            catch (DataKeyMissingException)
            {
                // A connection's settings were sealed with it, so there is one; should its settings ever lie elsewhere, this makes it.
                await bodies.PrepareAsync(connection.Tenant, cancellationToken);
                return await RunAsync();
            }
        }

        Task<InboxOutcome> RunAsync()
            => writes.ExecuteAsync(TenantScope.Of(connection.Tenant), session => Store(session, connection, message, admit, now), cancellationToken);
    }

    public Task RetryLaterAsync(InboxEntry entry, Phrase reason, DateTimeOffset retryAt, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(entry.Tenant), session => session.Execute(Retry, entry.Id, reason.ToString(), retryAt), cancellationToken);

    public Task DeadLetterAsync(InboxEntry entry, Phrase reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(
            TenantScope.Of(entry.Tenant),
            session =>
            {
                var killed = session.Execute(Kill, entry.Id, reason.ToString(), now) == 1;
                if (killed)
                {
                    session.Audit(new AuditDraft(
                        entry.Tenant, now, Actor.System, AuditActions.TurnFailed, Subject(entry.Conversation, entry.MessageSeq), "local",
                        new Dictionary<string, string> { ["attempts"] = (entry.Attempts + 1).ToString(CultureInfo.InvariantCulture), ["error"] = reason.WithoutFacts().ToString() }));
                    session.Publish(new LiveEvent.DeadLettersChanged(entry.Tenant));
                }

                return killed;
            },
            cancellationToken);
    }

    public Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Revive, entryId, tenant.Value, now) == 0)
                {
                    return (ConversationId?)null;
                }

                session.Audit(audit);
                session.Publish(new LiveEvent.DeadLettersChanged(tenant));
                var conversation = session.QueryFirst(ConversationOf, r => new ConversationId(r.GetGuid(0)), entryId);
                if (session.Execute(Reopen, conversation.Value) > 0)
                {
                    // It is to be answered, like a new message.
                    session.Publish(new LiveEvent.ConversationChanged(tenant, conversation));
                }

                return conversation;
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(Due, r => new ConversationId(r.GetGuid(0)), now, limit), cancellationToken);

    // Asked first: whoever looks every second must not write as often.
    public async Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(WaitsBeyond, _ => true, now + longest), cancellationToken)
            ? await writes.ExecuteAsync(TenantScope.System, session => session.Execute(EndWaits, now, now + longest), cancellationToken)
            : 0;

    private InboxOutcome Store(
        WriteSession session, Connection connection, InboundMessage message, Func<SenderStanding, Admission> admit, DateTimeOffset now)
    {
        using var keys = bodies.In(session, connection.Tenant);
        message = FormerIds.Resolve(session, message);
        if (message.Content is InboundContent.Reacted reacted)
        {
            return React(session, keys, connection, message, reacted, admit, now);
        }

        var sender = SenderSql.Resolve(session, keys, connection, message.Sender, now);
        switch (admit(sender))
        {
            case Admission.Refuse refused:
                return new InboxOutcome.NotAdmitted(refused.Reason, sender.Person);
            case Admission.Pair pair:
                return SenderSql.OpenPairing(session, keys, connection, sender.Person, message, pair, now);
        }

        var chat = message.Content is InboundContent.Deleted
            ? ConversationSql.WhereSaid(session, message.Connection, message.Chat, message.ExternalMessageId) : message.Chat;
        var (conversation, isNew) = ConversationSql.FindOrOpen(session, connection.Tenant, message.Connection, chat, sender.Person, now);
        var key = keys.FindOrMake(sender.Person);
        var id = Guid.CreateVersion7(now);
        var (kind, data, needsTurn) = message.Content switch
        {
            InboundContent.Said => ("said", null, true),
            InboundContent.Pressed pressed => ("pressed", pressed.Data, true),
            InboundContent.Edited => ("edited", null, false),
            InboundContent.Deleted => ("deleted", (string?)null, false),
            _ => throw new ArgumentException($"Unknown content {message.Content.GetType().Name}."),
        };
        var isStored = session.Execute(
            Insert, id, connection.Tenant.Value, message.Connection.Value, InboxRow.KeyOf(message.DedupeKey), conversation.Id.Value,
            needsTurn ? conversation.LastSeq + 1 : 0, kind, SealButton(key, id, data), message.IsAddressed, needsTurn ? InboxState.Pending : InboxState.Done, now,
            needsTurn ? SqlValue.Null : now) == 1;
        if (!isStored)
        {
            return DuplicateOutcome;
        }

        var change = message.Content switch
        {
            InboundContent.Said said => Say(session, keys, key, conversation, message, BodyOf(session, conversation, said), said.Attachments, message.ExternalMessageId, now),
            InboundContent.Pressed pressed => Say(session, keys, key, conversation, message, new MessageBody(pressed.Label), [], null, now),
            InboundContent.Edited edited => ChangeText(session, keys, key, conversation, message, new MessageBody(edited.Text) { IsForwarded = edited.IsForwarded }, edited.Attachments, now),
            _ => TakeBack(session, key, conversation, message, now),
        };
        if (change != Change.NewUtterance && needsTurn)
        {
            // An edit or deletion of this very message overtook it: it is known already.
            session.Execute(Finish, id, now);
        }

        if (isNew || (conversation.Status == ConversationStatus.Closed && change == Change.NewUtterance))
        {
            session.Execute(Reopen, conversation.Id.Value);
            session.Publish(new LiveEvent.ConversationChanged(connection.Tenant, conversation.Id));
        }

        return change == Change.None ? DuplicateOutcome : Stored(conversation, change == Change.NewUtterance);
    }

    // It opens nothing and asks for nothing: who reacts to what is not known, or is not paired, leaves no trace but their name.
    private static InboxOutcome React(
        WriteSession session, PersonKeyRing keys, Connection connection, InboundMessage message, InboundContent.Reacted reacted,
        Func<SenderStanding, Admission> admit, DateTimeOffset now)
    {
        if (ReactionSql.Find(session, message.Connection, message.Chat, message.ExternalMessageId) is not var (conversation, seq))
        {
            return UnmatchedOutcome;
        }

        var sender = SenderSql.Resolve(session, keys, connection, message.Sender, now);
        switch (admit(sender))
        {
            case Admission.Refuse refused:
                return new InboxOutcome.NotAdmitted(refused.Reason, sender.Person);
            case Admission.Pair:
                return UnmatchedOutcome;
        }

        var isStored = session.Execute(
            Insert, Guid.CreateVersion7(now), connection.Tenant.Value, message.Connection.Value, InboxRow.KeyOf(message.DedupeKey), conversation.Id.Value, 0, "reacted",
            SqlValue.Null, message.IsAddressed, InboxState.Done, now, now) == 1;
        var key = keys.FindOrMake(sender.Person);
        if (!isStored || !ReactionSql.Apply(session, keys, key, conversation, seq, message.ExternalMessageId, reacted, message.SentAt))
        {
            return DuplicateOutcome;
        }

        session.Audit(Record(conversation, message, sender.Person, AuditActions.MessageReacted, seq, now));
        return Stored(conversation, needsTurn: false);
    }

    private static InboxOutcome.Stored Stored(Conversation conversation, bool needsTurn)
        => new(conversation.Id, needsTurn) { IsHeld = conversation.Operator is not null };

    private static readonly InboxOutcome DuplicateOutcome = new InboxOutcome.Duplicate();
    private static readonly InboxOutcome UnmatchedOutcome = new InboxOutcome.Unmatched();

    private enum Change { None, Existing, NewUtterance }

    private static MessageBody BodyOf(WriteSession session, Conversation conversation, InboundContent.Said said) => new(said.Text)
    {
        IsForwarded = said.IsForwarded,
        InReplyTo = AnsweredSql.Find(session, conversation, said),
    };

    private static Change Say(
        WriteSession session, PersonKeyRing keys, PersonKey key, Conversation conversation, InboundMessage message, MessageBody body, IReadOnlyList<Attachment> attachments,
        string? externalId, DateTimeOffset now)
    {
        if (externalId is not null && session.QueryFirst(FindMessage, r => MessageSql.MapMessage(r), conversation.Id.Value, externalId) is { } known)
        {
            return AddFiles(session, keys, key, conversation, message, known, attachments, now);
        }

        var said = NewMessage(key, conversation, message, body, attachments, externalId, now);
        Add(session, key, conversation, message, said, AuditActions.MessageReceived, now);
        return Change.NewUtterance;
    }

    // The edit that overtook it brought its words; what it sends along is known from here alone.
    private static Change AddFiles(
        WriteSession session, PersonKeyRing keys, PersonKey key, Conversation conversation, InboundMessage message, StoredMessage known, IReadOnlyList<Attachment> attachments,
        DateTimeOffset now)
    {
        if (attachments.Count == 0 || known.Message is not { Author: AuthorKind.Person, EditedAt: not null, DeletedAt: null }
            || known.Open(keys) is not { Body.IsForgotten: false, Attachments.Count: 0 } edited)
        {
            return Change.None;
        }

        var whole = edited with { Attachments = attachments, Person = key.Person };
        var position = session.Audit(Record(conversation, message, key.Person, AuditActions.MessageReceived, whole.Seq, now));
        session.Execute(Edit, conversation.Id.Value, whole.Seq, MessageSql.Seal(key, whole), whole.EditedAt, position, key.Person.Value);
        session.Publish(new LiveEvent.MessageChanged(conversation.Tenant, AttachmentSql.Enter(session, conversation.Tenant, whole)));
        return Change.Existing;
    }

    private static Change ChangeText(
        WriteSession session, PersonKeyRing keys, PersonKey key, Conversation conversation, InboundMessage message, MessageBody body, IReadOnlyList<Attachment>? attachments,
        DateTimeOffset now)
    {
        var known = session.QueryFirst(FindMessage, r => MessageSql.MapMessage(r), conversation.Id.Value, message.ExternalMessageId);
        if (known is null)
        {
            // The edit came first: it is the message. The original will find it here, and leave its files.
            var first = NewMessage(key, conversation, message, body, attachments ?? [], message.ExternalMessageId, now) with { EditedAt = message.SentAt };
            Add(session, key, conversation, message, first, AuditActions.MessageReceived, now);
            session.Execute(
                Insert, Guid.CreateVersion7(now), conversation.Tenant.Value, message.Connection.Value, InboxRow.KeyOf("turn-of:" + message.DedupeKey), conversation.Id.Value,
                first.Seq, "said", SqlValue.Null, message.IsAddressed, InboxState.Pending, now, SqlValue.Null);
            return Change.NewUtterance;
        }

        if (known.Message.Author != AuthorKind.Person || known.Message.DeletedAt is not null || known.Message.EditedAt >= message.SentAt)
        {
            return Change.None;
        }

        // Its attachments stay, unless the edit brings others. Who edits has not been forgotten, so what they write is theirs from now on.
        var before = known.Open(keys);
        body = body with { IsForwarded = body.IsForwarded || before.Body.IsForwarded, InReplyTo = before.Body.InReplyTo };
        var edited = before with { Body = body, EditedAt = message.SentAt, Person = key.Person };
        var record = Record(conversation, message, key.Person, AuditActions.MessageEdited, edited.Seq, now);
        if (attachments is null || Attachment.AreSame(before.Attachments, attachments))
        {
            edited = AttachmentSql.WithFiles(session, conversation.Tenant, edited);
        }
        else
        {
            edited = AttachmentSql.Replace(session, conversation.Tenant, edited with { Attachments = attachments });
            record = record with { Details = new Dictionary<string, string> { ["files"] = attachments.Count.ToString(CultureInfo.InvariantCulture) } };
        }

        var position = session.Audit(record);
        session.Execute(Edit, conversation.Id.Value, edited.Seq, MessageSql.Seal(key, edited), message.SentAt, position, key.Person.Value);
        FactSql.Restate(session, keys, key, conversation.Tenant, known.Message.Person ?? conversation.Person, before, edited, now, position);
        session.Publish(new LiveEvent.MessageChanged(conversation.Tenant, edited));
        return Change.Existing;
    }

    private static Change TakeBack(WriteSession session, PersonKey key, Conversation conversation, InboundMessage message, DateTimeOffset now)
    {
        var stored = session.QueryFirst(FindMessage, r => MessageSql.MapMessage(r), conversation.Id.Value, message.ExternalMessageId);
        if (stored is not { Message: var known })
        {
            var tombstone = NewMessage(key, conversation, message, new MessageBody(""), [], message.ExternalMessageId, now) with { DeletedAt = message.SentAt };
            Add(session, key, conversation, message, tombstone, AuditActions.MessageDeleted, now);
            return Change.Existing;
        }

        if (known.Author != AuthorKind.Person || known.DeletedAt is not null)
        {
            return Change.None;
        }

        var position = session.Audit(Record(conversation, message, key.Person, AuditActions.MessageDeleted, known.Seq, now));
        session.Execute(Delete, conversation.Id.Value, known.Seq, message.SentAt, position);
        AttachmentSql.Delete(session, conversation.Id, known.Seq);
        ReactionSql.Delete(session, conversation.Id, known.Seq);
        FactSql.Delete(session, conversation.Tenant, known.Person ?? conversation.Person, conversation.Id, known.Seq);
        session.Execute(Withdraw, conversation.Id.Value, known.Seq, now);
        session.Publish(new LiveEvent.MessageChanged(
            conversation.Tenant, known with { Body = new MessageBody(""), Attachments = [], DeletedAt = message.SentAt }));
        return Change.Existing;
    }

    private static Message NewMessage(
        PersonKey key, Conversation conversation, InboundMessage message, MessageBody body, IReadOnlyList<Attachment> attachments, string? externalId, DateTimeOffset now)
        => new(
            conversation.Id, conversation.LastSeq + 1, Guid.CreateVersion7(now), AuthorKind.Person, message.Sender.DisplayName, body, attachments,
            false, now, ExternalId: externalId, Person: key.Person);

    private static void Add(WriteSession session, PersonKey key, Conversation conversation, InboundMessage message, Message added, string action, DateTimeOffset now)
    {
        var position = session.Audit(Record(conversation, message, key.Person, action, added.Seq, now));
        MessageSql.Add(session, key, conversation.Tenant, added, position);
        session.Publish(new LiveEvent.MessageChanged(conversation.Tenant, AttachmentSql.Enter(session, conversation.Tenant, added)));
    }

    private static byte[]? SealButton(PersonKey key, Guid id, string? data)
        => data is null ? null : key.Seal(InboxRow.PlaceOf(id), StoredContent.Encode(new MessageBody(data), []));

    /// <param name="sender">Who did it: in a group not always whom the conversation began with.</param>
    private static AuditDraft Record(Conversation conversation, InboundMessage message, PersonId sender, string action, long seq, DateTimeOffset now) => new(
        conversation.Tenant, now, new Actor("person", sender.ToString(), ""), action,
        Subject(conversation.Id, seq), message.Connection.Value, AuditDraft.NoDetails);

    private static string Subject(ConversationId conversation, long seq)
        => string.Create(CultureInfo.InvariantCulture, $"conversation/{conversation.Value}/{seq}");
}

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
using Assistant.Infrastructure.Memory;
using Assistant.Infrastructure.Messaging.Inbox;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Conversations;

/// <inheritdoc cref="ITurnStore"/>
internal sealed class SqlTurnStore(IWriteQueue writes, IWarmReads reads, IReadPool farReads, BodySealer bodies, TimeProvider clock) : ITurnStore
{
    // The person is who said it: in a group not always whom the conversation began with.
    private const string Next =
        "SELECT " + ConversationSql.Columns + ", p.id, p.display_name, p.locale, p.created_at, "
        + "i.id, i.message_seq, i.kind, i.data, i.pressed, i.is_addressed, i.attempts, i.due_at, i.received_at, " + MessageSql.MessageColumns + " "
        + "FROM inbox i JOIN conversations c ON c.id = i.conversation_id "
        + "JOIN messages m ON m.conversation_id = i.conversation_id AND m.seq = i.message_seq JOIN people p ON p.id = COALESCE(m.person_id, c.person_id) "
        + "WHERE i.conversation_id = @p0 AND i.state = 'Pending' ORDER BY i.message_seq LIMIT 1";

    // Replies to earlier messages may have been written after this utterance came in: they belong to its history all the same.
    private const string Before =
        "SELECT m.seq, m.author, m.at, m.person_id, m.body, m.text, m.attachments, m.delivery, m.buttons, m.author_name FROM messages m WHERE m.conversation_id = @p0 AND (m.seq < @p1 OR m.author <> 'Person') "
        + "AND NOT m.is_note AND m.deleted_at IS NULL AND m.delivery NOT IN ('Held', 'Dropped') ORDER BY m.seq DESC LIMIT @p2";

    private const string Far =
        "SELECT m.seq, m.author, m.at, m.person_id, m.body, m.text, m.attachments, m.delivery, m.buttons, m.author_name FROM messages m WHERE m.conversation_id = @p0 AND m.seq = @p1 "
        + "AND NOT m.is_note AND m.deleted_at IS NULL AND m.delivery NOT IN ('Held', 'Dropped')";

    private const string Guard =
        "SELECT c.version, c.last_seq, i.state, c.operator_id IS NOT NULL OR c.status = 'Closed', "
        + "EXISTS (SELECT 1 FROM inbox o WHERE o.conversation_id = c.id AND o.state = 'Pending' AND o.id <> i.id), "
        + "COALESCE((SELECT m.person_id FROM messages m WHERE m.conversation_id = c.id AND m.seq = i.message_seq), c.person_id), "
        + "(SELECT m.edited_at FROM messages m WHERE m.conversation_id = c.id AND m.seq = i.message_seq) "
        + "FROM conversations c JOIN inbox i ON i.conversation_id = c.id WHERE c.id = @p0 AND i.id = @p1";

    private const string Finish = "UPDATE inbox SET state = 'Done', done_at = @p1 WHERE id = @p0";

    private const string Wait = "UPDATE conversations SET waiting_since = COALESCE(waiting_since, @p1) WHERE id = @p0";

    private const string InsertTurn =
        "INSERT INTO turns (id, tenant_id, conversation_id, message_seq, result, engine, model, input_tokens, output_tokens, cost, error, "
        + "started_at, finished_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)";

    private const int AfterConversation = ConversationSql.ColumnCount;
    private const int AfterPerson = AfterConversation + 4;
    private const int AfterEntry = AfterPerson + 9;

    // The writer reads; what it read is opened here, where nobody waits for it.
    public async Task<TurnStart?> BeginAsync(ConversationId conversation, int historyLimit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        PersonKeyRing? keys = null;
        try
        {
            var read = await reads.ReadAsync<(StoredTurn Turn, List<StoredHistory> History)?>(
                TenantScope.System,
                session =>
                {
                    keys?.Dispose(); // a unit may run a second time
                    keys = null;
                    if (session.QueryFirst(Next, Map, conversation.Value) is not { } found || found.DueAt > now)
                    {
                        return null;
                    }

                    // The conversation has told whose it is: what an engine will read comes from behind this tenant's wall.
                    return session.Within(TenantScope.Of(found.Conversation.Tenant), own =>
                    {
                        var history = own.Query(Before, r => MapHistory(r, conversation), conversation.Value, found.Seq, historyLimit);
                        keys = bodies.In(own, found.Conversation.Tenant);
                        keys.Load(history.Select(message => message.Content.Person).Append(found.Utterance.Message.Person?.Value).Append(found.Person.Id.Value).OfType<Guid>());
                        keys.Detach();
                        return (found, history);
                    });
                },
                cancellationToken);
            if (read is not var (turn, history))
            {
                return null;
            }

            history.Reverse();
            var start = Open(turn, history, keys!);
            var reference = start.Utterance.Body.InReplyTo;
            var far = reference?.Elsewhere
                ?? (reference?.Seq is { } seq && !history.Exists(message => message.Seq == seq) ? new FarMessage(start.Conversation.Id, seq) : null);
            return far is null ? start : start with { Answered = await ReadFarAsync(start.Conversation.Tenant, far, cancellationToken) };
        }
        finally
        {
            keys?.Dispose();
        }
    }

    // The utterance has to be opened to know what it answers, so this is a read of its own: only for replies to what lies far back, in pages long cold, and
    // to what began a thread.
    private async Task<HistoryMessage?> ReadFarAsync(TenantId tenant, FarMessage message, CancellationToken cancellationToken)
        => await farReads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                return session.QueryFirst(Far, r => MapHistory(r, message.Conversation), message.Conversation.Value, message.Seq)?.Open(keys);
            },
            cancellationToken);

    public Task<TurnCommitOutcome> CommitAsync(TurnCommit commit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(TenantScope.Of(commit.Conversation.Tenant), session => Commit(session, commit, now), cancellationToken);
    }

    private TurnCommitOutcome Commit(WriteSession session, TurnCommit commit, DateTimeOffset now)
    {
        var conversation = commit.Conversation;
        var guard = session.QueryFirst(
            Guard + session.ForUpdate,
            r => (
                Version: r.GetInt64(0), LastSeq: r.GetInt64(1), State: r.GetString(2), IsWithPeople: r.GetBoolean(3), HasMore: r.GetBoolean(4),
                Person: r.GetGuid(5), EditedAt: r.TimeOrNull(6)),
            conversation.Id.Value, commit.Entry.Id);
        var isCurrent = guard.Version == commit.ExpectedVersion && commit.Result != TurnResult.HeldBack;
        var isReworded = isCurrent && commit.YieldsToEdit && guard.EditedAt != commit.UtteranceEditedAt;
        if (guard.State != "Pending" || isReworded || !(isCurrent || (guard.Version != commit.ExpectedVersion && guard.IsWithPeople && IsWorthHolding(commit))))
        {
            return new TurnCommitOutcome.Superseded();
        }

        if (!isCurrent)
        {
            commit = commit with { Result = TurnResult.HeldBack, AsksForPerson = false };
        }

        using var keys = bodies.In(session, conversation.Tenant);
        var key = keys.FindOrMake(new PersonId(guard.Person));
        if (key.IsDestroyed)
        {
            commit = commit with { Result = TurnResult.LeftToPeople, Reply = null, Parts = [], NewFacts = [], AsksForPerson = false };
        }

        session.Execute(Finish, commit.Entry.Id, now);
        var position = session.Audit(Record(commit, now));
        session.Execute(
            InsertTurn, commit.TurnId, conversation.Tenant.Value, conversation.Id.Value, commit.Entry.MessageSeq, commit.Result,
            commit.Usage?.Engine, commit.Usage?.Model, commit.Usage?.InputTokens ?? 0, commit.Usage?.OutputTokens ?? 0, commit.Usage?.Cost,
            commit.Error, commit.StartedAt, now);
        if (commit.NewFacts.Count > 0)
        {
            FactSql.Add(session, keys, key, commit, now, position);
        }

        if (commit.AsksForPerson)
        {
            session.Execute(Wait, conversation.Id.Value, now);
            session.Publish(new LiveEvent.ConversationChanged(conversation.Tenant, conversation.Id));
        }

        if (commit.Reply is null)
        {
            return new TurnCommitOutcome.Committed(null, !guard.HasMore);
        }

        var reply = AddReply(session, key, commit, commit.Reply, guard.LastSeq + 1, position, now);
        if (isCurrent)
        {
            return new TurnCommitOutcome.Committed(MessageSql.Queue(session, key, conversation, reply, commit.Parts, commit.ReplyTo, byAssistant: true), !guard.HasMore);
        }

        MessageSql.Hold(session, key, conversation, reply, commit.Parts, commit.ReplyTo);
        return new TurnCommitOutcome.HeldBack();
    }

    /// <summary>An apology for failed engines is not: whoever took over sees the failure elsewhere.</summary>
    private static bool IsWorthHolding(TurnCommit commit) => commit is { Reply: not null, Result: TurnResult.Answered or TurnResult.HeldBack };

    private static Message AddReply(WriteSession session, PersonKey key, TurnCommit commit, MessageBody reply, long seq, long position, DateTimeOffset now)
    {
        var conversation = commit.Conversation;
        var message = new Message(
            conversation.Id, seq, Guid.CreateVersion7(now), AuthorKind.Assistant, "Assistant", reply, [], false, now,
            commit.Result == TurnResult.HeldBack ? DeliveryState.Held : DeliveryState.Stored, TurnId: commit.TurnId, Person: key.Person);
        MessageSql.Add(session, key, conversation.Tenant, message, position);
        session.Publish(new LiveEvent.MessageChanged(conversation.Tenant, message));
        return message;
    }

    private static AuditDraft Record(TurnCommit commit, DateTimeOffset now)
    {
        var details = new Dictionary<string, string>(4) { ["result"] = commit.Result.ToString() };
        if (commit.Usage is { } usage)
        {
            details["engine"] = usage.Engine;
            details["model"] = usage.Model;
            if (usage.IsCut)
            {
                details["cut"] = "true";
            }
        }

        if (commit.Error is { } error)
        {
            details["error"] = Phrase.Parse(error).WithoutFacts().ToString();
        }

        return new AuditDraft(
            commit.Conversation.Tenant, now, AssistantActor, AuditActions.TurnCompleted,
            string.Create(CultureInfo.InvariantCulture, $"conversation/{commit.Conversation.Id.Value}/{commit.Entry.MessageSeq}"),
            commit.Conversation.Connection.Value, details);
    }

    private static readonly Actor AssistantActor = new("assistant", "assistant", "Assistant");

    private static TurnStart Open(StoredTurn stored, List<StoredHistory> history, PersonKeyRing keys)
    {
        var utterance = stored.Utterance.Open(keys);
        InboundContent content = stored.Button is { } button
            ? new InboundContent.Pressed(button.OpenText(keys) ?? "", utterance.Body.Markdown)
            : new InboundContent.Said(utterance.Body.Markdown, utterance.Attachments) { IsForwarded = utterance.Body.IsForwarded };
        var entry = new InboxEntry(
            stored.Id, stored.Conversation.Tenant, stored.Conversation.Id, stored.Seq, content, stored.IsAddressed, stored.Attempts, stored.ReceivedAt);
        return new TurnStart(
            stored.Conversation, stored.Person, entry, utterance,
            [.. history.Select(message => message.Open(keys)).OfType<HistoryMessage>()]);
    }

    private static StoredTurn Map(SqlRow r)
    {
        var conversation = ConversationSql.Map(r);
        var id = r.GetGuid(AfterPerson);
        var person = new Person(
            new PersonId(r.GetGuid(AfterConversation)), conversation.Tenant, r.GetString(AfterConversation + 1), r.TextOrNull(AfterConversation + 2),
            r.Time(AfterConversation + 3));
        var button = r.GetString(AfterPerson + 2) == "pressed"
            ? new StoredContent(
                person.Id.Value, r.IsDBNull(AfterPerson + 4) ? null : r.GetBytes(AfterPerson + 4), InboxRow.PlaceOf(id), r.TextOrNull(AfterPerson + 3) ?? "")
            : null;
        return new StoredTurn(
            conversation, person, id, r.GetInt64(AfterPerson + 1), button, r.GetBoolean(AfterPerson + 5), r.GetInt32(AfterPerson + 6), r.Time(AfterPerson + 7),
            r.Time(AfterPerson + 8), MessageSql.MapMessage(r, AfterEntry));
    }

    private static StoredHistory MapHistory(SqlRow r, ConversationId conversation)
    {
        var seq = r.GetInt64(0);
        var content = new StoredContent(
            r.GuidOrNull(3), r.IsDBNull(4) ? null : r.GetBytes(4), MessageSql.Place(conversation.Value, seq), r.GetString(5), r.TextOrNull(8), r.TextOrNull(6));
        return new StoredHistory(seq, r.Enum<AuthorKind>(1), r.Time(2), r.Enum<DeliveryState>(7), r.GetString(9), content);
    }

    /// <summary>What <see cref="Before"/> reads, before it is opened: no more than a reply builds on, twenty times a turn.</summary>
    private sealed record StoredHistory(long Seq, AuthorKind Author, DateTimeOffset At, DeliveryState Delivery, string AuthorName, StoredContent Content)
    {
        /// <returns><see langword="null"/> when it was forgotten.</returns>
        public HistoryMessage? Open(PersonKeyRing keys)
        {
            var (body, attachments) = Content.Open(keys);
            return body.IsForgotten ? null : new HistoryMessage(Seq, Author, body.Markdown, attachments, At, Delivery)
            {
                Person = Author == AuthorKind.Person && Content.Person is { } person ? new PersonId(person) : null,
                AuthorName = AuthorName,
                IsForwarded = body.IsForwarded,
                InReplyTo = body.InReplyTo,
                Buttons = body.Buttons,
            };
        }
    }

    /// <summary>What <see cref="Next"/> reads, before anything is opened.</summary>
    /// <param name="Button">Data of a pressed button.</param>
    private sealed record StoredTurn(
        Conversation Conversation, Person Person, Guid Id, long Seq, StoredContent? Button, bool IsAddressed, int Attempts, DateTimeOffset DueAt,
        DateTimeOffset ReceivedAt, StoredMessage Utterance);
}

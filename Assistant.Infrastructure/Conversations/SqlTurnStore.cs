using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Conversations;

/// <inheritdoc cref="ITurnStore"/>
internal sealed class SqlTurnStore(IWriteQueue writes, IReadPool reads, TimeProvider clock) : ITurnStore
{
    private const string Next =
        "SELECT " + ConversationSql.Columns + ", p.display_name, p.locale, p.created_at, "
        + "i.id, i.message_seq, i.kind, i.data, i.is_addressed, i.attempts, i.due_at, i.received_at, " + MessageSql.MessageColumns + " "
        + "FROM inbox i JOIN conversations c ON c.id = i.conversation_id JOIN people p ON p.id = c.person_id "
        + "JOIN messages m ON m.conversation_id = i.conversation_id AND m.seq = i.message_seq "
        + "WHERE i.conversation_id = @p0 AND i.state = 'Pending' ORDER BY i.message_seq LIMIT 1";

    // Replies to earlier messages may have been written after this utterance came in: they belong to its history all the same.
    private const string Before =
        "SELECT m.seq, m.author, m.text, m.attachments, m.at FROM messages m WHERE m.conversation_id = @p0 AND (m.seq < @p1 OR m.author <> 'Person') "
        + "AND NOT m.is_note AND m.deleted_at IS NULL AND m.delivery NOT IN ('Held', 'Dropped') ORDER BY m.seq DESC LIMIT @p2";

    private const string Guard =
        "SELECT c.version, c.last_seq, i.state, c.operator_id IS NOT NULL OR c.status = 'Closed', "
        + "EXISTS (SELECT 1 FROM inbox o WHERE o.conversation_id = c.id AND o.state = 'Pending' AND o.id <> i.id) "
        + "FROM conversations c JOIN inbox i ON i.conversation_id = c.id WHERE c.id = @p0 AND i.id = @p1";

    private const string Finish = "UPDATE inbox SET state = 'Done', done_at = @p1 WHERE id = @p0";

    private const string Wait = "UPDATE conversations SET waiting_since = COALESCE(waiting_since, @p1) WHERE id = @p0";

    private const string InsertTurn =
        "INSERT INTO turns (id, tenant_id, conversation_id, message_seq, result, engine, model, input_tokens, output_tokens, cost, error, "
        + "started_at, finished_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)";

    private const string InsertFact =
        "INSERT INTO facts (id, tenant_id, person_id, text, stated_at, source_conversation_id, source_seq, position) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7)";

    private const int AfterConversation = ConversationSql.ColumnCount;
    private const int AfterPerson = AfterConversation + 3;
    private const int AfterEntry = AfterPerson + 8;

    public async Task<TurnStart?> BeginAsync(ConversationId conversation, int historyLimit, DateTimeOffset now, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.System,
            session =>
            {
                var next = session.QueryFirst(Next, Map, conversation.Value);
                if (next is not { } found || found.DueAt > now)
                {
                    return null;
                }

                var history = session.Query(Before, MapHistory, conversation.Value, found.Start.Entry.MessageSeq, historyLimit);
                history.Reverse();
                return found.Start with { History = history };
            },
            cancellationToken);

    public Task<TurnCommitOutcome> CommitAsync(TurnCommit commit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(TenantScope.Of(commit.Conversation.Tenant), session => Commit(session, commit, now), cancellationToken);
    }

    private static TurnCommitOutcome Commit(WriteSession session, TurnCommit commit, DateTimeOffset now)
    {
        var conversation = commit.Conversation;
        var guard = session.QueryFirst(
            session.IsPostgres ? Guard + " FOR UPDATE" : Guard,
            r => (Version: r.GetInt64(0), LastSeq: r.GetInt64(1), State: r.GetString(2), IsWithPeople: r.GetBoolean(3), HasMore: r.GetBoolean(4)),
            conversation.Id.Value, commit.Entry.Id);
        var isCurrent = guard.Version == commit.ExpectedVersion && commit.Result != TurnResult.HeldBack;
        if (guard.State != "Pending" || !(isCurrent || (guard.Version != commit.ExpectedVersion && guard.IsWithPeople && IsWorthHolding(commit))))
        {
            return new TurnCommitOutcome.Superseded();
        }

        if (!isCurrent)
        {
            commit = commit with { Result = TurnResult.HeldBack, AsksForPerson = false };
        }

        session.Execute(Finish, commit.Entry.Id, now);
        var position = session.Audit(Record(commit, now));
        session.Execute(
            InsertTurn, commit.TurnId, conversation.Tenant.Value, conversation.Id.Value, commit.Entry.MessageSeq, commit.Result,
            commit.Usage?.Engine, commit.Usage?.Model, commit.Usage?.InputTokens ?? 0, commit.Usage?.OutputTokens ?? 0, commit.Usage?.Cost,
            commit.Error, commit.StartedAt, now);
        foreach (var fact in commit.NewFacts)
        {
            session.Execute(
                InsertFact, fact.Id, fact.Tenant.Value, fact.Person.Value, fact.Text, fact.StatedAt, fact.SourceConversation.Value, fact.SourceSeq, position);
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

        var reply = AddReply(session, commit, commit.Reply, guard.LastSeq + 1, position, now);
        if (isCurrent)
        {
            return new TurnCommitOutcome.Committed(MessageSql.Queue(session, conversation, reply, commit.Parts, null, byAssistant: true), !guard.HasMore);
        }

        MessageSql.Hold(session, conversation, reply, commit.Parts);
        return new TurnCommitOutcome.HeldBack();
    }

    /// <summary>An apology for failed engines is not: whoever took over sees the failure elsewhere.</summary>
    private static bool IsWorthHolding(TurnCommit commit) => commit is { Reply: not null, Result: TurnResult.Answered or TurnResult.HeldBack };

    private static Message AddReply(WriteSession session, TurnCommit commit, MessageBody reply, long seq, long position, DateTimeOffset now)
    {
        var conversation = commit.Conversation;
        var message = new Message(
            conversation.Id, seq, Guid.CreateVersion7(now), AuthorKind.Assistant, "Assistant", reply, [], false, now,
            commit.Result == TurnResult.HeldBack ? DeliveryState.Held : DeliveryState.Stored, TurnId: commit.TurnId);
        MessageSql.Add(session, conversation.Tenant, message, position);
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
        }

        if (commit.Error is { } error)
        {
            details["error"] = error;
        }

        return new AuditDraft(
            commit.Conversation.Tenant, now, AssistantActor, AuditActions.TurnCompleted,
            string.Create(CultureInfo.InvariantCulture, $"conversation/{commit.Conversation.Id.Value}/{commit.Entry.MessageSeq}"),
            commit.Conversation.Connection.Value, details);
    }

    private static readonly Actor AssistantActor = new("assistant", "assistant", "Assistant");

    private static HistoryMessage MapHistory(SqlRow r)
        => new(r.GetInt64(0), r.Enum<AuthorKind>(1), r.GetString(2), MessageSql.Attachments(r.TextOrNull(3)), r.Time(4));

    private static (TurnStart Start, DateTimeOffset DueAt)? Map(SqlRow r)
    {
        var conversation = ConversationSql.Map(r);
        var person = new Person(conversation.Person, conversation.Tenant, r.GetString(AfterConversation), r.TextOrNull(AfterConversation + 1), r.Time(AfterConversation + 2));
        var utterance = MessageSql.MapMessage(r, AfterEntry);
        InboundContent content = r.GetString(AfterPerson + 2) == "pressed"
            ? new InboundContent.Pressed(r.GetString(AfterPerson + 3), utterance.Body.Markdown)
            : new InboundContent.Said(utterance.Body.Markdown, utterance.Attachments);
        var entry = new InboxEntry(
            r.GetGuid(AfterPerson), conversation.Tenant, conversation.Id, r.GetInt64(AfterPerson + 1), content, r.GetBoolean(AfterPerson + 4),
            r.GetInt32(AfterPerson + 5), r.Time(AfterPerson + 7));
        return (new TurnStart(conversation, person, entry, utterance, []), r.Time(AfterPerson + 6));
    }
}

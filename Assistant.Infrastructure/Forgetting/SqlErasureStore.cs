// Deleting years of somebody takes longer than the one writer may be held, and the program may be killed at any instant of it. So an
// erasure has three parts.
//
// The beginning is one transaction, however much there is: people and conversations are marked, which takes them out of every list
// and every lookup (AssistantDbContext.ForgottenFilter, ConversationSql); chats are detached and identities deleted, so that whoever
// writes next is a stranger in a new conversation; open rows of the queues go; versions rise, so that no turn can commit; the person's
// key is destroyed. From here on nobody sees any of it, and what a kill leaves is only rows that nobody can reach.
// The middle is batches, each with its counts in the same transaction. A batch that was not committed was not counted.
// The end is one transaction: state, time, and the audit event with all counts.
//
// Whoever works on an erasure locks its row first, so two processes, the server and a verb, take turns batch by batch.
// Rejected: one transaction for all (holds everybody's messages up for seconds); deleting without marking (a killed erasure would leave
// a conversation with holes, shown as if it were whole).
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Forgetting;

/// <inheritdoc cref="IErasureStore"/>
internal sealed class SqlErasureStore(IWriteQueue writes, IReadPool reads, BodySealer bodies) : IErasureStore
{
    private const string Columns =
        "id, tenant_id, kind, subject_id, seq, actor_kind, actor_id, actor_name, state, counts, keys_destroyed, kept_events, begun_at, begun_seq, "
        + "erased_at, erased_seq, certificate";

    private const string Insert =
        "INSERT INTO erasures (id, tenant_id, kind, subject_id, seq, actor_kind, actor_id, actor_name, state, counts, keys_destroyed, kept_events, "
        + "begun_at, begun_seq, erased_seq, step, cursor) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, 'Running', @p8, @p9, @p10, @p11, @p12, 0, 0, 0)";

    private const string One = "SELECT " + Columns + " FROM erasures WHERE tenant_id = @p0 AND id = @p1";
    private const string Newest = "SELECT " + Columns + " FROM erasures WHERE tenant_id = @p0 ORDER BY id DESC LIMIT @p1";
    private const string Older = "SELECT " + Columns + " FROM erasures WHERE tenant_id = @p0 AND id < @p1 ORDER BY id DESC LIMIT @p2";
    private const string Open = "SELECT tenant_id, id FROM erasures WHERE state <> 'Certified' ORDER BY begun_at";
    private const string Progress = "SELECT step, cursor FROM erasures WHERE id = @p0";
    private const string Save = "UPDATE erasures SET counts = @p1, step = @p2, cursor = @p3 WHERE id = @p0";
    private const string Finish = "UPDATE erasures SET state = 'Erased', erased_at = @p1, erased_seq = @p2 WHERE id = @p0";
    private const string Certify = "UPDATE erasures SET state = 'Certified', certificate = @p2 WHERE tenant_id = @p0 AND id = @p1 AND state = 'Erased'";

    // The chat's own name goes with the link to it; the new one can be nobody's.
    private const string Detach =
        "UPDATE conversations SET erasure_id = @p1, chat_id = @p2, thread_id = '', chat_title = NULL, status = 'Closed', operator_id = NULL, "
        + "operator_name = NULL, waiting_since = NULL, version = version + 1 WHERE id = @p0";

    private const string Raise = "UPDATE conversations SET version = version + 1 WHERE id = @p0";
    private const string VersionOf = "SELECT version FROM conversations WHERE id = @p0";
    private const string Hide = "UPDATE people SET erasure_id = @p1, display_name = '', locale = NULL WHERE id = @p0";
    private const string DropReceived = "DELETE FROM inbox WHERE conversation_id = @p0 AND state = 'Pending'";
    private const string DropSends = "DELETE FROM outbox WHERE conversation_id = @p0 AND state IN ('Pending', 'Sending')";

    private const string Blank =
        "UPDATE messages SET body = NULL, text = '', buttons = NULL, attachments = NULL, deleted_at = @p2, position = @p3 WHERE conversation_id = @p0 AND seq = @p1";

    private const string ReadMessage =
        "SELECT " + MessageSql.MessageColumns + " FROM messages m WHERE m.conversation_id = @p0 AND m.seq = @p1";

    public async Task<ErasurePreview?> PreviewAsync(TenantId tenant, ErasureScope scope, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                var sql = new ScopeSql(tenant, scope);
                if (sql.FindName(session) is not { } name)
                {
                    return null;
                }

                var (counts, places) = (sql.CountAll(session), sql.Places(session));
                if (counts.OnlyDecisive().Total == 0)
                {
                    return null; // a message that was never there, or was forgotten before
                }

                var (kept, named) = KeptEvents.Count(session, tenant, scope, places.Select(place => place.Conversation));
                return new ErasurePreview(scope, name, counts, kept, named, places);
            },
            cancellationToken);

    public async Task<BeginErasureOutcome> BeginAsync(
        ErasureId id, ErasureScope scope, string digest, long keptEvents, AuditDraft audit, CancellationToken cancellationToken)
    {
        var outcome = await writes.ExecuteAsync(
            TenantScope.Of(audit.Tenant), session => Begin(session, id, scope, digest, keptEvents, audit), cancellationToken);
        if (scope.Kind == ErasureKind.Person)
        {
            bodies.Forget(audit.Tenant, new PersonId(scope.Id));
        }

        return outcome;
    }

    public Task<bool> ContinueAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(tenant), session => Continue(session, tenant, id), cancellationToken);

    public Task FinishAsync(TenantId tenant, ErasureId id, Func<Erasure, AuditDraft> audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (Lock(session, tenant, id) is not { State: ErasureState.Running } erasure)
                {
                    return false;
                }

                var draft = audit(erasure);
                session.Execute(Finish, id.Value, draft.At, session.Audit(draft));
                return true;
            },
            cancellationToken);

    public Task CertifyAsync(TenantId tenant, ErasureId id, string certificate, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(tenant), session => session.Execute(Certify, tenant.Value, id.Value, certificate), cancellationToken);

    public async Task<Erasure?> FindAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(One, Map, tenant.Value, id.Value), cancellationToken);

    public async Task<Page<Erasure>> ListAsync(TenantId tenant, string? after, int limit, CancellationToken cancellationToken)
    {
        var rows = await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => PageCursor.ReadId(after) is { } before
                ? session.Query(Older, Map, tenant.Value, before, limit + 1)
                : session.Query(Newest, Map, tenant.Value, limit + 1),
            cancellationToken);
        return new Page<Erasure>([.. rows.Take(limit)], rows.Count > limit ? rows[limit - 1].Id.ToString() : null);
    }

    public async Task<IReadOnlyList<(TenantId Tenant, ErasureId Id)>> ListOpenAsync(CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.System, session => session.Query(Open, r => (new TenantId(r.GetString(0)), new ErasureId(r.GetGuid(1)))), cancellationToken);

    private static BeginErasureOutcome Begin(
        WriteSession session, ErasureId id, ErasureScope scope, string digest, long keptEvents, AuditDraft audit)
    {
        var sql = new ScopeSql(audit.Tenant, scope);
        if (sql.FindName(session) is null)
        {
            return new BeginErasureOutcome.NotFound();
        }

        var places = sql.Places(session);
        if (ErasurePreview.DigestOf(scope, sql.CountDecisive(session), places) != digest)
        {
            return new BeginErasureOutcome.Changed();
        }

        var begunSeq = session.Audit(audit);
        var keys = scope.Kind == ErasureKind.Person ? DestroyKey(session, new PersonId(scope.Id), audit) : 0;
        var counts = scope.Kind == ErasureKind.Message ? ForgetMessage(session, sql, scope, audit.At, begunSeq) : ErasureCounts.None;
        if (scope.Kind == ErasureKind.Person)
        {
            counts = counts.Plus(Forgettable.Identities, sql.Delete(session, ForgettableTables.Identities));
            session.Execute(Hide, scope.Id, id.Value);
            session.Publish(new LiveEvent.PairingChanged(audit.Tenant));
            foreach (var group in sql.GroupsOfOthers(session))
            {
                session.Publish(new LiveEvent.ConversationChanged(audit.Tenant, new ConversationId(group)));
            }
        }

        var halted = new List<(ConversationId, long)>();
        foreach (var (conversation, _) in places)
        {
            counts = counts.Plus(TakeOut(session, id, scope, conversation));
            halted.Add((new ConversationId(conversation), session.QueryFirst(VersionOf, r => r.GetInt64(0), conversation)));
            session.Publish(new LiveEvent.ConversationChanged(audit.Tenant, new ConversationId(conversation)));
        }

        session.Publish(new LiveEvent.DeadLettersChanged(audit.Tenant));
        session.Execute(
            Insert, id.Value, audit.Tenant.Value, scope.Kind, scope.Id, scope.Seq, audit.Actor.Kind, audit.Actor.Id, audit.Actor.Name, counts.ToString(),
            keys, keptEvents, audit.At, begunSeq);
        return new BeginErasureOutcome.Begun(
            new Erasure(id, audit.Tenant, scope, audit.Actor, ErasureState.Running, counts, keys, keptEvents, audit.At, begunSeq), halted);
    }

    private static int DestroyKey(WriteSession session, PersonId person, AuditDraft audit)
    {
        var had = PersonSealer.HasKey(session, audit.Tenant, person);
        if (PersonSealer.DestroyKey(session, audit.Tenant, person, audit.At))
        {
            session.Audit(audit with { Action = AuditActions.PersonKeyDestroyed, Details = AuditDraft.NoDetails });
        }

        return had ? 1 : 0;
    }

    /// <summary>Detaches a conversation from its chat and empties its queues; of a message, only what was thought under it is overruled.</summary>
    private static ErasureCounts TakeOut(WriteSession session, ErasureId id, ErasureScope scope, Guid conversation)
    {
        if (scope.Kind == ErasureKind.Message)
        {
            session.Execute(Raise, conversation);
            return ErasureCounts.None;
        }

        session.Execute(Detach, conversation, id.Value, $"erasure:{conversation}");
        return ErasureCounts.None
            .Plus(Forgettable.Received, session.Execute(DropReceived, conversation))
            .Plus(Forgettable.Sends, session.Execute(DropSends, conversation));
    }

    /// <summary>What remains of a forgotten message is its place: number, time, author and the messenger's id, by which a late edit or a redelivery is known.</summary>
    private static ErasureCounts ForgetMessage(WriteSession session, ScopeSql sql, ErasureScope scope, DateTimeOffset now, long position)
    {
        var counts = sql.CountDecisive(session);
        counts = ErasureCounts.None.Plus(Forgettable.Messages, counts[Forgettable.Messages]).Plus(Forgettable.Notes, counts[Forgettable.Notes]);
        session.Execute(Blank, scope.Id, scope.Seq, now, position);
        foreach (var table in ForgettableTables.Plain.Where(table => table.Kind is Forgettable.Received or Forgettable.Sends))
        {
            counts = counts.Plus(table.Kind, sql.Delete(session, table));
        }

        session.Publish(new LiveEvent.MessageChanged(
            new TenantId(session.QueryFirst("SELECT tenant_id FROM conversations WHERE id = @p0", r => r.GetString(0), scope.Id)!),
            session.QueryFirst(ReadMessage, r => MessageSql.MapMessage(r), scope.Id, scope.Seq)!.Message));
        return counts;
    }

    private static bool Continue(WriteSession session, TenantId tenant, ErasureId id)
    {
        if (Lock(session, tenant, id) is not { State: ErasureState.Running } erasure)
        {
            return false;
        }

        var sql = new ScopeSql(tenant, erasure.Scope);
        for (var (step, cursor) = session.QueryFirst(Progress, r => (r.GetInt32(0), r.GetInt64(1)), id.Value); ; (step, cursor) = (step + 1, 0))
        {
            var (deleted, after) = Step(session, sql, erasure, step, cursor);
            if (deleted is null)
            {
                session.Execute(Save, id.Value, erasure.Counts.ToString(), step, cursor);
                return false;
            }

            if (deleted.Total > 0 || after != cursor)
            {
                session.Execute(Save, id.Value, erasure.Counts.Plus(deleted).ToString(), step, after);
                return true;
            }
        }
    }

    /// <returns>What one batch of the step deleted, nothing once the step is done, <see langword="null"/> after the last step.</returns>
    private static (ErasureCounts? Deleted, long Cursor) Step(WriteSession session, ScopeSql sql, Erasure erasure, int step, long cursor)
    {
        var tables = ForgettableTables.Plain;
        if (step < tables.Count)
        {
            var table = tables[step];
            if (sql.IsWalked(table))
            {
                return sql.DeleteReceived(session, cursor);
            }

            var isBlank = erasure.Scope.Kind == ErasureKind.Message && table.Kind is Forgettable.Messages or Forgettable.Notes; // its place stays
            return (isBlank ? ErasureCounts.None : ErasureCounts.None.Plus(table.Kind, Clear(session, sql, erasure, table)), cursor);
        }

        // After the messages: as long as one is there, the projector may still enter it.
        return step == tables.Count ? sql.DeleteSearch(session, cursor)
            : step == tables.Count + 1 ? (sql.DeleteRoots(session, erasure.BegunAt), cursor)
            : (null, cursor);
    }

    private static long Clear(WriteSession session, ScopeSql sql, Erasure erasure, ForgettableTable table)
        => table.InGroup is not null ? sql.Empty(session, table, erasure.BegunAt, erasure.BegunSeq) : sql.Delete(session, table);

    private static Erasure? Lock(WriteSession session, TenantId tenant, ErasureId id)
        => session.QueryFirst(One + session.ForUpdate, Map, tenant.Value, id.Value);

    private static Erasure Map(SqlRow r) => new(
        new ErasureId(r.GetGuid(0)), new TenantId(r.GetString(1)), new ErasureScope(r.Enum<ErasureKind>(2), r.GetGuid(3), r.GetInt64(4)),
        new Actor(r.GetString(5), r.GetString(6), r.GetString(7)), r.Enum<ErasureState>(8), ErasureCounts.Parse(r.GetString(9)), r.GetInt32(10),
        r.GetInt64(11), r.Time(12), r.GetInt64(13), r.TimeOrNull(14), r.GetInt64(15), r.TextOrNull(16));
}

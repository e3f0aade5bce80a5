using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.People.Reach;

/// <inheritdoc cref="IDirectChats"/>
internal sealed class SqlDirectChats(IReadPool reads, IWriteQueue writes, BodySealer bodies, TimeProvider clock) : IDirectChats
{
    // A mailbox has a conversation for each thread: the newest few of a person tell which of each connection was used last.
    private const int Newest = 100;

    private const string OfPerson =
        "SELECT c.id, c.connection_id, l.channel_type, c.preferred_at, "
        + "(SELECT m.at FROM messages m WHERE m.conversation_id = c.id AND m.author = 'Person' ORDER BY m.seq DESC LIMIT 1) "
        + "FROM conversations c JOIN connections l ON l.id = c.connection_id "
        + "WHERE c.tenant_id = @p0 AND c.person_id = @p1 AND NOT c.is_group AND c.erasure_id IS NULL AND l.is_enabled ORDER BY c.last_at DESC, c.id DESC LIMIT @p2";

    private const string Prefer =
        "UPDATE conversations SET preferred_at = @p2 WHERE id = @p0 AND tenant_id = @p1 AND NOT is_group AND erasure_id IS NULL";

    private const string Drop = "UPDATE conversations SET preferred_at = NULL WHERE tenant_id = @p0 AND person_id = @p1 AND preferred_at IS NOT NULL";

    private const string GoOn = "UPDATE conversations SET continued_from_id = @p1, continued_from_seq = @p2, continued_at = @p3 WHERE id = @p0";

    public async Task<IReadOnlyList<DirectChat>> ListAsync(TenantId tenant, IReadOnlyList<PersonId> persons, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => persons
                .SelectMany(person => session.Query(OfPerson, r => Map(r, person), tenant.Value, person.Value, Newest))
                .GroupBy(chat => (chat.Person, chat.Connection))
                .Select(LastUsed).ToList(),
            cancellationToken);

    public Task<bool> PreferAsync(TenantId tenant, ConversationId conversation, AuditDraft audit, CancellationToken cancellationToken) => writes.ExecuteAsync(
        TenantScope.Of(tenant), session => Record(session, audit, session.Execute(Prefer, conversation.Value, tenant.Value, audit.At)), cancellationToken);

    public Task<bool> DropPreferencesAsync(TenantId tenant, IReadOnlyList<PersonId> persons, AuditDraft audit, CancellationToken cancellationToken) => writes.ExecuteAsync(
        TenantScope.Of(tenant), session => Record(session, audit, persons.Sum(person => session.Execute(Drop, tenant.Value, person.Value))), cancellationToken);

    public async Task<ContinuationOutcome> ContinueAsync(Continuation continuation, AuditDraft audit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await bodies.PrepareAsync(continuation.Tenant, cancellationToken);
        return await writes.ExecuteAsync(TenantScope.Of(continuation.Tenant), session => Continue(session, continuation, audit, now), cancellationToken);
    }

    private ContinuationOutcome Continue(WriteSession session, Continuation continuation, AuditDraft audit, DateTimeOffset now)
    {
        using var keys = bodies.In(session, continuation.Tenant);
        if (ConversationSql.Find(session, continuation.Tenant, continuation.From.Conversation) is not { Chat.IsGroup: false } left
            || ConversationSql.Find(session, continuation.Tenant, continuation.To) is not { Chat.IsGroup: false } entered
            || keys.FindOrMake(left.Person) is not { IsDestroyed: false } leftKey || keys.FindOrMake(entered.Person) is not { IsDestroyed: false } key)
        {
            return ContinuationOutcome.NotFound;
        }

        if (entered.ContinuedFrom == continuation.From)
        {
            return ContinuationOutcome.Already;
        }

        session.Execute(GoOn, entered.Id.Value, left.Id.Value, continuation.From.Seq, now);
        var position = session.Audit(audit);
        AddLine(session, leftKey, left, continuation.Left, position, now);
        var line = AddLine(session, key, entered, continuation.Entered, position, now);
        if (continuation.Notice is { } notice)
        {
            Notices.Queue(session, key, entered with { LastSeq = line.Seq }, notice, position, now, mayClaim: false);
        }

        return ContinuationOutcome.Continued;
    }

    private static Message AddLine(WriteSession session, PersonKey key, Conversation conversation, MessageBody body, long position, DateTimeOffset now)
    {
        var line = Message.Line(conversation, key.Person, body, now);
        MessageSql.Add(session, key, conversation.Tenant, line, position);
        session.Publish(new LiveEvent.MessageChanged(conversation.Tenant, line));
        return line;
    }

    private static bool Record(WriteSession session, AuditDraft audit, int changed)
    {
        if (changed == 0)
        {
            return false;
        }

        session.Audit(audit);
        return true;
    }

    /// <summary>The chat of one connection that was used last; it carries what was said of any of them.</summary>
    private static DirectChat LastUsed(IEnumerable<DirectChat> ofConnection)
    {
        var chats = ofConnection.OrderByDescending(chat => chat.LastSaidAt).ThenByDescending(chat => chat.Conversation.Value).ToList();
        return chats[0] with { PreferredAt = chats.Max(chat => chat.PreferredAt) };
    }

    private static DirectChat Map(SqlRow r, PersonId person) => new(
        new ConversationId(r.GetGuid(0)), person, new ConnectionId(r.GetString(1)), r.GetString(2), r.TimeOrNull(4), r.TimeOrNull(3));
}

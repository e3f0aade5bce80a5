using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.People.Acts;

/// <inheritdoc cref="IPersonActStore"/>
internal sealed class SqlPersonActStore(IReadPool reads, IWriteQueue writes, BodySealer bodies, IOutboxSignal signal) : IPersonActStore
{
    private const string Columns = "id, tenant_id, person_id, conversation_id, kind, digest, created_at, expires_at, used_at";

    private const string Forget = "DELETE FROM person_acts WHERE tenant_id = @p0 AND expires_at < @p1 AND used_at IS NOT NULL";

    private const string Open =
        "SELECT " + Columns + " FROM person_acts WHERE tenant_id = @p0 AND person_id = @p1 AND used_at IS NULL AND expires_at > @p2";

    private const string Withdraw =
        "UPDATE person_acts SET used_at = @p2, expires_at = @p2 WHERE tenant_id = @p0 AND person_id = @p1 AND used_at IS NULL AND expires_at > @p2";

    private const string Insert =
        "INSERT INTO person_acts (id, tenant_id, person_id, conversation_id, kind, digest, created_at, expires_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7)";

    private const string ById = "SELECT " + Columns + " FROM person_acts WHERE id = @p0";

    private const string Expired = "SELECT " + Columns + " FROM person_acts WHERE used_at IS NULL AND expires_at <= @p0 ORDER BY expires_at LIMIT @p1";

    private const string EndOpen = "UPDATE person_acts SET used_at = @p2 WHERE tenant_id = @p0 AND id = @p1 AND used_at IS NULL AND expires_at > @p2";

    private const string EndExpired = "UPDATE person_acts SET used_at = @p2 WHERE tenant_id = @p0 AND id = @p1 AND used_at IS NULL AND expires_at <= @p2";

    // Whose conversation it is was looked up in the tenant.
    private const string PersonById = "SELECT display_name, locale, created_at FROM people WHERE id = @p0";

    private static readonly TimeSpan KeptAfterwards = TimeSpan.FromDays(1);

    public async Task AddAsync(PersonAct act, AuditDraft audit, AuditDraft replaced, CancellationToken cancellationToken)
    {
        await bodies.PrepareAsync(act.Tenant, cancellationToken);
        var told = await writes.ExecuteAsync(
            TenantScope.Of(act.Tenant),
            session =>
            {
                using var keys = bodies.In(session, act.Tenant);
                session.Execute(Forget, act.Tenant.Value, act.CreatedAt - KeptAfterwards);
                var told = Replace(session, keys, act, replaced);
                session.Execute(
                    Insert, act.Id.Value, act.Tenant.Value, act.Person.Value, act.Conversation.Value, act.Kind, act.Digest.ToArray(), act.CreatedAt, act.ExpiresAt);
                Say(session, keys, act, PersonActStep.Asked, session.Audit(audit), act.CreatedAt);
                return told;
            },
            cancellationToken);
        told.ForEach(conversation => signal.Committed(conversation, claimed: null));
    }

    public async Task<PersonAct?> FindAsync(PersonActId id, CancellationToken cancellationToken)
        // Across tenants: the link says which.
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(ById, Map, id.Value), cancellationToken);

    public async Task<IReadOnlyList<PersonAct>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(Expired, Map, now, limit), cancellationToken);

    public async Task<bool> EndAsync(TenantId tenant, PersonActId id, PersonActStep step, AuditDraft audit, CancellationToken cancellationToken)
    {
        var end = step switch
        {
            PersonActStep.Done or PersonActStep.Declined => EndOpen,
            PersonActStep.Expired => EndExpired,
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        await bodies.PrepareAsync(tenant, cancellationToken);
        var (isEnded, told) = await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(end, tenant.Value, id.Value, audit.At) == 0)
                {
                    return (false, (ConversationId?)null);
                }

                using var keys = bodies.In(session, tenant);
                var act = session.QueryFirst(ById, Map, id.Value)!; // the very row that was changed
                return (true, Say(session, keys, act, step, session.Audit(audit), audit.At) ? act.Conversation : null);
            },
            cancellationToken);
        if (told is { } conversation)
        {
            signal.Committed(conversation, claimed: null);
        }

        return isEnded;
    }

    private static List<ConversationId> Replace(WriteSession session, PersonKeyRing keys, PersonAct act, AuditDraft audit)
    {
        var told = new List<ConversationId>();
        var open = session.Query(Open, Map, act.Tenant.Value, act.Person.Value, act.CreatedAt);
        session.Execute(Withdraw, act.Tenant.Value, act.Person.Value, act.CreatedAt);
        foreach (var earlier in open)
        {
            if (Say(session, keys, earlier, PersonActStep.Replaced, session.Audit(audit), act.CreatedAt))
            {
                told.Add(earlier.Conversation);
            }
        }

        return told;
    }

    /// <summary>Writes the line, and the message to the person when there is one.</summary>
    /// <returns>Whether a message waits to be sent.</returns>
    private static bool Say(WriteSession session, PersonKeyRing keys, PersonAct act, PersonActStep step, long position, DateTimeOffset now)
    {
        if (ConversationSql.Find(session, act.Tenant, act.Conversation) is not { } conversation || conversation.Person != act.Person
            || keys.FindOrMake(act.Person) is not { IsDestroyed: false } key
            || session.QueryFirst(PersonById, r => MapPerson(r, act), act.Person.Value) is not { } person)
        {
            return false;
        }

        var line = Message.Line(conversation, act.Person, PersonActWords.LineOf(person, act.Kind, step), now);
        MessageSql.Add(session, key, act.Tenant, line, position);
        session.Publish(new LiveEvent.MessageChanged(act.Tenant, line));
        if (PersonActWords.NoticeOf(person, act.Kind, step) is not { } notice)
        {
            return false;
        }

        Notices.Queue(session, key, conversation with { LastSeq = line.Seq }, notice, position, now, mayClaim: false);
        return true;
    }

    private static Person MapPerson(SqlRow r, PersonAct act) => new(act.Person, act.Tenant, r.GetString(0), r.TextOrNull(1), r.Time(2));

    private static PersonAct Map(SqlRow r) => new(
        new PersonActId(r.GetGuid(0)), new TenantId(r.GetString(1)), new PersonId(r.GetGuid(2)), new ConversationId(r.GetGuid(3)),
        r.Enum<PersonActKind>(4), r.GetBytes(5), r.Time(6), r.Time(7), r.TimeOrNull(8));
}

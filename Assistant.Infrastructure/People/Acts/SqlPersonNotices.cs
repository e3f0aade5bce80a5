using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.People.Acts;

/// <inheritdoc cref="IPersonNotices"/>
internal sealed class SqlPersonNotices(IReadPool reads, IWriteQueue writes, BodySealer bodies, IOutboxSignal signal, TimeProvider clock) : IPersonNotices
{
    private const string LastDirect =
        "SELECT c.id FROM conversations c JOIN connections l ON l.id = c.connection_id WHERE c.tenant_id = @p0 AND c.person_id = @p1 AND NOT c.is_group "
        + "AND c.erasure_id IS NULL AND l.is_enabled ORDER BY c.preferred_at IS NULL, c.preferred_at DESC, c.last_at DESC, c.id DESC LIMIT 1";

    public async Task<bool> TellAsync(
        TenantId tenant, PersonId person, ConversationId conversation, string text, AuditDraft audit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await bodies.PrepareAsync(tenant, cancellationToken);
        var isQueued = await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                if (ConversationSql.Find(session, tenant, conversation) is not { } found || found.Person != person
                    || keys.FindOrMake(person) is not { IsDestroyed: false } key)
                {
                    return false;
                }

                Notices.Queue(session, key, found, text, session.Audit(audit), now, mayClaim: false);
                return true;
            },
            cancellationToken);
        if (isQueued)
        {
            signal.Committed(conversation, claimed: null);
        }

        return isQueued;
    }

    public async Task<ConversationId?> FindLastDirectAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant), session => session.QueryFirst(LastDirect, r => (ConversationId?)new ConversationId(r.GetGuid(0)), tenant.Value, person.Value),
            cancellationToken);
}

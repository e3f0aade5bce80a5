using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.People;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.People.Acts;

/// <inheritdoc cref="IPersonActStore"/>
internal sealed class SqlPersonActStore(IReadPool reads, IWriteQueue writes) : IPersonActStore
{
    private const string Forget = "DELETE FROM person_acts WHERE tenant_id = @p0 AND expires_at < @p1";

    private const string Withdraw =
        "UPDATE person_acts SET expires_at = @p2 WHERE tenant_id = @p0 AND person_id = @p1 AND used_at IS NULL AND expires_at > @p2";

    private const string Insert =
        "INSERT INTO person_acts (id, tenant_id, person_id, conversation_id, kind, digest, created_at, expires_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7)";

    private const string Select =
        "SELECT id, tenant_id, person_id, conversation_id, kind, digest, created_at, expires_at, used_at FROM person_acts WHERE id = @p0";

    private const string Claim = "UPDATE person_acts SET used_at = @p2 WHERE tenant_id = @p0 AND id = @p1 AND used_at IS NULL AND expires_at > @p2";

    private static readonly TimeSpan KeptAfterwards = TimeSpan.FromDays(1);

    public Task AddAsync(PersonAct act, AuditDraft audit, CancellationToken cancellationToken)
    {
        var digest = act.Digest.ToArray();
        return writes.ExecuteAsync(
            TenantScope.Of(act.Tenant),
            session =>
            {
                session.Execute(Forget, act.Tenant.Value, act.CreatedAt - KeptAfterwards);
                session.Execute(Withdraw, act.Tenant.Value, act.Person.Value, act.CreatedAt);
                session.Execute(
                    Insert, act.Id.Value, act.Tenant.Value, act.Person.Value, act.Conversation.Value, act.Kind, digest, act.CreatedAt, act.ExpiresAt);
                return session.Audit(audit);
            },
            cancellationToken);
    }

    public async Task<PersonAct?> FindAsync(PersonActId id, CancellationToken cancellationToken)
        // Across tenants: the link says which.
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(Select, Map, id.Value), cancellationToken);

    public Task<bool> ClaimAsync(TenantId tenant, PersonActId id, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Claim, tenant.Value, id.Value, audit.At) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);

    private static PersonAct Map(SqlRow r) => new(
        new PersonActId(r.GetGuid(0)), new TenantId(r.GetString(1)), new PersonId(r.GetGuid(2)), new ConversationId(r.GetGuid(3)),
        r.Enum<PersonActKind>(4), r.GetBytes(5), r.Time(6), r.Time(7), r.TimeOrNull(8));
}

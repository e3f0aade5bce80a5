// Two people, or two accounts, may be linked at the same moment by two processes: the keys of the table decide, not what was read before.
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.People.Accounts;

/// <inheritdoc cref="IPersonAccountStore"/>
/// <remarks>Accounts exist across tenants, so every statement spans them and names the tenant itself.</remarks>
internal sealed class SqlPersonAccountStore(IReadPool reads, IWriteQueue writes) : IPersonAccountStore
{
    private const string Withdraw = "DELETE FROM link_codes WHERE tenant_id = @p0 AND (user_id = @p1 OR expires_at < @p2)";
    private const string Offer = "INSERT INTO link_codes (id, tenant_id, user_id, expires_at) VALUES (@p0, @p1, @p2, @p3)";
    private const string FindCode = "SELECT user_id, used_by FROM link_codes WHERE id = @p0 AND tenant_id = @p1 AND expires_at > @p2";
    private const string Use = "UPDATE link_codes SET used_by = @p1 WHERE id = @p0 AND used_by IS NULL";

    private const string HasPerson = "SELECT 1 FROM people WHERE id = @p1 AND tenant_id = @p0 AND erasure_id IS NULL";

    private const string Link =
        "INSERT INTO person_accounts (person_id, tenant_id, user_id, linked_at) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT DO NOTHING";

    private const string UserOf = "SELECT user_id FROM person_accounts WHERE tenant_id = @p0 AND person_id = @p1";
    private const string Unlink = "DELETE FROM person_accounts WHERE tenant_id = @p0 AND person_id = @p1";

    private const string Select =
        "SELECT a.tenant_id, a.person_id, a.user_id, u.email, a.linked_at FROM person_accounts a JOIN users u ON u.id = a.user_id "
        + "JOIN people p ON p.id = a.person_id WHERE p.erasure_id IS NULL AND ";

    private const string SelectOne = Select + "a.tenant_id = @p0 AND a.person_id = @p1";
    private const string SelectAll = Select + "a.user_id = @p0 ORDER BY a.tenant_id";

    public Task OfferAsync(OfferedCode code, AuditDraft audit, CancellationToken cancellationToken) => writes.ExecuteAsync(
        TenantScope.System,
        session =>
        {
            session.Execute(Withdraw, code.Tenant.Value, code.User.Value, audit.At);
            session.Execute(Offer, code.Id, code.Tenant.Value, code.User.Value, code.ExpiresAt);
            return session.Audit(audit);
        },
        cancellationToken);

    public Task<LinkOutcome> RedeemAsync(TenantId tenant, Guid code, PersonId person, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                var (user, usedBy) = session.QueryFirst(
                    FindCode + session.ForUpdate, r => (r.GetGuid(0), r.GuidOrNull(1)), code, tenant.Value, audit.At);
                if (user == Guid.Empty || (usedBy is not null && usedBy != person.Value))
                {
                    return LinkOutcome.NoSuchCode;
                }

                if (usedBy is not null)
                {
                    // The turn that brought it may run twice; once the link was ended, the code that made it is spent.
                    return session.QueryFirst(SelectOne, Map, tenant.Value, person.Value)?.User.Value == user ? LinkOutcome.Linked : LinkOutcome.NoSuchCode;
                }

                var outcome = Add(session, tenant, person, new UserId(user), audit);
                if (outcome == LinkOutcome.Linked)
                {
                    session.Execute(Use, code, person.Value);
                }

                return outcome;
            },
            cancellationToken);

    public Task<LinkOutcome> LinkAsync(TenantId tenant, PersonId person, UserId user, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.System, session => Add(session, tenant, person, user, audit), cancellationToken);

    public Task<bool> UnlinkAsync(TenantId tenant, PersonId person, UserId? user, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                var isDone = user is { } only
                    ? session.Execute(Unlink + " AND user_id = @p2", tenant.Value, person.Value, only.Value) == 1
                    : session.Execute(Unlink, tenant.Value, person.Value) == 1;
                if (isDone)
                {
                    session.Audit(audit);
                }

                return isDone;
            },
            cancellationToken);

    public async Task<PersonAccount?> FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(SelectOne, Map, tenant.Value, person.Value), cancellationToken);

    public async Task<IReadOnlyList<PersonAccount>> ListOfAsync(UserId user, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(SelectAll, Map, user.Value), cancellationToken);

    private static LinkOutcome Add(WriteSession session, TenantId tenant, PersonId person, UserId user, AuditDraft audit)
    {
        // Held until the commit: an erasure that begins meanwhile finds the link and takes it along.
        if (!session.QueryFirst(HasPerson + session.ForUpdate, _ => true, tenant.Value, person.Value))
        {
            return LinkOutcome.NoSuchPerson;
        }

        if (session.Execute(Link, person.Value, tenant.Value, user.Value, audit.At) == 1)
        {
            session.Audit(audit);
            return LinkOutcome.Linked;
        }

        var present = session.QueryFirst(UserOf, r => r.GetGuid(0), tenant.Value, person.Value);
        return present == user.Value ? LinkOutcome.Linked // once more: nothing new to write
            : present != Guid.Empty ? LinkOutcome.PersonTaken
            : LinkOutcome.AccountTaken;
    }

    private static PersonAccount Map(SqlRow r)
        => new(new TenantId(r.GetString(0)), new PersonId(r.GetGuid(1)), new UserId(r.GetGuid(2)), r.GetString(3), r.Time(4));
}

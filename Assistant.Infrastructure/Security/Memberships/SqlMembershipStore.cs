using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;

namespace Assistant.Infrastructure.Security.Memberships;

/// <inheritdoc cref="IMembershipStore"/>
internal sealed class SqlMembershipStore(IReadPool reads, IWriteQueue writes, AccessRights rights) : IMembershipStore
{
    private const string Select =
        "SELECT m.tenant_id, m.user_id, u.email, m.role, m.created_at FROM memberships m JOIN users u ON u.id = m.user_id ";

    private const string SelectTenant = Select + "WHERE m.tenant_id = @p0 ORDER BY u.normalized_email";
    private const string SelectUser = Select + "WHERE m.user_id = @p0 ORDER BY m.tenant_id";
    private const string SelectOne = Select + "WHERE m.tenant_id = @p0 AND m.user_id = @p1";
    private const string CountOwners = "SELECT COUNT(*) FROM memberships WHERE tenant_id = @p0 AND role = 'owner'";
    private const string UserExists = "SELECT 1 FROM users WHERE id = @p0";

    private const string Upsert =
        "INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (@p0, @p1, @p2, @p3) "
        + "ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = excluded.role";

    private const string Delete = "DELETE FROM memberships WHERE tenant_id = @p0 AND user_id = @p1";

    public async Task<IReadOnlyList<Membership>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(SelectTenant, Map, tenant.Value), cancellationToken);

    public async Task<IReadOnlyList<Membership>> ListOfAsync(UserId user, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(SelectUser, Map, user.Value), cancellationToken);

    public async Task<Membership?> FindAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(SelectOne, Map, tenant.Value, user.Value), cancellationToken);

    public Task<MembershipOutcome> SetAsync(TenantId tenant, UserId user, string role, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(
            tenant,
            (session, isLastOwner, before) =>
            {
                if (before is null && !session.Within(TenantScope.System, all => all.QueryFirst(UserExists, _ => true, user.Value)))
                {
                    return new MembershipOutcome.NotFound();
                }

                if (isLastOwner && role != Roles.Owner)
                {
                    return new MembershipOutcome.LastOwner();
                }

                session.Execute(Upsert, tenant.Value, user.Value, role, audit.At);
                HeldConversations.Weigh(session, tenant, user.Value, SqlRoleStore.MayReply(session, tenant, role), audit.At);
                session.Audit(audit);
                return new MembershipOutcome.Changed(Find(session, tenant, user)!);
            },
            user,
            cancellationToken);

    public Task<MembershipOutcome> RemoveAsync(TenantId tenant, UserId user, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(
            tenant,
            (session, isLastOwner, before) =>
            {
                if (before is null)
                {
                    return new MembershipOutcome.NotFound();
                }

                if (isLastOwner)
                {
                    return new MembershipOutcome.LastOwner();
                }

                session.Execute(Delete, tenant.Value, user.Value);
                HeldConversations.Weigh(session, tenant, user.Value, mayReply: false, audit.At);
                session.Audit(audit);
                return new MembershipOutcome.Changed(before);
            },
            user,
            cancellationToken);

    /// <summary>One unit under the tenant's lock, so that of two owners who demote each other one stays.</summary>
    private async Task<MembershipOutcome> ChangeAsync(
        TenantId tenant, Func<WriteSession, bool, Membership?, MembershipOutcome> change, UserId user, CancellationToken cancellationToken)
    {
        var outcome = await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                UserRows.Lock(session, tenant.Value);
                var before = Find(session, tenant, user);
                var isLastOwner = before?.Role == Roles.Owner && session.QueryFirst(CountOwners, row => row.GetInt64(0), tenant.Value) == 1;
                return change(session, isLastOwner, before);
            },
            cancellationToken);
        await rights.RefreshAsync(CancellationToken.None);
        return outcome;
    }

    // Across tenants, because a member may be at home elsewhere.
    private static Membership? Find(WriteSession session, TenantId tenant, UserId user)
        => session.Within(TenantScope.System, all => all.QueryFirst(SelectOne, Map, tenant.Value, user.Value));

    private static Membership Map(SqlRow row)
        => new(new TenantId(row.GetString(0)), new UserId(row.GetGuid(1)), row.GetString(2), row.GetString(3), row.Time(4));
}

using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;

namespace Assistant.Infrastructure.Security.Memberships;

/// <inheritdoc cref="IRoleStore"/>
internal sealed class SqlRoleStore(IReadPool reads, IWriteQueue writes, AccessRights rights) : IRoleStore
{
    private const string Select = "SELECT tenant_id, name, permissions, changed_at FROM roles WHERE tenant_id = @p0 ";
    private const string SelectAll = Select + "ORDER BY name";
    private const string SelectOne = Select + "AND name = @p1";

    private const string Upsert =
        "INSERT INTO roles (tenant_id, name, permissions, changed_at) VALUES (@p0, @p1, @p2, @p3) "
        + "ON CONFLICT (tenant_id, name) DO UPDATE SET permissions = excluded.permissions, changed_at = excluded.changed_at";

    private const string CountMembers = "SELECT COUNT(*) FROM memberships WHERE tenant_id = @p0 AND role = @p1";
    private const string CountKeys = "SELECT COUNT(*) FROM api_keys WHERE tenant_id = @p0 AND role = @p1 AND revoked_at IS NULL";
    private const string Holders =
        "SELECT user_id FROM memberships WHERE tenant_id = @p0 AND role = @p1 "
        + "UNION ALL SELECT id FROM api_keys WHERE tenant_id = @p0 AND role = @p1 AND revoked_at IS NULL";

    private const string Delete = "DELETE FROM roles WHERE tenant_id = @p0 AND name = @p1";

    public async Task<IReadOnlyList<CustomRole>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.Query(SelectAll, Map, tenant.Value), cancellationToken);

    public async Task<CustomRole?> FindAsync(TenantId tenant, string name, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(SelectOne, Map, tenant.Value, name), cancellationToken);

    public async Task SaveAsync(CustomRole role, AuditDraft audit, CancellationToken cancellationToken)
    {
        var permissions = string.Join(' ', role.Permissions.Order(StringComparer.Ordinal));
        await writes.ExecuteAsync(
            TenantScope.Of(role.Tenant),
            session =>
            {
                session.Execute(Upsert, role.Tenant.Value, role.Name, permissions, role.ChangedAt);
                foreach (var holder in session.Query(Holders, row => row.GetGuid(0), role.Tenant.Value, role.Name))
                {
                    HeldConversations.Weigh(session, role.Tenant, holder, role.Permissions.Contains(Permissions.ConversationsReply), audit.At);
                }

                return session.Audit(audit);
            },
            cancellationToken);
        await rights.RefreshAsync(CancellationToken.None);
    }

    public async Task<DeleteRoleOutcome> DeleteAsync(TenantId tenant, string name, AuditDraft audit, CancellationToken cancellationToken)
    {
        var outcome = await writes.ExecuteAsync<DeleteRoleOutcome>(
            TenantScope.Of(tenant),
            session =>
            {
                // Whoever is given it in this very moment holds a role that is gone, which may do nothing.
                UserRows.Lock(session, tenant.Value);
                var members = (int)session.QueryFirst(CountMembers, row => row.GetInt64(0), tenant.Value, name);
                var keys = (int)session.QueryFirst(CountKeys, row => row.GetInt64(0), tenant.Value, name);
                if (members + keys > 0)
                {
                    return new DeleteRoleOutcome.InUse(members, keys);
                }

                if (session.Execute(Delete, tenant.Value, name) == 0)
                {
                    return new DeleteRoleOutcome.NotFound();
                }

                session.Audit(audit);
                return new DeleteRoleOutcome.Deleted();
            },
            cancellationToken);
        await rights.RefreshAsync(CancellationToken.None);
        return outcome;
    }

    /// <summary>Whether somebody with the role, of the tenant's own or a built-in one, may answer in conversations.</summary>
    public static bool MayReply(SqlSession session, TenantId tenant, string role)
        => (Roles.Exists(role) ? Roles.PermissionsOf(role) : session.QueryFirst(SelectOne, Map, tenant.Value, role)?.Permissions)
            ?.Contains(Permissions.ConversationsReply) is true;

    private static CustomRole Map(SqlRow row) => new(
        new TenantId(row.GetString(0)), row.GetString(1), AccessRights.Split(row.GetString(2)), row.Time(3));
}

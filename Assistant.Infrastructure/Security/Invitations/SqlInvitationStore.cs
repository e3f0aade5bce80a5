using Assistant.Domain.Audit;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Security.Invitations;

/// <inheritdoc cref="IInvitationStore"/>
internal sealed class SqlInvitationStore(IDatabase database, IWriteQueue writes) : IInvitationStore
{
    private const string IsOpen = "used_at IS NULL AND revoked_at IS NULL AND expires_at > ";
    private const string Revoke = "UPDATE invitations SET revoked_at = @p2 WHERE tenant_id = @p0 AND id = @p1 AND " + IsOpen + "@p2";
    private const string Claim = "UPDATE invitations SET used_at = @p1 WHERE id = @p0 AND " + IsOpen + "@p1";

    public Task AddAsync(Invitation invitation, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(invitation.Tenant),
            session => session.WithContext(TenantScope.Of(invitation.Tenant), context =>
            {
                context.Add(InvitationRow.Of(invitation));
                return session.Audit(audit);
            }),
            cancellationToken);

    public async Task<IReadOnlyList<Invitation>> ListOpenAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<InvitationRow>().AsNoTracking()
            .Where(i => i.UsedAt == null && i.RevokedAt == null && i.ExpiresAt > now)
            .OrderByDescending(i => i.CreatedAt).ThenBy(i => i.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(row => row.ToInvitation())];
    }

    public async Task<Invitation?> FindAsync(InvitationId id, CancellationToken cancellationToken)
    {
        // Across tenants: the link says which.
        await using var context = database.OpenContext(TenantScope.System);
        return (await context.Set<InvitationRow>().AsNoTracking().FirstOrDefaultAsync(i => i.Id == id.Value, cancellationToken))?.ToInvitation();
    }

    public Task<bool> RevokeAsync(TenantId tenant, InvitationId id, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(session => session.Execute(Revoke, tenant.Value, id.Value, audit.At), audit, cancellationToken);

    public Task<bool> ClaimAsync(InvitationId id, AuditDraft audit, CancellationToken cancellationToken)
        => ChangeAsync(session => session.Execute(Claim, id.Value, audit.At), audit, cancellationToken);

    private Task<bool> ChangeAsync(Func<WriteSession, int> change, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.System, // an invitation is claimed by its link alone
            session =>
            {
                if (change(session) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);
}

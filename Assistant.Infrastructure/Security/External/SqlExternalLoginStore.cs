using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Memberships;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Security.External;

/// <inheritdoc cref="IExternalLoginStore"/>
internal sealed class SqlExternalLoginStore(IDatabase database, IWriteQueue writes, AccessRights rights) : IExternalLoginStore
{
    private const string Delete = "DELETE FROM external_logins WHERE tenant_id = @p0 AND user_id = @p1 AND id = @p2";

    private const string Use = "UPDATE external_logins SET last_used_at = @p1 WHERE id = @p0";

    public async Task<IReadOnlyList<ExternalLogin>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<ExternalLoginRow>().AsNoTracking().Where(l => l.UserId == user.Value).OrderBy(l => l.CreatedAt).ThenBy(l => l.Id)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => row.ToLogin())];
    }

    public async Task<ExternalLogin?> FindAsync(ExternalIdentity identity, CancellationToken cancellationToken)
    {
        // Across tenants: who signs in does not say where they are at home.
        await using var context = database.OpenContext(TenantScope.System);
        return (await context.Set<ExternalLoginRow>().AsNoTracking()
            .FirstOrDefaultAsync(l => l.Issuer == identity.Issuer && l.Subject == identity.Subject, cancellationToken))?.ToLogin();
    }

    public Task<bool> AddAsync(ExternalLogin login, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(login.Tenant),
            session => session.WithContext(TenantScope.System, context =>
            {
                if (context.Set<ExternalLoginRow>().Any(l => l.Issuer == login.Identity.Issuer && l.Subject == login.Identity.Subject)
                    || !context.Set<UserRow>().Any(u => u.Id == login.User.Value && u.TenantId == login.Tenant.Value))
                {
                    return false;
                }

                context.Add(ExternalLoginRow.Of(login));
                session.Audit(audit);
                return true;
            }),
            cancellationToken);

    public Task<SignInOutcome.SignedIn?> UseAsync(ExternalLogin login, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(login.Tenant),
            session =>
            {
                if (session.Execute(Use, login.Id.Value, audit.At) == 0)
                {
                    return null;
                }

                UserRows.SignIn(session, login.User, audit.At);
                session.Audit(audit);
                return UserRows.SessionOf(session, login.Tenant, login.User);
            },
            cancellationToken);

    public async Task<SignInOutcome.SignedIn?> RemoveAsync(
        TenantId tenant, UserId user, ExternalLoginId id, AuditDraft audit, CancellationToken cancellationToken)
    {
        var stamp = UserRows.NewStamp();
        var left = await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Delete, tenant.Value, user.Value, id.Value) == 0)
                {
                    return null;
                }

                UserRows.EndSessions(session, user, stamp, audit.At);
                session.Audit(audit);
                return UserRows.SessionOf(session, tenant, user);
            },
            cancellationToken);
        await rights.RefreshAsync(CancellationToken.None);
        return left;
    }
}

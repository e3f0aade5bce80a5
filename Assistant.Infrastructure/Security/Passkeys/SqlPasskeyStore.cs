using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Memberships;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Security.Passkeys;

/// <inheritdoc cref="IPasskeyStore"/>
internal sealed class SqlPasskeyStore(IDatabase database, IWriteQueue writes, AccessRights rights) : IPasskeyStore
{
    /// <summary>What is kept of the list of transports, in characters.</summary>
    public const int MaxTransports = 120;

    private const string Rename = "UPDATE passkeys SET name = @p3 WHERE tenant_id = @p0 AND user_id = @p1 AND id = @p2";

    private const string Delete = "DELETE FROM passkeys WHERE tenant_id = @p0 AND user_id = @p1 AND id = @p2";

    // The count is compared with what the signature was judged by: two uses at the same time cannot both follow it, but where
    // the authenticator does not count; there the challenge's single use alone is what stops a replay.
    private const string Use =
        "UPDATE passkeys SET sign_count = @p2, is_backed_up = @p3, last_used_at = @p4 WHERE id = @p0 AND sign_count = @p1";

    private const string Forget = "DELETE FROM passkey_ceremonies WHERE expires_at < @p0";

    private const string Claim = "UPDATE passkey_ceremonies SET claimed_at = @p1 WHERE id = @p0 AND claimed_at IS NULL AND expires_at > @p1";

    public async Task<IReadOnlyList<Passkey>> ListAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<PasskeyRow>().AsNoTracking().Where(p => p.UserId == user.Value).OrderBy(p => p.CreatedAt).ThenBy(p => p.Id)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => row.ToPasskey())];
    }

    public async Task<Passkey?> FindAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        return (await context.Set<PasskeyRow>().AsNoTracking().FirstOrDefaultAsync(p => p.CredentialId == credentialId, cancellationToken))?.ToPasskey();
    }

    public Task<bool> AddAsync(Passkey passkey, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(passkey.Tenant),
            session => session.WithContext(TenantScope.System, context =>
            {
                if (context.Set<PasskeyRow>().Any(p => p.CredentialId == passkey.Credential.CredentialId)
                    || !context.Set<UserRow>().Any(u => u.Id == passkey.User.Value && u.TenantId == passkey.Tenant.Value))
                {
                    return false;
                }

                context.Add(PasskeyRow.Of(passkey));
                session.Audit(audit);
                return true;
            }),
            cancellationToken);

    public Task<bool> RenameAsync(TenantId tenant, UserId user, PasskeyId id, string name, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Rename, tenant.Value, user.Value, id.Value, name) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);

    public async Task<SignInOutcome.SignedIn?> RevokeAsync(
        TenantId tenant, UserId user, PasskeyId id, AuditDraft audit, CancellationToken cancellationToken)
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

    public Task<SignInOutcome.SignedIn?> UseAsync(
        Passkey passkey, PasskeyCredential used, bool isSignIn, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(passkey.Tenant),
            session =>
            {
                if (session.Execute(Use, passkey.Id.Value, (long)passkey.Credential.SignCount, (long)used.SignCount, used.IsBackedUp, audit.At) == 0)
                {
                    return null;
                }

                if (isSignIn)
                {
                    UserRows.SignIn(session, passkey.User, audit.At);
                }

                session.Audit(audit);
                return UserRows.SessionOf(session, passkey.Tenant, passkey.User);
            },
            cancellationToken);

    public Task OpenAsync(Ceremony ceremony, DateTimeOffset now, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                session.Execute(Forget, now);
                return session.WithContext(TenantScope.System, context => context.Add(CeremonyRow.Of(ceremony)).Entity.Id);
            },
            cancellationToken);

    public Task<Ceremony?> ClaimAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.System,
            session => session.Execute(Claim, id, now) == 0
                ? null
                : session.WithContext(TenantScope.System, context => context.Set<CeremonyRow>().AsNoTracking().First(c => c.Id == id).ToCeremony()),
            cancellationToken);
}

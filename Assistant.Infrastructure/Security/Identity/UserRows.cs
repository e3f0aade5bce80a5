// The one place that reads accounts and changes them as a whole. What a caller relied on when it read is checked again inside the unit:
// a second process or a second request may have come in between.
using System.Buffers.Text;
using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Security.Identity;

/// <summary>The accounts as they are stored. Safe for concurrent use.</summary>
internal sealed class UserRows(IDatabase database, IWriteQueue writes)
{
    // Every writing transaction of a tenant locks this row first, hence two nodes take turns from here on.
    private const string LockTenant = "SELECT seq FROM audit_heads WHERE tenant_id = @p0";

    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        return await context.Set<UserRow>().AnyAsync(cancellationToken);
    }

    public async Task<List<UserRow>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        return await context.Set<UserRow>().AsNoTracking().OrderBy(u => u.NormalizedEmail).ToListAsync(cancellationToken);
    }

    public async Task<UserRow?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        return await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id.Value, cancellationToken);
    }

    public async Task<UserRow?> FindAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = EmailAddress.Normalize(email);
        await using var context = database.OpenContext(TenantScope.System);
        return await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.NormalizedEmail == normalized, cancellationToken);
    }

    public async Task<UserRow?> FindSessionAsync(UserId id, string stamp, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        return await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id.Value && u.SecurityStamp == stamp, cancellationToken);
    }

    public Task<CreateUserOutcome> AddAsync(UserRow row, bool onlyFirst, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(session => Add(session, row, onlyFirst, audit), cancellationToken);

    /// <summary>Changes an account and ends its sessions.</summary>
    /// <param name="change">Given the row and whether it is the tenant's last owner; <see langword="false"/> leaves all as it is.</param>
    /// <returns>What came of it, and the stamp of the sessions that begin from now on.</returns>
    public async Task<(ChangeUserOutcome Change, string Stamp)> ChangeAsync(
        TenantId tenant, UserId id, Func<UserRow, bool, bool> change, AuditDraft audit, CancellationToken cancellationToken)
    {
        var stamp = NewStamp();
        var outcome = await writes.ExecuteAsync(
            session =>
            {
                Lock(session, tenant.Value);
                return session.WithContext<ChangeUserOutcome>(TenantScope.Of(tenant), context =>
                {
                    if (context.Set<UserRow>().FirstOrDefault(u => u.Id == id.Value) is not { } row)
                    {
                        return new ChangeUserOutcome.NotFound();
                    }

                    var isLastOwner = row.Role == Roles.Owner && context.Set<UserRow>().Count(u => u.Role == Roles.Owner) == 1;
                    if (!change(row, isLastOwner))
                    {
                        return new ChangeUserOutcome.LastOwner();
                    }

                    row.SecurityStamp = stamp;
                    session.Audit(audit);
                    return new ChangeUserOutcome.Changed(row.ToUser());
                });
            },
            cancellationToken);
        return (outcome, stamp);
    }

    private static CreateUserOutcome Add(WriteSession session, UserRow row, bool onlyFirst, AuditDraft audit)
    {
        Lock(session, row.TenantId);
        return session.WithContext<CreateUserOutcome>(TenantScope.System, context =>
        {
            if (!context.Set<Tenancy.TenantRow>().Any(t => t.Id == row.TenantId))
            {
                return new CreateUserOutcome.Invalid("tenant", $"There is no tenant '{row.TenantId}'.");
            }

            if (onlyFirst && context.Set<UserRow>().Any())
            {
                return new CreateUserOutcome.NotFirst();
            }

            if (context.Set<UserRow>().Any(u => u.NormalizedEmail == row.NormalizedEmail))
            {
                return new CreateUserOutcome.EmailTaken();
            }

            context.Add(row);
            session.Audit(audit);
            return new CreateUserOutcome.Created(row.ToUser());
        });
    }

    private static void Lock(WriteSession session, string tenant)
        => session.QueryFirst(session.IsPostgres ? LockTenant + " FOR UPDATE" : LockTenant, row => row.GetInt64(0), tenant);

    public static string NewStamp() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}

// The one place that reads accounts and changes them as a whole. What a caller relied on when it read is checked again inside the unit:
// a second process or a second request may have come in between.
using System.Buffers.Text;
using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Security.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Security.Identity;

/// <summary>The accounts as they are stored. Safe for concurrent use.</summary>
internal sealed class UserRows(IDatabase database, IWriteQueue writes, SealedWrites sealedWrites)
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
        // Across tenants, because a member may be at home elsewhere.
        await using var context = database.OpenContext(TenantScope.System);
        var members = await context.Set<MembershipRow>().Where(m => m.TenantId == tenant.Value)
            .Join(context.Set<UserRow>().AsNoTracking(), m => m.UserId, u => u.Id, (m, u) => new { User = u, m.Role })
            .OrderBy(member => member.User.NormalizedEmail).ToListAsync(cancellationToken);
        return members.ConvertAll(member => member.User.As(member.Role));
    }

    /// <summary>A member of the tenant, or somebody at home there.</summary>
    public async Task<UserRow?> FindMemberAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        var row = await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id.Value, cancellationToken);
        var role = await RoleAsync(context, id.Value, tenant.Value, cancellationToken);
        return row is not null && (role is not null || row.TenantId == tenant.Value) ? row.As(role) : null;
    }

    /// <summary>Somebody at home in the tenant.</summary>
    public async Task<UserRow?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        return await WithRoleAsync(
            context, await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id.Value, cancellationToken), cancellationToken);
    }

    public async Task<UserRow?> FindAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = EmailAddress.Normalize(email);
        await using var context = database.OpenContext(TenantScope.System);
        return await WithRoleAsync(
            context, await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.NormalizedEmail == normalized, cancellationToken), cancellationToken);
    }

    public async Task<UserRow?> FindSessionAsync(UserId id, string stamp, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        var row = await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id.Value && u.SecurityStamp == stamp, cancellationToken);
        return await WithRoleAsync(context, row, cancellationToken);
    }

    public Task<CreateUserOutcome> AddAsync(UserRow row, bool onlyFirst, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(new TenantId(row.TenantId)), session => Add(session, row, onlyFirst, audit), cancellationToken);

    /// <summary>Adds an account with the seed of its codes, sealed.</summary>
    public Task<CreateUserOutcome> AddAsync(UserRow row, TotpSecret seed, bool onlyFirst, AuditDraft audit, CancellationToken cancellationToken)
        => sealedWrites.ExecuteAsync(
            new TenantId(row.TenantId),
            SignInAttempts.TotpPlace(row.Id),
            seed.Bytes,
            (session, sealedSeed) =>
            {
                row.TotpSecret = sealedSeed;
                return Add(session, row, onlyFirst, audit);
            },
            cancellationToken);

    /// <summary>Changes an account and ends its sessions.</summary>
    /// <param name="change">Given the row; <see langword="false"/> leaves all as it is.</param>
    /// <returns>What came of it, and the stamp of the sessions that begin from now on.</returns>
    public async Task<(ChangeUserOutcome Change, string Stamp)> ChangeAsync(
        TenantId tenant, UserId id, Func<UserRow, bool> change, AuditDraft audit, CancellationToken cancellationToken)
    {
        var stamp = NewStamp();
        return (await writes.ExecuteAsync(TenantScope.Of(tenant), session => Change(session, tenant, id, change, stamp, audit), cancellationToken), stamp);
    }

    /// <summary>Changes an account that gets a seed of its codes, and ends its sessions.</summary>
    /// <param name="change">Given the row and the sealed seed.</param>
    /// <inheritdoc cref="ChangeAsync(TenantId, UserId, Func{UserRow, bool}, AuditDraft, CancellationToken)" path="/returns"/>
    public async Task<(ChangeUserOutcome Change, string Stamp)> ChangeAsync(
        TenantId tenant, UserId id, TotpSecret seed, Func<UserRow, byte[], bool> change, AuditDraft audit, CancellationToken cancellationToken)
    {
        var stamp = NewStamp();
        var outcome = await sealedWrites.ExecuteAsync(
            tenant,
            SignInAttempts.TotpPlace(id.Value),
            seed.Bytes,
            (session, sealedSeed) => Change(session, tenant, id, row => change(row, sealedSeed), stamp, audit),
            cancellationToken);
        return (outcome, stamp);
    }

    private static ChangeUserOutcome Change(
        WriteSession session, TenantId tenant, UserId id, Func<UserRow, bool> change, string stamp, AuditDraft audit)
    {
        Lock(session, tenant.Value);
        return session.WithContext<ChangeUserOutcome>(TenantScope.Of(tenant), context =>
        {
            if (context.Set<UserRow>().FirstOrDefault(u => u.Id == id.Value) is not { } row)
            {
                return new ChangeUserOutcome.NotFound();
            }

            if (!change(row))
            {
                return new ChangeUserOutcome.Overtaken();
            }

            row.SecurityStamp = stamp;
            SqlUserSessionStore.EndAllOf(session, row.Id, audit.At);
            session.Audit(audit);
            return new ChangeUserOutcome.Changed(row.As(RoleOf(context, row)).ToUser());
        });
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
            if (row.Role.Length > 0)
            {
                context.Add(new MembershipRow { TenantId = row.TenantId, UserId = row.Id, Role = row.Role, CreatedAt = row.CreatedAt });
            }

            session.Audit(audit);
            return new CreateUserOutcome.Created(row.ToUser());
        });
    }

    /// <summary>The user's role at home.</summary>
    public static string? RoleOf(AssistantDbContext context, UserRow row)
        => context.Set<MembershipRow>().Where(m => m.TenantId == row.TenantId && m.UserId == row.Id).Select(m => m.Role).FirstOrDefault();

    /// <summary>Takes the tenant's turn for the rest of the transaction.</summary>
    public static void Lock(WriteSession session, string tenant)
        => session.QueryFirst(session.IsPostgres ? LockTenant + " FOR UPDATE" : LockTenant, row => row.GetInt64(0), tenant);

    private static async Task<UserRow?> WithRoleAsync(AssistantDbContext context, UserRow? row, CancellationToken cancellationToken)
        => row?.As(await RoleAsync(context, row.Id, row.TenantId, cancellationToken));

    private static Task<string?> RoleAsync(AssistantDbContext context, Guid user, string tenant, CancellationToken cancellationToken)
        => context.Set<MembershipRow>().Where(m => m.TenantId == tenant && m.UserId == user).Select(m => m.Role).FirstOrDefaultAsync(cancellationToken);

    public static string NewStamp() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}

// The one place that reads accounts and changes them as a whole. What a caller relied on when it read is checked again inside the unit:
// a second process or a second request may have come in between.
using System.Buffers.Text;
using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Security.Sessions;
using Assistant.Infrastructure.Tenancy;

namespace Assistant.Infrastructure.Security.Identity;

/// <summary>The accounts as they are stored. Safe for concurrent use.</summary>
internal sealed class UserRows(IReadPool reads, IWriteQueue writes, SealedWrites sealedWrites)
{
    // Every writing transaction of a tenant locks this row first, hence two nodes take turns from here on.
    private const string LockTenant = "SELECT seq FROM audit_heads WHERE tenant_id = @p0";

    private const string Columns =
        "u.id, u.tenant_id, u.email, u.normalized_email, u.password_hash, u.security_stamp, u.totp_secret, u.last_totp_step, u.recovery_codes, "
        + "u.failed_attempts, u.locked_until, u.created_at, u.last_sign_in_at";

    // With the role at home.
    private const string Select =
        "SELECT " + Columns + ", (SELECT m.role FROM memberships m WHERE m.tenant_id = u.tenant_id AND m.user_id = u.id) FROM users u ";

    private const string AtHome = Select + "WHERE u.id = @p0 AND u.tenant_id = @p1";

    private const string WithoutRole = "SELECT " + Columns + ", '' FROM users u WHERE u.id = @p0 AND u.tenant_id = @p1";

    private const string ByEmail = Select + "WHERE u.normalized_email = @p0";

    private const string ByStamp = Select + "WHERE u.id = @p0 AND u.security_stamp = @p1";

    private const string Members =
        "SELECT " + Columns + ", m.role FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = @p0 ORDER BY u.normalized_email";

    private const string Member =
        "SELECT " + Columns + ", m.role FROM users u LEFT JOIN memberships m ON m.tenant_id = @p1 AND m.user_id = u.id "
        + "WHERE u.id = @p0 AND (m.role IS NOT NULL OR u.tenant_id = @p1)";

    private const string Any = "SELECT 1 FROM users LIMIT 1";

    private const string HasEmail = "SELECT 1 FROM users WHERE normalized_email = @p0";

    private const string Insert =
        "INSERT INTO users (id, tenant_id, email, normalized_email, password_hash, security_stamp, totp_secret, last_totp_step, recovery_codes, "
        + "failed_attempts, locked_until, created_at, last_sign_in_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)";

    private const string Join = "INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (@p0, @p1, @p2, @p3)";

    private const string Update =
        "UPDATE users SET password_hash = @p1, security_stamp = @p2, totp_secret = @p3, last_totp_step = @p4, recovery_codes = @p5, failed_attempts = @p6, "
        + "locked_until = @p7 WHERE id = @p0";

    private const string NewStampOf = "UPDATE users SET security_stamp = @p1 WHERE id = @p0";

    private const string SignedInAt = "UPDATE users SET last_sign_in_at = @p1 WHERE id = @p0";

    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(Any, _ => true), cancellationToken);

    // Across tenants, because a member may be at home elsewhere.
    public async Task<List<UserRow>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.Query(Members, Map, tenant.Value), cancellationToken);

    /// <summary>A member of the tenant, or somebody at home there.</summary>
    public async Task<UserRow?> FindMemberAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(Member, Map, id.Value, tenant.Value), cancellationToken);

    /// <summary>Somebody at home in the tenant, without their role: for what only the account has to do with.</summary>
    public async Task<UserRow?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(WithoutRole, Map, id.Value, tenant.Value), cancellationToken);

    public async Task<UserRow?> FindAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = EmailAddress.Normalize(email);
        return await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(ByEmail, Map, normalized), cancellationToken);
    }

    public async Task<UserRow?> FindSessionAsync(UserId id, string stamp, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(ByStamp, Map, id.Value, stamp), cancellationToken);

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
        if (session.QueryFirst(AtHome + session.ForUpdate, Map, id.Value, tenant.Value) is not { } row)
        {
            return new ChangeUserOutcome.NotFound();
        }

        if (!change(row))
        {
            return new ChangeUserOutcome.Overtaken();
        }

        row.SecurityStamp = stamp;
        session.Execute(
            Update, row.Id, row.PasswordHash, row.SecurityStamp, row.TotpSecret, row.LastTotpStep, row.RecoveryCodes, row.FailedAttempts, row.LockedUntil);
        SqlUserSessionStore.EndAllOf(session, row.Id, audit.At);
        session.Audit(audit);
        return new ChangeUserOutcome.Changed(row.ToUser());
    }

    // An address is the installation's: whoever has it may be at home elsewhere.
    private static CreateUserOutcome Add(WriteSession session, UserRow row, bool onlyFirst, AuditDraft audit)
    {
        Lock(session, row.TenantId);
        return session.Within<CreateUserOutcome>(TenantScope.System, all =>
        {
            if (!SqlTenantDirectory.Exists(all, new TenantId(row.TenantId)))
            {
                return new CreateUserOutcome.Invalid("tenant", $"There is no tenant '{row.TenantId}'.");
            }

            if (onlyFirst && all.QueryFirst(Any, _ => true))
            {
                return new CreateUserOutcome.NotFirst();
            }

            if (all.QueryFirst(HasEmail, _ => true, row.NormalizedEmail))
            {
                return new CreateUserOutcome.EmailTaken();
            }

            all.Execute(
                Insert, row.Id, row.TenantId, row.Email, row.NormalizedEmail, row.PasswordHash, row.SecurityStamp, row.TotpSecret, row.LastTotpStep,
                row.RecoveryCodes, row.FailedAttempts, row.LockedUntil, row.CreatedAt, row.LastSignInAt);
            if (row.Role.Length > 0)
            {
                all.Execute(Join, row.TenantId, row.Id, row.Role, row.CreatedAt);
            }

            all.Audit(audit);
            return new CreateUserOutcome.Created(row.ToUser());
        });
    }

    /// <summary>Ends every session of the account; those that begin from now on carry the stamp.</summary>
    public static void EndSessions(WriteSession session, UserId user, string stamp, DateTimeOffset at)
    {
        session.Execute(NewStampOf, user.Value, stamp);
        SqlUserSessionStore.EndAllOf(session, user.Value, at);
    }

    /// <summary>Notes that the account's user signed in.</summary>
    public static void SignIn(WriteSession session, UserId user, DateTimeOffset at) => session.Execute(SignedInAt, user.Value, at);

    /// <summary>The session that begins for the account as it is in this unit.</summary>
    /// <exception cref="InvalidOperationException">The account is at home in another tenant by now.</exception>
    public static SignInOutcome.SignedIn SessionOf(WriteSession session, TenantId tenant, UserId user)
    {
        var row = session.Within(TenantScope.Of(tenant), own => own.QueryFirst(AtHome, Map, user.Value, tenant.Value))
            ?? throw new InvalidOperationException($"The account {user} is not at home in {tenant} any more.");
        return new SignInOutcome.SignedIn(row.ToUser(), row.SecurityStamp);
    }

    /// <summary>Takes the tenant's turn for the rest of the transaction.</summary>
    public static void Lock(WriteSession session, string tenant)
        => session.QueryFirst(LockTenant + session.ForUpdate, row => row.GetInt64(0), tenant);

    public static string NewStamp() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private static UserRow Map(SqlRow row) => new()
    {
        Id = row.GetGuid(0),
        TenantId = row.GetString(1),
        Email = row.GetString(2),
        NormalizedEmail = row.GetString(3),
        PasswordHash = row.GetString(4),
        SecurityStamp = row.GetString(5),
        TotpSecret = row.IsDBNull(6) ? null : row.GetBytes(6),
        LastTotpStep = row.GetInt64(7),
        RecoveryCodes = row.GetBytes(8),
        FailedAttempts = row.GetInt32(9),
        LockedUntil = row.TimeOrNull(10),
        CreatedAt = row.Time(11),
        LastSignInAt = row.TimeOrNull(12),
        Role = row.TextOrNull(13) ?? "",
    };
}

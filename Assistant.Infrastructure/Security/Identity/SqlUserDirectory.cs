// One operation is one unit of the write queue: row and audit event share its transaction. Everything slow (hashing, sealing) happens
// before the unit; what it relied on is checked again inside, by conditional updates, so that neither a second process nor a second
// request can use a code twice or slip past a lock.
using System.Buffers.Text;
using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security.Identity;

/// <inheritdoc cref="IUserDirectory"/>
internal sealed class SqlUserDirectory(
    IDatabase database, IWriteQueue writes, ISecretSealer sealer, ITotp totp, PasswordHashing passwords, IOptions<SignInOptions> options, TimeProvider clock)
    : IUserDirectory
{
    // Every writing transaction of a tenant locks this row first, hence two nodes take turns from here on.
    private const string LockTenant = "SELECT seq FROM audit_heads WHERE tenant_id = @p0";

    private const string CountFailure =
        "UPDATE users SET locked_until = CASE WHEN failed_attempts + 1 >= @p1 THEN @p2 ELSE locked_until END, "
        + "failed_attempts = CASE WHEN failed_attempts + 1 >= @p1 THEN 0 ELSE failed_attempts + 1 END WHERE id = @p0";

    private const string Accept =
        "UPDATE users SET failed_attempts = 0, locked_until = NULL, last_sign_in_at = @p1, password_hash = @p2, last_totp_step = @p3 "
        + "WHERE id = @p0 AND security_stamp = @p4 AND (locked_until IS NULL OR locked_until <= @p1) ";

    private const string AcceptPassword = Accept + "AND last_totp_step = @p3 AND totp_secret IS NULL";
    private const string AcceptCode = Accept + "AND last_totp_step < @p3";

    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        return await context.Set<UserRow>().AnyAsync(cancellationToken);
    }

    public async Task<CreateUserOutcome> CreateAsync(NewUser user, bool onlyFirst, AuditDraft audit, CancellationToken cancellationToken)
    {
        var row = new UserRow
        {
            Id = user.Id.Value,
            TenantId = user.Tenant.Value,
            Email = user.Email,
            NormalizedEmail = EmailAddress.Normalize(user.Email),
            Role = user.Role,
            PasswordHash = await passwords.HashAsync(user.Password, cancellationToken),
            SecurityStamp = NewStamp(),
            TotpSecret = user.TotpSecret is { } secret
                ? await sealer.SealAsync(user.Tenant, TotpPlace(user.Id.Value), secret.Bytes, cancellationToken)
                : null,
            CreatedAt = audit.At,
        };
        return await writes.ExecuteAsync(session => Create(session, row, onlyFirst, audit), cancellationToken);
    }

    private static CreateUserOutcome Create(WriteSession session, UserRow row, bool onlyFirst, AuditDraft audit)
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

    public async Task<IReadOnlyList<User>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<UserRow>().AsNoTracking().OrderBy(u => u.NormalizedEmail).ToListAsync(cancellationToken);
        return [.. rows.Select(row => row.ToUser())];
    }

    public async Task<User?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
        => (await FindRowAsync(tenant, id, cancellationToken))?.ToUser();

    public async Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken)
        => (await FindRowAsync(email, cancellationToken))?.ToUser();

    public async Task<ChangeUserOutcome> SetRoleAsync(TenantId tenant, UserId id, string role, AuditDraft audit, CancellationToken cancellationToken)
        => (await ChangeAsync(
            tenant,
            id,
            (row, isLastOwner) =>
            {
                if (isLastOwner && role != Roles.Owner)
                {
                    return false;
                }

                row.Role = role;
                return true;
            },
            audit,
            cancellationToken)).Change;

    public async Task<ChangeUserOutcome> ResetMfaAsync(TenantId tenant, UserId id, AuditDraft audit, CancellationToken cancellationToken)
        => (await ChangeAsync(
            tenant,
            id,
            (row, _) =>
            {
                (row.TotpSecret, row.FailedAttempts, row.LockedUntil) = (null, 0, null);
                return true;
            },
            audit,
            cancellationToken)).Change;

    public async Task<CredentialOutcome> ChangeCredentialAsync(
        TenantId tenant, UserId id, string password, CredentialChange change, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (await FindRowAsync(tenant, id, cancellationToken) is not { } row)
        {
            return new CredentialOutcome.NotFound();
        }

        // As with a sign-in, the password is checked in any case: a lock must not show in the time it takes.
        var check = await passwords.VerifyAsync(row.PasswordHash, password, cancellationToken);
        var attempt = audit with { Action = AuditActions.SignInFailed };
        if (row.LockedUntil > audit.At)
        {
            await RefuseAsync(attempt, SignInRefusal.Locked, null, cancellationToken);
            return new CredentialOutcome.Locked();
        }

        if (check == PasswordVerificationResult.Failed)
        {
            await RefuseAsync(attempt, SignInRefusal.WrongPassword, row.Id, cancellationToken);
            return new CredentialOutcome.WrongPassword();
        }

        Action<UserRow> apply;
        switch (change)
        {
            case CredentialChange.NewPassword next:
                var hash = await passwords.HashAsync(next.Value, cancellationToken);
                apply = user => user.PasswordHash = hash;
                break;
            case CredentialChange.NewTotp next:
                var seed = await sealer.SealAsync(tenant, TotpPlace(row.Id), next.Secret.Bytes, cancellationToken);
                apply = user => (user.TotpSecret, user.LastTotpStep) = (seed, next.Step);
                break;
            case CredentialChange.NoTotp:
                apply = user => user.TotpSecret = null;
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change.GetType().Name}.");
        }

        var outcome = await ChangeAsync(
            tenant,
            id,
            (user, _) =>
            {
                if (user.SecurityStamp != row.SecurityStamp)
                {
                    return false; // changed since the password was checked: what was proven may not hold any more
                }

                apply(user);
                (user.FailedAttempts, user.LockedUntil) = (0, null);
                return true;
            },
            audit,
            cancellationToken);
        return outcome.Change switch
        {
            ChangeUserOutcome.Changed changed => new CredentialOutcome.Changed(changed.User, outcome.Stamp),
            ChangeUserOutcome.NotFound => new CredentialOutcome.NotFound(),
            _ => new CredentialOutcome.WrongPassword(),
        };
    }

    public async Task<SignInOutcome> VerifyAsync(string email, string password, string? code, string origin, CancellationToken cancellationToken)
    {
        var row = await FindRowAsync(email, cancellationToken);
        if (row is null)
        {
            await passwords.PretendAsync(password, cancellationToken);
            // Nobody's tenant is known; the address is not written, people type passwords into that field.
            return await RefuseAsync(Attempt(TenantId.Default, new Actor("user", "unknown", ""), origin), SignInRefusal.UnknownUser, null, cancellationToken);
        }

        var attempt = Attempt(new TenantId(row.TenantId), row.ToUser().AsActor, origin);
        var check = await passwords.VerifyAsync(row.PasswordHash, password, cancellationToken);
        if (row.LockedUntil > attempt.At)
        {
            return await RefuseAsync(attempt, SignInRefusal.Locked, null, cancellationToken);
        }

        if (check == PasswordVerificationResult.Failed)
        {
            return await RefuseAsync(attempt, SignInRefusal.WrongPassword, row.Id, cancellationToken);
        }

        var step = row.LastTotpStep;
        if (row.TotpSecret is { } sealedSecret)
        {
            if (string.IsNullOrWhiteSpace(code))
            {
                return new SignInOutcome.CodeNeeded();
            }

            var secret = new TotpSecret(await sealer.OpenAsync(attempt.Tenant, TotpPlace(row.Id), sealedSecret, cancellationToken));
            if (totp.FindStep(secret, code) is not { } matched || matched <= row.LastTotpStep)
            {
                return await RefuseAsync(attempt, SignInRefusal.WrongCode, row.Id, cancellationToken);
            }

            step = matched;
        }

        var hash = check == PasswordVerificationResult.SuccessRehashNeeded ? await passwords.HashAsync(password, cancellationToken) : row.PasswordHash;
        return await writes.ExecuteAsync(session => AcceptAttempt(session, row, hash, step, attempt), cancellationToken);
    }

    public async Task<User?> FindSessionAsync(UserId id, string stamp, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        var row = await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id.Value && u.SecurityStamp == stamp, cancellationToken);
        return row?.ToUser();
    }

    private static SignInOutcome AcceptAttempt(WriteSession session, UserRow row, string hash, long step, AuditDraft attempt)
    {
        var sql = row.TotpSecret is null ? AcceptPassword : AcceptCode;
        if (session.Execute(sql, row.Id, attempt.At, hash, step, row.SecurityStamp) == 0)
        {
            // Between reading and writing the code was used, the account locked or its sessions ended.
            session.Audit(Refusal(attempt, SignInRefusal.WrongCode));
            return new SignInOutcome.Refused(SignInRefusal.WrongCode);
        }

        session.Audit(attempt with { Details = new Dictionary<string, string> { ["method"] = row.TotpSecret is null ? "password" : "password+totp" } });
        row.LastSignInAt = attempt.At;
        return new SignInOutcome.SignedIn(row.ToUser(), row.SecurityStamp);
    }

    private Task<SignInOutcome> RefuseAsync(AuditDraft attempt, SignInRefusal reason, Guid? countFor, CancellationToken cancellationToken)
        => writes.ExecuteAsync<SignInOutcome>(
            session =>
            {
                if (countFor is { } id)
                {
                    session.Execute(CountFailure, id, options.Value.MaxFailures, attempt.At + options.Value.LockDuration);
                }

                session.Audit(Refusal(attempt, reason));
                return new SignInOutcome.Refused(reason);
            },
            cancellationToken);

    private async Task<(ChangeUserOutcome Change, string Stamp)> ChangeAsync(
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

    private AuditDraft Attempt(TenantId tenant, Actor actor, string origin)
        => new(tenant, clock.GetUtcNow(), actor, AuditActions.SignedIn, $"user/{actor.Id}", origin, AuditDraft.NoDetails);

    private static AuditDraft Refusal(AuditDraft attempt, SignInRefusal reason) => attempt with
    {
        Action = AuditActions.SignInFailed,
        Details = new Dictionary<string, string> { ["reason"] = reason.ToString() },
    };

    private async Task<UserRow?> FindRowAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        return await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id.Value, cancellationToken);
    }

    private async Task<UserRow?> FindRowAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = EmailAddress.Normalize(email);
        await using var context = database.OpenContext(TenantScope.System);
        return await context.Set<UserRow>().AsNoTracking().FirstOrDefaultAsync(u => u.NormalizedEmail == normalized, cancellationToken);
    }

    private static void Lock(WriteSession session, string tenant)
        => session.QueryFirst(session.IsPostgres ? LockTenant + " FOR UPDATE" : LockTenant, row => row.GetInt64(0), tenant);

    private static string TotpPlace(Guid user) => $"users/{user}/totp";

    private static string NewStamp() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}

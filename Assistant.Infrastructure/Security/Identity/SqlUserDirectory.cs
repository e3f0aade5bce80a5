// One operation is one unit of the write queue: row and audit event share its transaction. Everything slow (hashing, sealing) happens
// before the unit; what it relied on is checked again inside.
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security.Identity;

/// <inheritdoc cref="IUserDirectory"/>
internal sealed class SqlUserDirectory(
    IReadPool reads, IWriteQueue writes, ISecretSealer sealer, SealedWrites sealedWrites, ITotp totp, PasswordHashing passwords,
    IOptions<SignInOptions> options, AccessRights rights, TimeProvider clock)
    : IUserDirectory
{
    private readonly UserRows _rows = new(reads, writes, sealedWrites);
    private readonly SignInAttempts _attempts = new(writes, sealer, totp, passwords, options.Value);

    public Task<bool> AnyAsync(CancellationToken cancellationToken) => _rows.AnyAsync(cancellationToken);

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
            SecurityStamp = UserRows.NewStamp(),
            CreatedAt = audit.At,
        };
        var outcome = user.TotpSecret is { } seed
            ? await _rows.AddAsync(row, seed, onlyFirst, audit, cancellationToken)
            : await _rows.AddAsync(row, onlyFirst, audit, cancellationToken);
        await rights.RefreshAsync(CancellationToken.None);
        return outcome;
    }

    public async Task<IReadOnlyList<User>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
        => [.. (await _rows.ListAsync(tenant, cancellationToken)).Select(row => row.ToUser())];

    public async Task<User?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
        => (await _rows.FindMemberAsync(tenant, id, cancellationToken))?.ToUser();

    public async Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken)
        => (await _rows.FindAsync(email, cancellationToken))?.ToUser();

    public async Task<User?> FindSessionAsync(UserId id, string stamp, CancellationToken cancellationToken)
        => (await _rows.FindSessionAsync(id, stamp, cancellationToken))?.ToUser();

    public async Task<ChangeUserOutcome> ResetMfaAsync(TenantId tenant, UserId id, AuditDraft audit, CancellationToken cancellationToken)
    {
        var outcome = await _rows.ChangeAsync(
            tenant,
            id,
            row =>
            {
                (row.TotpSecret, row.FailedAttempts, row.LockedUntil) = (null, 0, null);
                return true;
            },
            audit,
            cancellationToken);
        await rights.RefreshAsync(CancellationToken.None);
        return outcome.Change;
    }

    public async Task<ChangeUserOutcome> ResetPasswordAsync(TenantId tenant, UserId id, string password, AuditDraft audit, CancellationToken cancellationToken)
    {
        var hash = await passwords.HashAsync(password, cancellationToken);
        var outcome = await _rows.ChangeAsync(
            tenant,
            id,
            row =>
            {
                (row.PasswordHash, row.FailedAttempts, row.LockedUntil) = (hash, 0, null);
                return true;
            },
            audit,
            cancellationToken);
        await rights.RefreshAsync(CancellationToken.None);
        return outcome.Change;
    }

    public async Task<CredentialOutcome> ChangeCredentialAsync(
        TenantId tenant, UserId id, string password, CredentialChange change, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (await _rows.FindAsync(tenant, id, cancellationToken) is not { } row)
        {
            return new CredentialOutcome.NotFound();
        }

        var by = audit.Actor.Kind == "user" && audit.Actor.Id == id.ToString() ? AttemptBy.Session : AttemptBy.Other;
        switch ((await _attempts.ProveAsync(row, password, by, audit, cancellationToken)).Refusal)
        {
            case null:
                break;
            case SignInRefusal.Locked:
                return new CredentialOutcome.Locked();
            default:
                return new CredentialOutcome.WrongPassword();
        }

        // Changed since the password was checked, what was proven may not hold any more.
        bool Apply(UserRow user, Action<UserRow> apply)
        {
            if (user.SecurityStamp != row.SecurityStamp)
            {
                return false;
            }

            apply(user);
            (user.FailedAttempts, user.LockedUntil) = (0, null);
            return true;
        }

        (ChangeUserOutcome Change, string Stamp) outcome;
        if (change is CredentialChange.NewTotp next)
        {
            outcome = await _rows.ChangeAsync(
                tenant, id, next.Secret, (user, seed) => Apply(user, u => (u.TotpSecret, u.LastTotpStep) = (seed, next.Step)), audit, cancellationToken);
        }
        else
        {
            var apply = await PrepareAsync(change, cancellationToken);
            outcome = await _rows.ChangeAsync(tenant, id, user => Apply(user, apply), audit, cancellationToken);
        }

        await rights.RefreshAsync(CancellationToken.None);
        return outcome.Change switch
        {
            ChangeUserOutcome.Changed changed => new CredentialOutcome.Changed(changed.User, outcome.Stamp),
            ChangeUserOutcome.NotFound => new CredentialOutcome.NotFound(),
            _ => new CredentialOutcome.WrongPassword(),
        };
    }

    public async Task<SignInRefusal?> CheckPasswordAsync(
        TenantId tenant, UserId id, string password, AuditDraft attempt, CancellationToken cancellationToken)
        => await _rows.FindAsync(tenant, id, cancellationToken) is { } row
            ? (await _attempts.ProveAsync(row, password, AttemptBy.Session, attempt, cancellationToken)).Refusal
            : SignInRefusal.UnknownUser;

    public Task<SignInOutcome> VerifyAsync(string email, string password, string? code, string origin, CancellationToken cancellationToken)
        => VerifyAsync(email, password, code, origin, AttemptBy.Stranger, cancellationToken);

    public Task<SignInOutcome> VerifyOnKnownDeviceAsync(string email, string password, string? code, string origin, CancellationToken cancellationToken)
        => VerifyAsync(email, password, code, origin, AttemptBy.KnownDevice, cancellationToken);

    private async Task<SignInOutcome> VerifyAsync(
        string email, string password, string? code, string origin, AttemptBy by, CancellationToken cancellationToken)
        => await _rows.FindAsync(email, cancellationToken) is { } row
            ? await _attempts.SignInAsync(row, password, code, by, Attempt(new TenantId(row.TenantId), row.ToUser().AsActor, origin), cancellationToken)
            // Nobody's tenant is known; the address is not written, people type passwords into that field.
            : await _attempts.RefuseUnknownAsync(password, Attempt(TenantId.Default, new Actor("user", "unknown", ""), origin), cancellationToken);

    public async Task<CodeProof> ProveCodeAsync(TenantId tenant, UserId id, string code, AuditDraft refusal, CancellationToken cancellationToken)
        => await _rows.FindAsync(tenant, id, cancellationToken) is { TotpSecret: not null } row
            ? await _attempts.ProveCodeAsync(row, code, refusal, cancellationToken)
            : CodeProof.NotEnrolled;

    private AuditDraft Attempt(TenantId tenant, Actor actor, string origin)
        => new(tenant, clock.GetUtcNow(), actor, AuditActions.SignedIn, $"user/{actor.Id}", origin, AuditDraft.NoDetails);

    private async Task<Action<UserRow>> PrepareAsync(CredentialChange change, CancellationToken cancellationToken)
    {
        switch (change)
        {
            case CredentialChange.NewPassword next:
                var hash = await passwords.HashAsync(next.Value, cancellationToken);
                return user => user.PasswordHash = hash;
            case CredentialChange.NewRecoveryCodes next:
                return user => user.RecoveryCodes = next.Hashes;
            case CredentialChange.NoTotp:
                return user => user.TotpSecret = null;
            default:
                throw new InvalidOperationException($"Unknown change {change.GetType().Name}.");
        }
    }
}

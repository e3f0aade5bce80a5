using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Users in memory, passwords in the clear: for tests only. Locks after five failures for five minutes.</summary>
public sealed class InMemoryUserDirectory(InMemoryAuditLog log, TimeProvider clock, params TenantId[] tenants) : IUserDirectory
{
    private readonly Lock _lock = new();
    private readonly FailureCounter<UserId> _sessions = new(5, TimeSpan.FromMinutes(5));
    private readonly FailureCounter<UserId> _others = new(5, TimeSpan.FromMinutes(5));
    private readonly FakeTotp _totp = new(clock);
    private readonly List<Account> _accounts = [];
    private readonly Dictionary<(TenantId Tenant, UserId User), (string Role, DateTimeOffset Since)> _memberships = [];

    public Task<bool> AnyAsync(CancellationToken cancellationToken) => Locked(() => _accounts.Count > 0);

    public Task<CreateUserOutcome> CreateAsync(NewUser user, bool onlyFirst, AuditDraft audit, CancellationToken cancellationToken)
        => Locked<CreateUserOutcome>(() =>
        {
            if (!tenants.Contains(user.Tenant))
            {
                return new CreateUserOutcome.Invalid("tenant", $"There is no tenant '{user.Tenant}'.");
            }

            if (onlyFirst && _accounts.Count > 0)
            {
                return new CreateUserOutcome.NotFirst();
            }

            if (Find(user.Email) is not null)
            {
                return new CreateUserOutcome.EmailTaken();
            }

            if (user.Role.Length > 0)
            {
                _memberships[(user.Tenant, user.Id)] = (user.Role, audit.At);
            }

            var account = new Account(new User(user.Id, user.Tenant, user.Email, user.Role, user.TotpSecret is not null, audit.At, null, null), user.Password, user.TotpSecret);
            _accounts.Add(account);
            log.Append(audit);
            return new CreateUserOutcome.Created(account.User);
        });

    public Task<IReadOnlyList<User>> ListAsync(TenantId tenant, CancellationToken cancellationToken) => Locked<IReadOnlyList<User>>(()
        => [.. _accounts.Where(a => _memberships.ContainsKey((tenant, a.User.Id))).Select(a => In(tenant, a.User))
            .OrderBy(u => u.Email, StringComparer.OrdinalIgnoreCase)]);

    public Task<User?> FindAsync(TenantId tenant, UserId id, CancellationToken cancellationToken)
        => Locked(() => _accounts.FirstOrDefault(a => a.User.Id == id && (a.User.Tenant == tenant || _memberships.ContainsKey((tenant, id)))) is { } account
            ? In(tenant, account.User)
            : null);

    public Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken)
        => Locked(() => Find(email) is { } account ? In(account.User.Tenant, account.User) : null);

    public Task<ChangeUserOutcome> ResetMfaAsync(TenantId tenant, UserId id, AuditDraft audit, CancellationToken cancellationToken)
        => Change(tenant, id, audit, account =>
        {
            (account.Totp, account.Failures) = (null, 0);
            account.User = account.User with { HasTotp = false, LockedUntil = null };
            return true;
        });

    public Task<ChangeUserOutcome> ResetPasswordAsync(TenantId tenant, UserId id, string password, AuditDraft audit, CancellationToken cancellationToken)
        => Change(tenant, id, audit, account =>
        {
            (account.Password, account.Failures) = (password, 0);
            account.User = account.User with { LockedUntil = null };
            return true;
        });

    public Task<CredentialOutcome> ChangeCredentialAsync(
        TenantId tenant, UserId id, string password, CredentialChange change, AuditDraft audit, CancellationToken cancellationToken)
        => Locked<CredentialOutcome>(() =>
        {
            if (_accounts.FirstOrDefault(a => a.User.Id == id && a.User.Tenant == tenant) is not { } account)
            {
                return new CredentialOutcome.NotFound();
            }

            var refusal = audit with { Action = AuditActions.SignInFailed };
            var counter = audit.Actor.Kind == "user" && audit.Actor.Id == id.ToString() ? _sessions : _others;
            if (RefusePassword(account, password, refusal, counter) is { } reason)
            {
                return reason == SignInRefusal.Locked ? new CredentialOutcome.Locked() : new CredentialOutcome.WrongPassword();
            }

            switch (change)
            {
                case CredentialChange.NewPassword next:
                    account.Password = next.Value;
                    break;
                case CredentialChange.NewTotp next:
                    (account.Totp, account.LastStep) = (next.Secret, next.Step);
                    break;
                case CredentialChange.NewRecoveryCodes next:
                    account.RecoveryCodes = next.Hashes;
                    break;
                default:
                    account.Totp = null;
                    break;
            }

            account.Failures = 0;
            account.User = account.User with { HasTotp = account.Totp is not null, LockedUntil = null, RecoveryCodesLeft = account.Left };
            account.Stamp = Guid.CreateVersion7().ToString();
            log.Append(audit);
            return new CredentialOutcome.Changed(account.User, account.Stamp);
        });

    public Task<SignInRefusal?> CheckPasswordAsync(TenantId tenant, UserId id, string password, AuditDraft attempt, CancellationToken cancellationToken)
        => Locked<SignInRefusal?>(() =>
        {
            if (_accounts.FirstOrDefault(a => a.User.Id == id && a.User.Tenant == tenant) is not { } account)
            {
                return SignInRefusal.UnknownUser;
            }

            var refusal = attempt with { Action = AuditActions.SignInFailed };
            return RefusePassword(account, password, refusal, _sessions);
        });

    private SignInRefusal? RefusePassword(Account account, string password, AuditDraft refusal, FailureCounter<UserId> failures)
    {
        if (failures.IsLocked(account.User.Id, refusal.At))
        {
            return Refuse(account, refusal, SignInRefusal.Locked, counts: false).Reason;
        }

        if (account.Password == password)
        {
            failures.Forget(account.User.Id);
            return null;
        }

        failures.Fail(account.User.Id, refusal.At);
        return Refuse(account, refusal, SignInRefusal.WrongPassword, counts: false).Reason;
    }

    /// <summary>The address of an account, whichever the tenant.</summary>
    internal string? EmailOf(UserId id) => _accounts.Find(a => a.User.Id == id)?.User.Email;

    /// <summary>A session of the user as a passkey begins it; ends the earlier ones when asked to.</summary>
    internal SignInOutcome.SignedIn? Session(TenantId tenant, UserId id, DateTimeOffset? signedInAt, bool endsOthers)
    {
        lock (_lock)
        {
            if (_accounts.FirstOrDefault(a => a.User.Id == id && a.User.Tenant == tenant) is not { } account)
            {
                return null;
            }

            account.User = account.User with { LastSignInAt = signedInAt ?? account.User.LastSignInAt };
            account.Stamp = endsOthers ? Guid.CreateVersion7().ToString() : account.Stamp;
            return new SignInOutcome.SignedIn(account.User, account.Stamp);
        }
    }

    public Task<SignInOutcome> VerifyAsync(string email, string password, string? code, string origin, CancellationToken cancellationToken)
        => Locked(() => Verify(email, password, code, origin, isKnown: false));

    public Task<SignInOutcome> VerifyOnKnownDeviceAsync(string email, string password, string? code, string origin, CancellationToken cancellationToken)
        => Locked(() => Verify(email, password, code, origin, isKnown: true));

    public Task<User?> FindSessionAsync(UserId id, string stamp, CancellationToken cancellationToken)
        => Locked(() => _accounts.FirstOrDefault(a => a.User.Id == id && a.Stamp == stamp)?.User);

    public Task<CodeProof> ProveCodeAsync(TenantId tenant, UserId id, string code, AuditDraft refusal, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (_accounts.FirstOrDefault(a => a.User.Id == id && a.User.Tenant == tenant) is not { Totp: { } secret } account)
            {
                return CodeProof.NotEnrolled;
            }

            if (_sessions.IsLocked(id, refusal.At))
            {
                Refuse(account, refusal, SignInRefusal.Locked, counts: false);
                return CodeProof.Locked;
            }

            if (_totp.FindStep(secret, code) is not { } step || step <= account.LastStep)
            {
                _sessions.Fail(id, refusal.At);
                Refuse(account, refusal, SignInRefusal.WrongCode, counts: false);
                return CodeProof.Wrong;
            }

            _sessions.Forget(id);
            account.LastStep = step;
            return CodeProof.Right;
        });

    private SignInOutcome Verify(string email, string password, string? code, string origin, bool isKnown)
    {
        var account = Find(email);
        var draft = new AuditDraft(
            account?.User.Tenant ?? TenantId.Default, clock.GetUtcNow(), account?.User.AsActor ?? new Actor("user", "unknown", ""),
            AuditActions.SignInFailed, $"user/{account?.User.Id.ToString() ?? "unknown"}", origin, AuditDraft.NoDetails);

        if (account is null)
        {
            return Refuse(account, draft, SignInRefusal.UnknownUser, counts: false);
        }

        if (account.User.LockedUntil > draft.At && !isKnown)
        {
            return Refuse(account, draft, SignInRefusal.Locked, counts: false);
        }

        if (account.Password != password)
        {
            return Refuse(account, draft, SignInRefusal.WrongPassword, counts: !isKnown);
        }

        if (account.Totp is { } secret)
        {
            if (string.IsNullOrWhiteSpace(code))
            {
                return new SignInOutcome.CodeNeeded();
            }

            if (RecoveryCode.Read(code)?.TakeFrom(account.RecoveryCodes) is { } left)
            {
                account.RecoveryCodes = left;
            }
            else if (_totp.FindStep(secret, code) is { } step && step > account.LastStep)
            {
                account.LastStep = step;
            }
            else
            {
                return Refuse(account, draft, SignInRefusal.WrongCode, counts: !isKnown);
            }
        }

        account.Failures = isKnown ? account.Failures : 0;
        account.User = account.User with
        {
            LastSignInAt = draft.At,
            LockedUntil = isKnown ? account.User.LockedUntil : null,
            RecoveryCodesLeft = account.Left,
        };
        log.Append(draft with { Action = AuditActions.SignedIn });
        return new SignInOutcome.SignedIn(account.User, account.Stamp);
    }

    private SignInOutcome.Refused Refuse(Account? account, AuditDraft draft, SignInRefusal reason, bool counts)
    {
        if (counts && ++account!.Failures >= 5)
        {
            account.Failures = 0;
            account.User = account.User with { LockedUntil = draft.At.AddMinutes(5) };
        }

        log.Append(draft with { Details = new Dictionary<string, string> { ["reason"] = reason.ToString() } });
        return new SignInOutcome.Refused(reason);
    }

    private Task<ChangeUserOutcome> Change(TenantId tenant, UserId id, AuditDraft audit, Func<Account, bool> change)
        => Locked<ChangeUserOutcome>(() =>
        {
            if (_accounts.FirstOrDefault(a => a.User.Id == id && a.User.Tenant == tenant) is not { } account)
            {
                return new ChangeUserOutcome.NotFound();
            }

            if (!change(account))
            {
                return new ChangeUserOutcome.Overtaken();
            }

            account.Stamp = Guid.CreateVersion7().ToString();
            log.Append(audit);
            return new ChangeUserOutcome.Changed(account.User);
        });

    /// <summary>What the memberships in memory read and change, under the lock of the accounts.</summary>
    internal T WithMemberships<T>(Func<Dictionary<(TenantId Tenant, UserId User), (string Role, DateTimeOffset Since)>, Func<UserId, User?>, T> work)
    {
        lock (_lock)
        {
            return work(_memberships, id => _accounts.FirstOrDefault(a => a.User.Id == id)?.User);
        }
    }

    /// <summary>What changes when the user's sessions end; <see langword="null"/> when there is no such user.</summary>
    internal string? StampOf(UserId id)
    {
        lock (_lock)
        {
            return _accounts.Find(a => a.User.Id == id)?.Stamp;
        }
    }

    /// <summary>Whether a session that began with the stamp goes on.</summary>
    internal bool IsInForce(UserId id, string stamp)
    {
        lock (_lock)
        {
            return _accounts.Exists(a => a.User.Id == id && a.Stamp == stamp);
        }
    }

    private User In(TenantId tenant, User user) => user with { Role = _memberships.GetValueOrDefault((tenant, user.Id)).Role ?? "" };

    private Account? Find(string email) => _accounts.FirstOrDefault(a => EmailAddress.Normalize(a.User.Email) == EmailAddress.Normalize(email));

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            return Task.FromResult(work());
        }
    }

    private sealed class Account(User user, string password, TotpSecret? totp)
    {
        public User User { get; set; } = user;

        public string Password { get; set; } = password;

        public TotpSecret? Totp { get; set; } = totp;

        public string Stamp { get; set; } = Guid.CreateVersion7().ToString();

        public long LastStep { get; set; }

        public byte[] RecoveryCodes { get; set; } = [];

        public int Left => RecoveryCodes.Length / RecoveryCode.HashSize;

        public int Failures { get; set; }
    }
}

// Everything slow (hashing, opening the seed) happens before the unit; the unit accepts only what still holds, by a conditional update,
// so that no code is used twice and no attempt slips past a lock.
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.AspNetCore.Identity;

namespace Assistant.Infrastructure.Security.Identity;

/// <summary>Checks what somebody claims to be theirs, counts what was wrong, and locks an account that is tried too often.</summary>
internal sealed class SignInAttempts(IWriteQueue writes, ISecretSealer sealer, ITotp totp, PasswordHashing passwords, SignInOptions options)
{
    private const string CountFailure =
        "UPDATE users SET locked_until = CASE WHEN failed_attempts + 1 >= @p1 THEN @p2 ELSE locked_until END, "
        + "failed_attempts = CASE WHEN failed_attempts + 1 >= @p1 THEN 0 ELSE failed_attempts + 1 END WHERE id = @p0";

    private const string Accept = "UPDATE users SET last_sign_in_at = @p1, password_hash = @p2, last_totp_step = @p3, recovery_codes = @p5";
    private const string WhenUnchanged = " WHERE id = @p0 AND security_stamp = @p4 AND recovery_codes = @p6 ";

    private const string UseCode = "UPDATE users SET last_totp_step = @p1 WHERE id = @p0 AND last_totp_step < @p1 AND security_stamp = @p2";

    private const string Unlock = ", failed_attempts = 0, locked_until = NULL";
    private const string WhenUnlocked = "AND (locked_until IS NULL OR locked_until <= @p1) ";

    private const string WhenPassword = "AND last_totp_step = @p3 AND totp_secret IS NULL";
    private const string WhenCode = "AND last_totp_step < @p3";
    private const string WhenRecovery = "AND last_totp_step = @p3";

    private readonly FailureCounter<Guid> _sessions = new(options.MaxFailures, options.LockDuration);
    private readonly FailureCounter<Guid> _others = new(options.MaxFailures, options.LockDuration);

    /// <summary>Where the seed of a user's codes is sealed.</summary>
    public static string TotpPlace(Guid user) => $"users/{user}/totp";

    /// <summary>Checks a password in any case: neither a lock nor an unknown address must show in the time it takes. A refusal is recorded.</summary>
    /// <param name="attempt">Who tried, when and from where; <see cref="AuditActions.SignedIn"/> or another action, a refusal has its own.</param>
    /// <returns>Why it is refused, or whether the hash is to be renewed.</returns>
    public async Task<PasswordProof> ProveAsync(UserRow row, string password, AttemptBy by, AuditDraft attempt, CancellationToken cancellationToken)
    {
        var check = await passwords.VerifyAsync(row.PasswordHash, password, cancellationToken);
        if (IsLocked(row, by, attempt.At))
        {
            await RefuseAsync(attempt, SignInRefusal.Locked, null, by, cancellationToken);
            return new PasswordProof(SignInRefusal.Locked, false);
        }

        if (check == PasswordVerificationResult.Failed)
        {
            await RefuseAsync(attempt, SignInRefusal.WrongPassword, row.Id, by, cancellationToken);
            return new PasswordProof(SignInRefusal.WrongPassword, false);
        }

        CounterOf(by)?.Forget(row.Id);
        return new PasswordProof(null, check == PasswordVerificationResult.SuccessRehashNeeded);
    }

    /// <summary>An address nobody has takes as long as a wrong password, and is written down without what was typed.</summary>
    public async Task<SignInOutcome> RefuseUnknownAsync(string password, AuditDraft attempt, CancellationToken cancellationToken)
    {
        await passwords.PretendAsync(password, cancellationToken);
        return await RefuseAsync(attempt, SignInRefusal.UnknownUser, null, AttemptBy.Stranger, cancellationToken);
    }

    public async Task<SignInOutcome> SignInAsync(
        UserRow row, string password, string? code, AttemptBy by, AuditDraft attempt, CancellationToken cancellationToken)
    {
        var proof = await ProveAsync(row, password, by, attempt, cancellationToken);
        if (proof.Refusal is { } refusal)
        {
            return new SignInOutcome.Refused(refusal);
        }

        var given = new SecondStep("password", WhenPassword, row.LastTotpStep, row.RecoveryCodes);
        if (row.TotpSecret is { } sealedSecret)
        {
            if (string.IsNullOrWhiteSpace(code))
            {
                return new SignInOutcome.CodeNeeded();
            }

            if (await FindSecondStepAsync(row, sealedSecret, code, attempt.Tenant, cancellationToken) is not { } found)
            {
                return await RefuseAsync(attempt, SignInRefusal.WrongCode, row.Id, by, cancellationToken);
            }

            given = found;
        }

        var hash = proof.IsHashOld ? await passwords.HashAsync(password, cancellationToken) : row.PasswordHash;
        return await writes.ExecuteAsync(TenantScope.Of(new TenantId(row.TenantId)), session => AcceptIn(session, row, hash, given, by, attempt), cancellationToken);
    }

    /// <summary>Checks a code of somebody who is signed in and uses it up.</summary>
    /// <param name="refusal">Written, and counted, when the code is wrong.</param>
    public async Task<CodeProof> ProveCodeAsync(UserRow row, string code, AuditDraft refusal, CancellationToken cancellationToken)
    {
        if (IsLocked(row, AttemptBy.Session, refusal.At))
        {
            await RefuseCodeAsync(row, refusal, SignInRefusal.Locked, cancellationToken);
            return CodeProof.Locked;
        }

        var secret = new TotpSecret(await sealer.OpenAsync(refusal.Tenant, TotpPlace(row.Id), row.TotpSecret!, cancellationToken));
        if (totp.FindStep(secret, code) is { } step
            && await writes.ExecuteAsync(
                TenantScope.Of(new TenantId(row.TenantId)), session => session.Execute(UseCode, row.Id, step, row.SecurityStamp), cancellationToken) == 1)
        {
            _sessions.Forget(row.Id);
            return CodeProof.Right;
        }

        await RefuseCodeAsync(row, refusal, SignInRefusal.WrongCode, cancellationToken);
        return CodeProof.Wrong;
    }

    private Task<long> RefuseCodeAsync(UserRow row, AuditDraft refusal, SignInRefusal reason, CancellationToken cancellationToken)
    {
        if (reason == SignInRefusal.WrongCode)
        {
            _sessions.Fail(row.Id, refusal.At);
        }

        return writes.ExecuteAsync(
            TenantScope.Of(refusal.Tenant),
            session => session.Audit(refusal with
            {
                Details = new Dictionary<string, string>(refusal.Details) { ["reason"] = reason.ToString() },
            }),
            cancellationToken);
    }

    // Strangers share one lock, which is a row's and outlives a restart. It must not shut out whoever is signed in or has been here before.
    private bool IsLocked(UserRow row, AttemptBy by, DateTimeOffset now) => by switch
    {
        AttemptBy.Stranger => row.LockedUntil > now,
        AttemptBy.Session or AttemptBy.Other => CounterOf(by)!.IsLocked(row.Id, now),
        AttemptBy.KnownDevice => false,
        _ => throw new ArgumentOutOfRangeException(nameof(by)),
    };

    // What is counted in memory: others' mistakes apart, so that nobody is kept from proving who they are by somebody who guesses.
    private FailureCounter<Guid>? CounterOf(AttemptBy by) => by switch
    {
        AttemptBy.Session => _sessions,
        AttemptBy.Other => _others,
        _ => null,
    };

    private async Task<SecondStep?> FindSecondStepAsync(UserRow row, byte[] sealedSecret, string code, TenantId tenant, CancellationToken cancellationToken)
    {
        if (RecoveryCode.Read(code) is { } recovery)
        {
            return recovery.TakeFrom(row.RecoveryCodes) is { } left ? new SecondStep("password+recovery", WhenRecovery, row.LastTotpStep, left) : null;
        }

        var secret = new TotpSecret(await sealer.OpenAsync(tenant, TotpPlace(row.Id), sealedSecret, cancellationToken));
        return totp.FindStep(secret, code) is { } step && step > row.LastTotpStep ? new SecondStep("password+totp", WhenCode, step, row.RecoveryCodes) : null;
    }

    private static SignInOutcome AcceptIn(WriteSession session, UserRow row, string hash, SecondStep given, AttemptBy by, AuditDraft attempt)
    {
        // A success on a known device leaves the strangers' lock as it is: it would give them new tries.
        var (set, when) = by == AttemptBy.Stranger ? (Unlock, WhenUnlocked) : ("", "");
        var accept = Accept + set + WhenUnchanged + when + given.Accept;
        if (session.Execute(accept, row.Id, attempt.At, hash, given.TotpStep, row.SecurityStamp, given.RecoveryCodes, row.RecoveryCodes) == 0)
        {
            // Between reading and writing the code was used, the account locked or its sessions ended.
            session.Audit(Refusal(attempt, SignInRefusal.WrongCode));
            return new SignInOutcome.Refused(SignInRefusal.WrongCode);
        }

        session.Audit(attempt with { Details = new Dictionary<string, string> { ["method"] = given.Method } });
        // The row stays as it was read: the unit may run again, and compares with it.
        var user = row.ToUser() with { LastSignInAt = attempt.At, LockedUntil = by == AttemptBy.Stranger ? null : row.LockedUntil, RecoveryCodesLeft = given.RecoveryCodes.Length / RecoveryCode.HashSize };
        return new SignInOutcome.SignedIn(user, row.SecurityStamp);
    }

    private Task<SignInOutcome> RefuseAsync(AuditDraft attempt, SignInRefusal reason, Guid? countFor, AttemptBy by, CancellationToken cancellationToken)
    {
        if (countFor is { } tried)
        {
            CounterOf(by)?.Fail(tried, attempt.At);
        }

        return writes.ExecuteAsync<SignInOutcome>(
            TenantScope.Of(attempt.Tenant),
            session =>
            {
                if (countFor is { } id && by == AttemptBy.Stranger)
                {
                    session.Execute(CountFailure, id, options.MaxFailures, attempt.At + options.LockDuration);
                }

                session.Audit(Refusal(attempt, reason));
                return new SignInOutcome.Refused(reason);
            },
            cancellationToken);
    }

    private static AuditDraft Refusal(AuditDraft attempt, SignInRefusal reason) => attempt with
    {
        Action = AuditActions.SignInFailed,
        Details = new Dictionary<string, string> { ["reason"] = reason.ToString() },
    };
}

/// <summary>Who tries, as far as the lock differs by it.</summary>
internal enum AttemptBy
{
    Stranger,

    /// <summary>A device on which the user signed in before; its caller bounds it.</summary>
    KnownDevice,

    /// <summary>Somebody who is signed in and proves it again.</summary>
    Session,

    /// <summary>Somebody who changes an account that is not theirs, with its password.</summary>
    Other,
}

/// <param name="Refusal"><see langword="null"/> when the password is right.</param>
/// <param name="IsHashOld">It was hashed with less work than new ones are.</param>
internal readonly record struct PasswordProof(SignInRefusal? Refusal, bool IsHashOld);

/// <summary>What was shown beside the password, and what the account looks like once it is accepted.</summary>
/// <param name="Accept">The condition under which it is accepted: nobody used it meanwhile.</param>
internal sealed record SecondStep(string Method, string Accept, long TotpStep, byte[] RecoveryCodes);

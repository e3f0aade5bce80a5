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

    private const string AcceptWhen =
        "UPDATE users SET failed_attempts = 0, locked_until = NULL, last_sign_in_at = @p1, password_hash = @p2, last_totp_step = @p3, recovery_codes = @p5 "
        + "WHERE id = @p0 AND security_stamp = @p4 AND recovery_codes = @p6 AND (locked_until IS NULL OR locked_until <= @p1) ";

    private const string UseCode =
        "UPDATE users SET failed_attempts = 0, last_totp_step = @p1 WHERE id = @p0 AND last_totp_step < @p1 AND security_stamp = @p2 "
        + "AND (locked_until IS NULL OR locked_until <= @p3)";

    private const string AcceptPassword = AcceptWhen + "AND last_totp_step = @p3 AND totp_secret IS NULL";
    private const string AcceptCode = AcceptWhen + "AND last_totp_step < @p3";
    private const string AcceptRecovery = AcceptWhen + "AND last_totp_step = @p3";

    /// <summary>Where the seed of a user's codes is sealed.</summary>
    public static string TotpPlace(Guid user) => $"users/{user}/totp";

    /// <summary>Checks a password in any case: neither a lock nor an unknown address must show in the time it takes. A refusal is recorded.</summary>
    /// <param name="attempt">Who tried, when and from where; <see cref="AuditActions.SignedIn"/> or another action, a refusal has its own.</param>
    /// <returns>Why it is refused, or whether the hash is to be renewed.</returns>
    public async Task<PasswordProof> ProveAsync(UserRow row, string password, AuditDraft attempt, CancellationToken cancellationToken)
    {
        var check = await passwords.VerifyAsync(row.PasswordHash, password, cancellationToken);
        if (row.LockedUntil > attempt.At)
        {
            await RefuseAsync(attempt, SignInRefusal.Locked, null, cancellationToken);
            return new PasswordProof(SignInRefusal.Locked, false);
        }

        if (check == PasswordVerificationResult.Failed)
        {
            await RefuseAsync(attempt, SignInRefusal.WrongPassword, row.Id, cancellationToken);
            return new PasswordProof(SignInRefusal.WrongPassword, false);
        }

        return new PasswordProof(null, check == PasswordVerificationResult.SuccessRehashNeeded);
    }

    /// <summary>An address nobody has takes as long as a wrong password, and is written down without what was typed.</summary>
    public async Task<SignInOutcome> RefuseUnknownAsync(string password, AuditDraft attempt, CancellationToken cancellationToken)
    {
        await passwords.PretendAsync(password, cancellationToken);
        return await RefuseAsync(attempt, SignInRefusal.UnknownUser, null, cancellationToken);
    }

    public async Task<SignInOutcome> SignInAsync(UserRow row, string password, string? code, AuditDraft attempt, CancellationToken cancellationToken)
    {
        var proof = await ProveAsync(row, password, attempt, cancellationToken);
        if (proof.Refusal is { } refusal)
        {
            return new SignInOutcome.Refused(refusal);
        }

        var given = new SecondStep("password", AcceptPassword, row.LastTotpStep, row.RecoveryCodes);
        if (row.TotpSecret is { } sealedSecret)
        {
            if (string.IsNullOrWhiteSpace(code))
            {
                return new SignInOutcome.CodeNeeded();
            }

            if (await FindSecondStepAsync(row, sealedSecret, code, attempt.Tenant, cancellationToken) is not { } found)
            {
                return await RefuseAsync(attempt, SignInRefusal.WrongCode, row.Id, cancellationToken);
            }

            given = found;
        }

        var hash = proof.IsHashOld ? await passwords.HashAsync(password, cancellationToken) : row.PasswordHash;
        return await writes.ExecuteAsync(session => Accept(session, row, hash, given, attempt), cancellationToken);
    }

    /// <summary>Checks a code of somebody who is signed in and uses it up.</summary>
    /// <param name="refusal">Written, and counted, when the code is wrong.</param>
    public async Task<CodeProof> ProveCodeAsync(UserRow row, string code, AuditDraft refusal, CancellationToken cancellationToken)
    {
        if (row.LockedUntil > refusal.At)
        {
            await RefuseCodeAsync(row, refusal, SignInRefusal.Locked, cancellationToken);
            return CodeProof.Locked;
        }

        var secret = new TotpSecret(await sealer.OpenAsync(refusal.Tenant, TotpPlace(row.Id), row.TotpSecret!, cancellationToken));
        if (totp.FindStep(secret, code) is { } step
            && await writes.ExecuteAsync(session => session.Execute(UseCode, row.Id, step, row.SecurityStamp, refusal.At), cancellationToken) == 1)
        {
            return CodeProof.Right;
        }

        await RefuseCodeAsync(row, refusal, SignInRefusal.WrongCode, cancellationToken);
        return CodeProof.Wrong;
    }

    private Task<long> RefuseCodeAsync(UserRow row, AuditDraft refusal, SignInRefusal reason, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            session =>
            {
                if (reason == SignInRefusal.WrongCode)
                {
                    session.Execute(CountFailure, row.Id, options.MaxFailures, refusal.At + options.LockDuration);
                }

                return session.Audit(refusal with
                {
                    Details = new Dictionary<string, string>(refusal.Details) { ["reason"] = reason.ToString() },
                });
            },
            cancellationToken);

    private async Task<SecondStep?> FindSecondStepAsync(UserRow row, byte[] sealedSecret, string code, TenantId tenant, CancellationToken cancellationToken)
    {
        if (RecoveryCode.Read(code) is { } recovery)
        {
            return recovery.TakeFrom(row.RecoveryCodes) is { } left ? new SecondStep("password+recovery", AcceptRecovery, row.LastTotpStep, left) : null;
        }

        var secret = new TotpSecret(await sealer.OpenAsync(tenant, TotpPlace(row.Id), sealedSecret, cancellationToken));
        return totp.FindStep(secret, code) is { } step && step > row.LastTotpStep ? new SecondStep("password+totp", AcceptCode, step, row.RecoveryCodes) : null;
    }

    private static SignInOutcome Accept(WriteSession session, UserRow row, string hash, SecondStep given, AuditDraft attempt)
    {
        if (session.Execute(given.Accept, row.Id, attempt.At, hash, given.TotpStep, row.SecurityStamp, given.RecoveryCodes, row.RecoveryCodes) == 0)
        {
            // Between reading and writing the code was used, the account locked or its sessions ended.
            session.Audit(Refusal(attempt, SignInRefusal.WrongCode));
            return new SignInOutcome.Refused(SignInRefusal.WrongCode);
        }

        session.Audit(attempt with { Details = new Dictionary<string, string> { ["method"] = given.Method } });
        // The row stays as it was read: the unit may run again, and compares with it.
        var user = row.ToUser() with { LastSignInAt = attempt.At, LockedUntil = null, RecoveryCodesLeft = given.RecoveryCodes.Length / RecoveryCode.HashSize };
        return new SignInOutcome.SignedIn(user, row.SecurityStamp);
    }

    private Task<SignInOutcome> RefuseAsync(AuditDraft attempt, SignInRefusal reason, Guid? countFor, CancellationToken cancellationToken)
        => writes.ExecuteAsync<SignInOutcome>(
            session =>
            {
                if (countFor is { } id)
                {
                    session.Execute(CountFailure, id, options.MaxFailures, attempt.At + options.LockDuration);
                }

                session.Audit(Refusal(attempt, reason));
                return new SignInOutcome.Refused(reason);
            },
            cancellationToken);

    private static AuditDraft Refusal(AuditDraft attempt, SignInRefusal reason) => attempt with
    {
        Action = AuditActions.SignInFailed,
        Details = new Dictionary<string, string> { ["reason"] = reason.ToString() },
    };
}

/// <param name="Refusal"><see langword="null"/> when the password is right.</param>
/// <param name="IsHashOld">It was hashed with less work than new ones are.</param>
internal readonly record struct PasswordProof(SignInRefusal? Refusal, bool IsHashOld);

/// <summary>What was shown beside the password, and what the account looks like once it is accepted.</summary>
/// <param name="Accept">The update that accepts it, as long as nobody used it meanwhile.</param>
internal sealed record SecondStep(string Method, string Accept, long TotpStep, byte[] RecoveryCodes);

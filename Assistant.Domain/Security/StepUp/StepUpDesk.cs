using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security.Passkeys;

namespace Assistant.Domain.Security.StepUp;

/// <summary>How an attempt to prove ended.</summary>
public enum StepUpOutcome
{
    /// <summary>Who asked may go on, within <see cref="SensitiveOperations.MaxProofAge"/>.</summary>
    Proven,

    /// <summary>The code is wrong or was used before; it counts towards the lock.</summary>
    WrongCode,

    /// <summary>The passkey's answer is not what was asked for: another's, too late, or a copy's.</summary>
    WrongPasskey,

    /// <summary>Too many wrong ones.</summary>
    Locked,

    /// <summary>The user has neither a passkey nor an authenticator app yet.</summary>
    NotEnrolled,

    /// <summary>There is no such request for this user: unknown, somebody else's, expired, or decided.</summary>
    Gone,
}

/// <summary>By what a user can prove who they are.</summary>
/// <param name="Passkey">They have at least one.</param>
/// <param name="Code">They have an authenticator app.</param>
public readonly record struct StepUpMeans(bool Passkey, bool Code)
{
    public bool HasAny => Passkey || Code;
}

/// <summary>What people do with requests for proof. A user proves what they asked for themselves, and what a program of their tenant asked for, and what the person asked for whose account is theirs.</summary>
/// <param name="accounts">Whose account proves for which person; without it nobody's does.</param>
public sealed class StepUpDesk(IStepUpStore store, IUserDirectory users, PasskeyDesk passkeys, TimeProvider clock, IPersonAccountStore? accounts = null)
{
    /// <summary>A request the caller can still prove, or <see langword="null"/>.</summary>
    public async Task<StepUpRequest?> FindAsync(Caller caller, StepUpId id, CancellationToken cancellationToken)
        => await store.FindAsync(caller.Tenant, id, cancellationToken) is { State: StepUpState.Pending } request
            && request.ExpiresAt > clock.GetUtcNow() && await MayProveAsync(caller, request, cancellationToken)
            ? request
            : null;

    /// <summary>What the caller could prove with.</summary>
    public async Task<StepUpMeans> FindMeansAsync(Caller caller, CancellationToken cancellationToken)
        => new(
            (await passkeys.ListAsync(caller, cancellationToken)).Count > 0,
            await users.FindAsync(caller.AtHome.Tenant, caller.AsUser.Id, cancellationToken) is { HasTotp: true });

    /// <summary>Proves by the code of an authenticator app. A code is taken once, whatever it is for.</summary>
    public async Task<StepUpOutcome> ProveByCodeAsync(Caller caller, StepUpId id, string code, CancellationToken cancellationToken)
    {
        if (await FindAsync(caller, id, cancellationToken) is not { } request)
        {
            return StepUpOutcome.Gone;
        }

        var user = caller.AsUser.Id;
        var attempt = Audit(caller, AuditActions.StepUpProven, request, ("method", "totp"));
        var home = caller.AtHome.Tenant;
        var refusal = attempt with { Action = AuditActions.StepUpRefused, Tenant = home };
        return await users.ProveCodeAsync(home, user, code, refusal, cancellationToken) switch
        {
            CodeProof.Right => await store.ProveAsync(caller.Tenant, id, user, attempt, cancellationToken) ? StepUpOutcome.Proven : StepUpOutcome.Gone,
            CodeProof.Locked => StepUpOutcome.Locked,
            CodeProof.NotEnrolled => StepUpOutcome.NotEnrolled,
            _ => StepUpOutcome.WrongCode,
        };
    }

    /// <summary>Begins to prove by a passkey; the challenge is for this request's act alone.</summary>
    /// <returns><see langword="null"/> when there is no such request, or the user has no passkey.</returns>
    public async Task<BeginPasskeyOutcome.Begun?> BeginByPasskeyAsync(Caller caller, StepUpId id, CancellationToken cancellationToken)
        => await FindAsync(caller, id, cancellationToken) is { } request
            ? await passkeys.BeginStepUpAsync(caller, request.Hash.ToArray(), cancellationToken) as BeginPasskeyOutcome.Begun
            : null;

    /// <summary>Proves by a passkey whose user was verified.</summary>
    /// <param name="ceremony">Of <see cref="BeginByPasskeyAsync"/>; it takes one answer, right or wrong.</param>
    /// <param name="answer">The browser's, as JSON.</param>
    public async Task<StepUpOutcome> ProveByPasskeyAsync(Caller caller, StepUpId id, Guid ceremony, string answer, CancellationToken cancellationToken)
    {
        if (await FindAsync(caller, id, cancellationToken) is not { } request)
        {
            return StepUpOutcome.Gone;
        }

        var attempt = Audit(caller, AuditActions.StepUpProven, request, ("method", "passkey"));
        if (await passkeys.CompleteStepUpAsync(caller, ceremony, answer, request.Hash.ToArray(), cancellationToken) is not SignInOutcome.SignedIn)
        {
            return StepUpOutcome.WrongPasskey;
        }

        return await store.ProveAsync(caller.Tenant, id, caller.AsUser.Id, attempt, cancellationToken) ? StepUpOutcome.Proven : StepUpOutcome.Gone;
    }

    /// <returns><see langword="false"/> when there was nothing to decline.</returns>
    public async Task<bool> DeclineAsync(Caller caller, StepUpId id, CancellationToken cancellationToken)
        => await FindAsync(caller, id, cancellationToken) is { } request
            && await store.DeclineAsync(caller.Tenant, id, Audit(caller, AuditActions.StepUpRefused, request, ("reason", "declined")), cancellationToken);

    private async Task<bool> MayProveAsync(Caller caller, StepUpRequest request, CancellationToken cancellationToken)
    {
        if (caller.Actor.Kind != "user" || !SensitiveOperations.All.TryGetValue(request.Operation, out var operation))
        {
            return false;
        }

        return request.RequestedBy.Kind switch
        {
            "person" => accounts is not null && Guid.TryParse(request.RequestedBy.Id, out var person)
                && (await accounts.FindAsync(request.Tenant, new PersonId(person), cancellationToken))?.User == caller.AsUser.Id,
            "apikey" => caller.Permissions.Contains(operation.Permission),
            "user" => caller.Permissions.Contains(operation.Permission) && request.RequestedBy.Id == caller.Actor.Id,
            _ => false,
        };
    }

    private AuditDraft Audit(Caller caller, string action, StepUpRequest request, (string, string) detail)
        => caller.Audit(
            clock.GetUtcNow(), action, $"stepup/{request.Id}", ("operation", request.Operation), ("subject", request.Subject), detail);
}

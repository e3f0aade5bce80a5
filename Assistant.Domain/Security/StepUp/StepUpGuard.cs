using Assistant.Domain.Audit;

namespace Assistant.Domain.Security.StepUp;

/// <summary>The act wants proof first; repeat it with <see cref="Caller.Proof"/> once the request is proven.</summary>
public sealed class StepUpRequiredException(StepUpRequest request) : InvalidOperationException($"'{request.Operation}' needs fresh proof of who you are.")
{
    public StepUpRequest Request => request;
}

/// <summary>Stands in every sensitive use case, whatever door the caller came through.</summary>
public interface IStepUpGuard
{
    /// <summary>Returns when the caller's proof is for exactly this act, and uses it up: whatever comes of the act, the proof is spent.</summary>
    /// <exception cref="StepUpRequiredException">There is no such proof; a request for one was made.</exception>
    Task DemandAsync(Caller caller, BoundOperation operation, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IStepUpGuard"/>
public sealed class StepUpGuard(IStepUpStore store, SetupGate setup, TimeProvider clock) : IStepUpGuard
{
    public async Task DemandAsync(Caller caller, BoundOperation operation, CancellationToken cancellationToken)
    {
        caller.Demand(operation.What.Permission);
        if (caller.IsMachine || setup.IsSettingUp(caller.Actor))
        {
            return;
        }

        var now = clock.GetUtcNow();
        var hash = operation.Hash();
        if (caller.Proof is { } proof
            && await store.UseAsync(caller.Tenant, proof, caller.Actor, hash, Audit(AuditActions.StepUpUsed, proof), cancellationToken))
        {
            return;
        }

        var request = new StepUpRequest(
            StepUpId.Create(), caller.Tenant, caller.Actor, operation.What.Name, operation.Subject, operation.Shown, hash, now,
            now + SensitiveOperations.RequestLifetime);
        await store.AddAsync(request, Audit(AuditActions.StepUpRequested, request.Id), cancellationToken);
        throw new StepUpRequiredException(request);

        AuditDraft Audit(string action, StepUpId id)
            => caller.Audit(now, action, $"stepup/{id}", ("operation", operation.What.Name), ("subject", operation.Subject));
    }
}

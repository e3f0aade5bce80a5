using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Memory;

/// <summary>What tenants decided about their search index. Safe for concurrent use.</summary>
public interface IIndexingStore
{
    /// <summary>What the tenant decided; <see cref="Indexing.Everything"/> until it does.</summary>
    Task<Indexing> ReadAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the decision and its event in one transaction. Within moments the index is emptied, in steps that a kill only delays; if it may
    /// hold something, it is filled from the start afterwards.
    /// </summary>
    /// <returns><see langword="false"/> when it was so already, or there is no such tenant; then nothing is written.</returns>
    Task<bool> DecideAsync(TenantId tenant, Indexing indexing, AuditDraft audit, CancellationToken cancellationToken);
}

/// <summary>What people decide about their tenant's search index.</summary>
public sealed class IndexingDesk(IIndexingStore store, IStepUpGuard guard, TimeProvider clock)
{
    /// <exception cref="PermissionDeniedException">The caller may not.</exception>
    public Task<Indexing> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.SearchManage);
        return store.ReadAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>Decides it. Holding less is free; holding more than until now is not.</summary>
    /// <returns><see langword="false"/> when it was so already.</returns>
    /// <exception cref="PermissionDeniedException">The caller may not.</exception>
    /// <exception cref="StepUpRequiredException">The index would hold more: it wants proof first.</exception>
    public async Task<bool> DecideAsync(Caller caller, Indexing indexing, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.SearchManage);
        if (await store.ReadAsync(caller.Tenant, cancellationToken) == indexing)
        {
            return false; // not left to the store: what somebody else narrows in between would be widened without proof
        }

        if (indexing == Indexing.Everything)
        {
            await guard.DemandAsync(
                caller, new BoundOperation(SensitiveOperations.IndexWiden, caller.Tenant, $"tenant/{caller.Tenant}", [new("tenant", caller.Tenant.Value)]), cancellationToken);
        }

        return await store.DecideAsync(caller.Tenant, indexing, Draft(caller, indexing, clock.GetUtcNow()), cancellationToken);
    }

    /// <summary>The event of a decision.</summary>
    public static AuditDraft Draft(Caller caller, Indexing indexing, DateTimeOffset now) => caller.Audit(
        now, AuditActions.IndexingChanged, $"tenant/{caller.Tenant}", ("index", indexing == Indexing.Everything ? "everything" : "nothing"));
}

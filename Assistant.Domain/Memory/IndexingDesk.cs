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

/// <summary>For which tenants <c>assistant.yaml</c> decides about the search index. Safe for concurrent use.</summary>
public interface IDeclaredIndexing
{
    /// <summary>Whether the file, as it is now, declares the tenant's index.</summary>
    Task<bool> IsDeclaredAsync(TenantId tenant, CancellationToken cancellationToken);
}

/// <summary>How a decision about a search index ended.</summary>
public enum IndexingOutcome
{
    Decided,

    /// <summary>It was so already.</summary>
    Unchanged,

    /// <summary><c>assistant.yaml</c> decides: the next start would make it what is declared, without proof.</summary>
    Provisioned,
}

/// <summary>What people decide about their tenant's search index.</summary>
public sealed class IndexingDesk(IIndexingStore store, IDeclaredIndexing declared, IStepUpGuard guard, TimeProvider clock)
{
    /// <exception cref="PermissionDeniedException">The caller may not.</exception>
    public Task<Indexing> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.SearchManage);
        return store.ReadAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>Whether <c>assistant.yaml</c> decides it, and nobody else.</summary>
    /// <exception cref="PermissionDeniedException">The caller may not.</exception>
    public Task<bool> IsProvisionedAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.SearchManage);
        return declared.IsDeclaredAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>Decides it. Holding less is free; holding more than until now is not.</summary>
    /// <exception cref="PermissionDeniedException">The caller may not.</exception>
    /// <exception cref="StepUpRequiredException">The index would hold more: it wants proof first.</exception>
    public async Task<IndexingOutcome> DecideAsync(Caller caller, Indexing indexing, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.SearchManage);
        if (await store.ReadAsync(caller.Tenant, cancellationToken) == indexing)
        {
            return IndexingOutcome.Unchanged; // not left to the store: what somebody else narrows in between would be widened without proof
        }

        if (await declared.IsDeclaredAsync(caller.Tenant, cancellationToken))
        {
            return IndexingOutcome.Provisioned;
        }

        if (indexing == Indexing.Everything)
        {
            await guard.DemandAsync(
                caller, new BoundOperation(SensitiveOperations.IndexWiden, caller.Tenant, $"tenant/{caller.Tenant}", [new("tenant", caller.Tenant.Value)]), cancellationToken);
        }

        return await store.DecideAsync(caller.Tenant, indexing, Draft(caller, indexing, clock.GetUtcNow()), cancellationToken)
            ? IndexingOutcome.Decided : IndexingOutcome.Unchanged;
    }

    /// <summary>The event of a decision.</summary>
    public static AuditDraft Draft(Caller caller, Indexing indexing, DateTimeOffset now) => caller.Audit(
        now, AuditActions.IndexingChanged, $"tenant/{caller.Tenant}", ("index", indexing == Indexing.Everything ? "everything" : "nothing"));
}

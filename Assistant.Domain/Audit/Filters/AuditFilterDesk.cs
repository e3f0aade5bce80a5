using Assistant.Domain.Security;

namespace Assistant.Domain.Audit.Filters;

/// <summary>How saving a filter ended.</summary>
public abstract record SaveFilterOutcome
{
    private SaveFilterOutcome() { }

    /// <summary>It is kept, perhaps in place of one of the same name.</summary>
    public sealed record Saved(SavedAuditFilter Filter) : SaveFilterOutcome;

    /// <summary>The name is empty or longer than <see cref="SavedAuditFilter.MaxNameLength"/>.</summary>
    public sealed record NameRefused : SaveFilterOutcome;

    /// <summary>It filters by nothing, or a part is longer than <see cref="SavedAuditFilter.MaxPartLength"/>.</summary>
    public sealed record FilterRefused : SaveFilterOutcome;

    /// <summary>The user has <see cref="SavedAuditFilter.MaxPerUser"/> already.</summary>
    public sealed record TooMany : SaveFilterOutcome;
}

/// <summary>Keeps a caller's own filters of the audit log: nobody else sees them, so that they are no event.</summary>
public sealed class AuditFilterDesk(IAuditFilterStore store, TimeProvider clock)
{
    /// <summary>The caller's filters, by name.</summary>
    /// <exception cref="PermissionDeniedException">The caller may not read the log.</exception>
    public Task<IReadOnlyList<SavedAuditFilter>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.AuditRead);
        return store.ListAsync(caller.Tenant, caller.AsUser.Id, cancellationToken);
    }

    /// <summary>Keeps a filter under a name, in place of the caller's filter of that name.</summary>
    /// <exception cref="PermissionDeniedException">The caller may not read the log.</exception>
    public async Task<SaveFilterOutcome> SaveAsync(Caller caller, string name, AuditFilter filter, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.AuditRead);
        var clean = AuditText.Storable(name.Trim());
        if (clean.Length is 0 or > SavedAuditFilter.MaxNameLength)
        {
            return new SaveFilterOutcome.NameRefused();
        }

        if (filter == new AuditFilter() || Parts(filter).Any(part => part?.Length > SavedAuditFilter.MaxPartLength))
        {
            return new SaveFilterOutcome.FilterRefused();
        }

        var saved = new SavedAuditFilter(clean, filter, AuditText.ToMilliseconds(clock.GetUtcNow()));
        return await store.SaveAsync(caller.Tenant, caller.AsUser.Id, saved, cancellationToken) ? new SaveFilterOutcome.Saved(saved) : new SaveFilterOutcome.TooMany();
    }

    /// <returns><see langword="false"/> when the caller has none of that name.</returns>
    /// <exception cref="PermissionDeniedException">The caller may not read the log.</exception>
    public Task<bool> DeleteAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.AuditRead);
        return store.DeleteAsync(caller.Tenant, caller.AsUser.Id, name, cancellationToken);
    }

    private static IEnumerable<string?> Parts(AuditFilter filter) => [filter.Action, filter.Actor, filter.Subject, filter.Text];
}

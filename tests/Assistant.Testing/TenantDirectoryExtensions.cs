using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing;

/// <summary>Tenants for tests that do not ask who made them.</summary>
public static class TenantDirectoryExtensions
{
    public static Task<bool> EnsureAsync(this ITenantDirectory tenants, TenantId id, string displayName, CancellationToken cancellationToken)
        => tenants.EnsureAsync(
            id, displayName, new AuditDraft(id, DateTimeOffset.UnixEpoch, Actor.System, AuditActions.TenantCreated, $"tenant/{id}", "local", AuditDraft.NoDetails),
            cancellationToken);
}

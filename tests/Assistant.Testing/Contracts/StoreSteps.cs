using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>Changes of connections and engines for tests in which nobody else changes them: each is one of what is stored by now.</summary>
public static class StoreSteps
{
    /// <returns>What is stored now.</returns>
    public static async Task<Connection> PutAsync(this IConnectionStore store, Connection connection, AuditDraft audit, CancellationToken cancellationToken)
    {
        var saved = await store.SaveAsync(connection, await store.FindAsync(connection.Id, cancellationToken), audit, cancellationToken);
        Assert.NotNull(saved);
        return saved;
    }

    /// <inheritdoc cref="PutAsync(IConnectionStore, Connection, AuditDraft, CancellationToken)"/>
    public static async Task<Engine> PutAsync(this IEngineStore store, Engine engine, AuditDraft audit, CancellationToken cancellationToken)
    {
        var saved = await store.SaveAsync(engine, await store.ListAsync(engine.Tenant, cancellationToken), audit, cancellationToken);
        Assert.NotNull(saved);
        return saved;
    }

    /// <returns>Whether there was one.</returns>
    public static async Task<bool> RemoveAsync(
        this IEngineStore store, TenantId tenant, string name, AuditDraft audit, CancellationToken cancellationToken)
        => await store.DeleteAsync(tenant, name, await store.ListAsync(tenant, cancellationToken), audit, cancellationToken);
}

// Makes the store what the file says, and writes nothing where it already is: a restart leaves no trace in the audit log.
//
// What the file declares is marked as provisioned and belongs to the file alone; what is marked and no longer declared is
// removed. A connection's conversations stay. Something made by hand under a declared name is taken over by the file when it is
// of the same tenant and type, else it is a problem: nobody's work is replaced by another thing of the same name. What somebody changes
// while the file is applied is read and compared again.
using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>What applying a plan did.</summary>
/// <param name="Conflicts">What was left alone, in words.</param>
internal sealed record ProvisioningResult(int Writes, IReadOnlyList<string> Conflicts);

/// <summary>Applies a plan to tenants, connections and engines. One at a time.</summary>
internal sealed class Provisioner(
    ITenantDirectory tenants, IConnectionStore connections, IEngineStore engines, IIndexingStore indexing, IChannelCatalog channelTypes,
    IEngineCatalog engineTypes, TimeProvider time)
{
    private const string Origin = "assistant.yaml";

    /// <param name="changed">Is given the connections whose session must be looked at again, also when storing them, or what follows, fails.</param>
    public async Task<ProvisioningResult> ApplyAsync(ProvisioningPlan plan, ICollection<ConnectionId> changed, CancellationToken cancellationToken)
    {
        var writes = 0;
        var names = (await tenants.ListAsync(cancellationToken)).ToDictionary(t => t.Id, t => t.DisplayName);
        foreach (var tenant in plan.Tenants)
        {
            var created = Draft(tenant.Id, AuditActions.TenantCreated, $"tenant/{tenant.Id}");
            writes += await tenants.EnsureAsync(tenant.Id, tenant.DisplayName ?? tenant.Id.Value, created, cancellationToken) ? 1 : 0;
            if (tenant.DisplayName is { } title && names.TryGetValue(tenant.Id, out var before) && before != title)
            {
                var audit = Draft(tenant.Id, AuditActions.TenantRenamed, $"tenant/{tenant.Id}", [.. new AuditChanges().Add("name", before, title).Details]);
                writes += await tenants.RenameAsync(tenant.Id, title, audit, cancellationToken) ? 1 : 0;
            }

            if (tenant.Indexing is { } decided)
            {
                writes += await indexing.DecideAsync(tenant.Id, decided, IndexingDesk.Draft(Provisioning(tenant.Id), decided, time.GetUtcNow()), cancellationToken) ? 1 : 0;
            }
        }

        var conflicts = new List<string>();
        writes += await ApplyConnectionsAsync(plan, changed, conflicts, cancellationToken);
        foreach (var tenant in await tenants.ListAsync(cancellationToken))
        {
            writes += await ApplyEnginesAsync(tenant.Id, [.. plan.Engines.Where(e => e.Tenant == tenant.Id)], conflicts, cancellationToken);
        }

        return new(writes, conflicts);
    }

    private async Task<int> ApplyConnectionsAsync(
        ProvisioningPlan plan, ICollection<ConnectionId> changed, List<string> conflicts, CancellationToken cancellationToken)
    {
        var written = new HashSet<ConnectionId>();
        var stored = (await connections.ListAsync(null, cancellationToken)).ToDictionary(c => c.Id);
        foreach (var gone in stored.Values.Where(c => c.IsProvisioned && !plan.Connections.Any(p => IsSame(p, c))))
        {
            // Also one that is declared again with another type or tenant: those never change under a name.
            changed.Add(gone.Id);
            if (await connections.DeleteAsync(gone.Tenant, gone.Id, Draft(gone.Tenant, AuditActions.ConnectionDeleted, $"connection/{gone.Id}"), cancellationToken))
            {
                written.Add(gone.Id);
                stored.Remove(gone.Id);
            }
        }

        foreach (var planned in plan.Connections)
        {
            if (await ApplyConnectionAsync(planned, stored.GetValueOrDefault(planned.Id), changed, conflicts, cancellationToken))
            {
                written.Add(planned.Id);
            }
        }

        return written.Count;
    }

    /// <returns>Whether there was something to store, and it was stored.</returns>
    private async Task<bool> ApplyConnectionAsync(
        PlannedConnection planned, Connection? existing, ICollection<ConnectionId> changed, List<string> conflicts, CancellationToken cancellationToken)
    {
        for (var tried = 0; tried < Change.Tries; tried++)
        {
            if (existing is not null && !IsSame(planned, existing))
            {
                conflicts.Add($"The channel '{planned.Id}' was made by hand with another type or tenant. Rename one of the two.");
                return false;
            }

            if (existing is not null && !Differs(planned, existing))
            {
                return false;
            }

            var now = time.GetUtcNow();
            var connection = new Connection(
                planned.Id, planned.Tenant, planned.Type, planned.DisplayName, planned.Access, planned.IsEnabled, IsProvisioned: true,
                planned.Settings, existing?.CreatedAt ?? now, now);
            var audit = Draft(
                planned.Tenant, AuditActions.ConnectionSaved, $"connection/{planned.Id}",
                [("type", planned.Type), .. connection.ChangesSince(existing, channelTypes.Find(planned.Type)?.Manifest).Details]);
            changed.Add(planned.Id);
            if (await connections.SaveAsync(connection, existing, audit, cancellationToken) is not null)
            {
                return true;
            }

            existing = (await connections.ListAsync(null, cancellationToken)).FirstOrDefault(c => c.Id == planned.Id);
        }

        conflicts.Add($"The channel '{planned.Id}' was changed by others each time it was about to be stored. Save the file again.");
        return false;
    }

    private async Task<int> ApplyEnginesAsync(
        TenantId tenant, IReadOnlyList<PlannedEngine> planned, List<string> conflicts, CancellationToken cancellationToken)
    {
        var writes = 0;
        for (var tried = 0; tried < Change.Tries; tried++)
        {
            var refused = new List<string>();
            var (written, isWhole) = await TryApplyEnginesAsync(tenant, planned, refused, cancellationToken);
            writes += written;
            if (isWhole)
            {
                conflicts.AddRange(refused);
                return writes;
            }
        }

        conflicts.Add($"The engines of the tenant '{tenant}' were changed by others each time they were about to be stored. Save the file again.");
        return writes;
    }

    /// <returns>Whether nobody else changed the engines; the rest is to be decided again otherwise.</returns>
    private async Task<(int Writes, bool IsWhole)> TryApplyEnginesAsync(
        TenantId tenant, IReadOnlyList<PlannedEngine> planned, List<string> conflicts, CancellationToken cancellationToken)
    {
        var writes = 0;
        var stored = (await engines.ListAsync(tenant, cancellationToken)).Where(e => !e.IsStandIn).ToList();
        var left = new List<Engine>(stored); // as this pass leaves them, one write after the other
        var accepted = new List<PlannedEngine>();
        foreach (var engine in planned)
        {
            if (stored.FirstOrDefault(e => e.Name == engine.Name) is { IsProvisioned: false } byHand && byHand.Type != engine.Type)
            {
                conflicts.Add($"The engine '{engine.Name}' was made by hand with another type. Rename one of the two.");
            }
            else
            {
                accepted.Add(engine);
            }
        }

        var gone = stored.Where(e => e.IsProvisioned && accepted.All(p => p.Name != e.Name)).ToList();
        var heir = Heir(stored, accepted, gone);
        foreach (var engine in accepted)
        {
            var existing = stored.FirstOrDefault(e => e.Name == engine.Name);
            var isDefault = engine.Name == heir;
            if (existing is null || existing.Type != engine.Type || existing.Order != engine.Order || existing.IsDefault != isDefault
                || !existing.IsProvisioned || !SameValues(existing.Settings, engine.Settings))
            {
                var declared = new Engine(engine.Name, tenant, engine.Type, engine.Settings, isDefault, engine.Order, IsProvisioned: true, time.GetUtcNow());
                if (!await SaveAsync(declared))
                {
                    return (writes, IsWhole: false);
                }
            }
        }

        if (stored.FirstOrDefault(e => e.Name == heir && !e.IsDefault) is { } promoted && accepted.All(p => p.Name != heir)
            && !await SaveAsync(promoted with { IsDefault = true, UpdatedAt = time.GetUtcNow() }))
        {
            return (writes, IsWhole: false);
        }

        foreach (var engine in gone)
        {
            var audit = Draft(tenant, AuditActions.EngineDeleted, $"engine/{engine.Name}");
            if (!await engines.DeleteAsync(tenant, engine.Name, left, audit, cancellationToken))
            {
                return (writes, IsWhole: false);
            }

            left.RemoveAll(e => e.Name == engine.Name);
            writes++;
        }

        return (writes, IsWhole: true);

        async Task<bool> SaveAsync(Engine engine)
        {
            var before = stored.FirstOrDefault(e => e.Name == engine.Name && e.Type == engine.Type);
            var audit = Draft(
                tenant, AuditActions.EngineSaved, $"engine/{engine.Name}",
                [("type", engine.Type), .. engine.ChangesSince(before, engineTypes.Find(engine.Type)).Details]);
            if (await engines.SaveAsync(engine, left, audit, cancellationToken) is not { } saved)
            {
                return false;
            }

            left = [.. left.Where(e => e.Name != saved.Name).Select(e => saved.IsDefault ? e with { IsDefault = false } : e), saved];
            writes++;
            return true;
        }
    }

    /// <summary>The engine that is asked first: as declared, else as it was, else what is left when that one goes.</summary>
    private static string? Heir(List<Engine> stored, List<PlannedEngine> planned, List<Engine> gone)
        => planned.FirstOrDefault(e => e.IsDefault)?.Name
            ?? stored.FirstOrDefault(e => e.IsDefault && !gone.Contains(e))?.Name
            ?? stored.FirstOrDefault(e => !gone.Contains(e))?.Name
            ?? planned.FirstOrDefault()?.Name;

    private AuditDraft Draft(TenantId tenant, string action, string subject, params ReadOnlySpan<(string, string)> details)
        => Provisioning(tenant).Audit(time.GetUtcNow(), action, subject, details);

    private static Caller Provisioning(TenantId tenant) => new(Actor.System, tenant, Permissions.All, Origin);

    private static bool IsSame(PlannedConnection planned, Connection stored)
        => planned.Id == stored.Id && planned.Tenant == stored.Tenant && planned.Type == stored.ChannelType;

    private static bool Differs(PlannedConnection planned, Connection stored)
        => !stored.IsProvisioned || stored.Access != planned.Access || stored.IsEnabled != planned.IsEnabled
            || stored.DisplayName != planned.DisplayName || !SameValues(stored.Settings, planned.Settings);

    private static bool SameValues(SettingValues one, SettingValues other)
        => one.All.Count == other.All.Count
            && one.All.All(pair => other.All.TryGetValue(pair.Key, out var value) && value == pair.Value);
}

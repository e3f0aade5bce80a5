using System.Text.Json;
using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Ai;

/// <inheritdoc cref="IEngineStore"/>
internal sealed class EfEngineStore(IDatabase database, IWriteQueue writes, ISecretSealer sealer, SealedWrites sealedWrites, EngineChanges changes) : IEngineStore
{
    private const string EmbeddedName = "embedded";

    public async Task<IReadOnlyList<Engine>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<EngineRow>().AsNoTracking()
            .OrderByDescending(e => e.IsDefault).ThenBy(e => e.Rank).ThenBy(e => e.Name).ToListAsync(cancellationToken);
        var engines = new List<Engine>(rows.Count + 1);
        foreach (var row in rows)
        {
            engines.Add(await MapAsync(tenant, row, cancellationToken));
        }

        if (engines.Count == 0)
        {
            engines.Add(new Engine(EmbeddedName, tenant, EmbeddedName, SettingValues.Empty, true, 0, false, DateTimeOffset.UnixEpoch));
        }

        return engines;
    }

    public async Task SaveAsync(Engine engine, AuditDraft audit, CancellationToken cancellationToken)
    {
        await sealedWrites.ExecuteAsync(
            engine.Tenant,
            Place(engine.Name),
            JsonSerializer.SerializeToUtf8Bytes(engine.Settings.All),
            (session, settings) => session.WithContext(TenantScope.Of(engine.Tenant), context =>
            {
                if (engine.IsDefault)
                {
                    context.Set<EngineRow>().Where(e => e.IsDefault && e.Name != engine.Name).ExecuteUpdate(u => u.SetProperty(e => e.IsDefault, false));
                }

                var row = context.Set<EngineRow>().FirstOrDefault(e => e.Name == engine.Name);
                if (row is null)
                {
                    row = new EngineRow { TenantId = engine.Tenant.Value, Name = engine.Name, Type = engine.Type, SealedSettings = settings };
                    context.Add(row);
                }

                row.Type = engine.Type;
                row.SealedSettings = settings;
                row.IsDefault = engine.IsDefault;
                row.Rank = engine.Order;
                row.IsProvisioned = engine.IsProvisioned;
                row.UpdatedAt = engine.UpdatedAt;
                session.Audit(audit);
                return true;
            }),
            cancellationToken);
        changes.Changed(engine.Tenant);
    }

    public async Task<bool> DeleteAsync(TenantId tenant, string name, AuditDraft audit, CancellationToken cancellationToken)
    {
        var wasThere = await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session => session.WithContext(TenantScope.Of(tenant), context =>
            {
                if (context.Set<EngineRow>().FirstOrDefault(e => e.Name == name) is not { } row)
                {
                    return false;
                }

                context.Remove(row);
                session.Audit(audit);
                return true;
            }),
            cancellationToken);
        changes.Changed(tenant);
        return wasThere;
    }

    private async Task<Engine> MapAsync(TenantId tenant, EngineRow row, CancellationToken cancellationToken)
    {
        var settings = await sealer.OpenAsync(tenant, Place(row.Name), row.SealedSettings, cancellationToken);
        return new Engine(
            row.Name, tenant, row.Type, new SettingValues(JsonSerializer.Deserialize<Dictionary<string, string>>(settings)!), row.IsDefault, row.Rank,
            row.IsProvisioned, row.UpdatedAt);
    }

    /// <summary>Where the settings of an engine are sealed.</summary>
    public static string Place(string name) => $"engines/{name}/settings";
}

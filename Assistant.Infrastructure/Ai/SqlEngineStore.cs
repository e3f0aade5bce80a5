using System.Text.Json;
using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Ai;

/// <inheritdoc cref="IEngineStore"/>
internal sealed class SqlEngineStore(IReadPool reads, IWriteQueue writes, ISecretSealer sealer, SealedWrites sealedWrites, EngineChanges changes) : IEngineStore
{
    private const string EmbeddedName = "embedded";

    private const string Select =
        "SELECT name, type, sealed_settings, is_default, rank, is_provisioned, updated_at FROM engines WHERE tenant_id = @p0 "
        + "ORDER BY is_default DESC, rank, name";

    // Before another one becomes the default: there may be one at any time.
    private const string Demote = "UPDATE engines SET is_default = @p2 WHERE tenant_id = @p0 AND is_default AND name <> @p1";

    private const string Save =
        "INSERT INTO engines (tenant_id, name, type, sealed_settings, is_default, rank, is_provisioned, updated_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7) ON CONFLICT (tenant_id, name) DO UPDATE SET type = excluded.type, "
        + "sealed_settings = excluded.sealed_settings, is_default = excluded.is_default, rank = excluded.rank, "
        + "is_provisioned = excluded.is_provisioned, updated_at = excluded.updated_at";

    private const string Delete = "DELETE FROM engines WHERE tenant_id = @p0 AND name = @p1";

    public async Task<IReadOnlyList<Engine>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var rows = await reads.ReadAsync(TenantScope.Of(tenant), session => session.Query(Select, row => Map(row, tenant), tenant.Value), cancellationToken);
        var engines = new List<Engine>(rows.Count + 1);
        foreach (var (engine, sealedSettings) in rows)
        {
            var settings = await sealer.OpenAsync(tenant, Place(engine.Name), sealedSettings, cancellationToken);
            engines.Add(engine with { Settings = new SettingValues(JsonSerializer.Deserialize<Dictionary<string, string>>(settings)!) });
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
            (session, settings) =>
            {
                if (engine.IsDefault)
                {
                    session.Execute(Demote, engine.Tenant.Value, engine.Name, false);
                }

                session.Execute(
                    Save, engine.Tenant.Value, engine.Name, engine.Type, settings, engine.IsDefault, engine.Order, engine.IsProvisioned, engine.UpdatedAt);
                session.Audit(audit);
                return true;
            },
            cancellationToken);
        changes.Changed(engine.Tenant);
    }

    public async Task<bool> DeleteAsync(TenantId tenant, string name, AuditDraft audit, CancellationToken cancellationToken)
    {
        var wasThere = await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Delete, tenant.Value, name) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);
        changes.Changed(tenant);
        return wasThere;
    }

    private static (Engine Engine, byte[] SealedSettings) Map(SqlRow row, TenantId tenant) => (
        new Engine(
            row.GetString(0), tenant, row.GetString(1), SettingValues.Empty, row.GetBoolean(3), row.GetInt32(4), row.GetBoolean(5), row.Time(6)),
        row.GetBytes(2));

    /// <summary>Where the settings of an engine are sealed.</summary>
    public static string Place(string name) => $"engines/{name}/settings";
}

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

    // In the order in which all lock them.
    private const string Marks = "SELECT name, is_default, updated_at FROM engines WHERE tenant_id = @p0 ORDER BY name";

    // The first two of a tenant may be made at once, also as its default: there is nothing to lock yet.
    private const string Insert =
        "INSERT INTO engines (tenant_id, name, type, sealed_settings, is_default, rank, is_provisioned, updated_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7) ON CONFLICT DO NOTHING";

    private const string Update =
        "UPDATE engines SET type = @p2, sealed_settings = @p3, is_default = @p4, rank = @p5, is_provisioned = @p6, updated_at = @p7 "
        + "WHERE tenant_id = @p0 AND name = @p1";

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

    public async Task<Engine?> SaveAsync(Engine engine, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken)
    {
        var before = read.FirstOrDefault(other => other.Name == engine.Name && !other.IsStandIn);
        var saved = engine with { UpdatedAt = Change.TimeAfter(engine.UpdatedAt, before?.UpdatedAt) };
        var stored = await sealedWrites.ExecuteAsync<Engine?>(
            saved.Tenant,
            Place(saved.Name),
            JsonSerializer.SerializeToUtf8Bytes(saved.Settings.All),
            (session, settings) =>
            {
                if (!IsAsRead(session, saved.Tenant, read))
                {
                    return null;
                }

                if (saved.IsDefault)
                {
                    session.Execute(Demote, saved.Tenant.Value, saved.Name, false);
                }

                var changed = session.Execute(
                    before is null ? Insert : Update, saved.Tenant.Value, saved.Name, saved.Type, settings, saved.IsDefault, saved.Order, saved.IsProvisioned,
                    saved.UpdatedAt);
                if (changed == 0)
                {
                    return null;
                }

                session.Audit(audit);
                return saved;
            },
            cancellationToken);
        changes.Changed(engine.Tenant);
        return stored;
    }

    public async Task<bool> DeleteAsync(
        TenantId tenant, string name, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken)
    {
        var wasThere = await writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (!IsAsRead(session, tenant, read) || session.Execute(Delete, tenant.Value, name) == 0)
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

    // Whoever changes engines holds them all until the commit: what others add or take away shows in the second look, once it is their turn.
    private static bool IsAsRead(WriteSession session, TenantId tenant, IReadOnlyList<Engine> read)
    {
        if (session.IsPostgres)
        {
            session.Query(Marks + " FOR UPDATE", row => row.GetString(0), tenant.Value);
        }

        return EngineMark.AreSame(read, session.Query(Marks, row => new EngineMark(row.GetString(0), row.GetBoolean(1), row.Time(2)), tenant.Value));
    }

    private static (Engine Engine, byte[] SealedSettings) Map(SqlRow row, TenantId tenant) => (
        new Engine(
            row.GetString(0), tenant, row.GetString(1), SettingValues.Empty, row.GetBoolean(3), row.GetInt32(4), row.GetBoolean(5), row.Time(6)),
        row.GetBytes(2));

    /// <summary>Where the settings of an engine are sealed.</summary>
    public static string Place(string name) => $"engines/{name}/settings";
}

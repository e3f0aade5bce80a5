using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Messaging;

/// <inheritdoc cref="IConnectionStore"/>
internal sealed class SqlConnectionStore(IReadPool reads, IWriteQueue writes, ISecretSealer sealer, SealedWrites sealedWrites) : IConnectionStore
{
    private const string Select =
        "SELECT id, tenant_id, channel_type, display_name, access, is_enabled, is_provisioned, sealed_settings, created_at, updated_at FROM connections ";

    private const string All = Select + "ORDER BY id";

    private const string OfTenant = Select + "WHERE tenant_id = @p0 ORDER BY id";

    private const string ById = Select + "WHERE id = @p0";

    private const string Insert =
        "INSERT INTO connections (id, tenant_id, channel_type, display_name, access, is_enabled, is_provisioned, sealed_settings, created_at, updated_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9) ON CONFLICT (id) DO NOTHING";

    // Every change has a time of its own. A name is one tenant's and one channel's for good: for another one it changes nothing.
    private const string Update =
        "UPDATE connections SET display_name = @p4, access = @p5, is_enabled = @p6, is_provisioned = @p7, sealed_settings = @p8, updated_at = @p9 "
        + "WHERE id = @p0 AND tenant_id = @p1 AND channel_type = @p2 AND updated_at = @p3";

    private const string Delete = "DELETE FROM connections WHERE id = @p0 AND tenant_id = @p1";

    private const string ReadCursor = "SELECT cursor FROM connections WHERE id = @p0";

    private const string SaveCursor = "UPDATE connections SET cursor = @p1 WHERE id = @p0";

    public async Task<IReadOnlyList<Connection>> ListAsync(TenantId? tenant, CancellationToken cancellationToken)
    {
        var rows = tenant is { } id
            ? await reads.ReadAsync(TenantScope.Of(id), session => session.Query(OfTenant, Map, id.Value), cancellationToken)
            : await reads.ReadAsync(TenantScope.System, session => session.Query(All, Map), cancellationToken);
        var connections = new List<Connection>(rows.Count);
        foreach (var row in rows)
        {
            connections.Add(await TryOpenAsync(row, cancellationToken));
        }

        return connections;
    }

    public async Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(ById, Map, id.Value), cancellationToken) is { } row
            ? await OpenAsync(row, cancellationToken)
            : null;

    public Task<Connection?> SaveAsync(Connection connection, Connection? read, AuditDraft audit, CancellationToken cancellationToken)
    {
        var saved = connection with { UpdatedAt = Change.TimeAfter(connection.UpdatedAt, read?.UpdatedAt) };
        return sealedWrites.ExecuteAsync<Connection?>(
            saved.Tenant,
            Place(saved.Id.Value),
            JsonSerializer.SerializeToUtf8Bytes(saved.Settings.All),
            // Names are the installation's: another tenant may have this one.
            (session, settings) => session.Within<Connection?>(TenantScope.System, all =>
            {
                var changed = read is null
                    ? all.Execute(
                        Insert, saved.Id.Value, saved.Tenant.Value, saved.ChannelType, saved.DisplayName, saved.Access, saved.IsEnabled, saved.IsProvisioned,
                        settings, saved.CreatedAt, saved.UpdatedAt)
                    : all.Execute(
                        Update, saved.Id.Value, saved.Tenant.Value, saved.ChannelType, read.UpdatedAt, saved.DisplayName, saved.Access, saved.IsEnabled,
                        saved.IsProvisioned, settings, saved.UpdatedAt);
                if (changed == 0)
                {
                    return null;
                }

                all.Audit(audit);
                all.Publish(new LiveEvent.ConnectionChanged(saved.Tenant, saved.Id));
                return saved;
            }),
            cancellationToken);
    }

    public Task<bool> DeleteAsync(TenantId tenant, ConnectionId id, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Delete, id.Value, tenant.Value) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                session.Publish(new LiveEvent.ConnectionChanged(tenant, id));
                return true;
            },
            cancellationToken);

    public async Task<string?> ReadCursorAsync(ConnectionId id, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(ReadCursor, row => row.TextOrNull(0), id.Value), cancellationToken);

    public Task SaveCursorAsync(ConnectionId id, string cursor, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.System, session => session.Execute(SaveCursor, id.Value, cursor), cancellationToken);

    private static Stored Map(SqlRow row) => new(
        new Connection(
            new ConnectionId(row.GetString(0)), new TenantId(row.GetString(1)), row.GetString(2), row.GetString(3), row.Enum<AccessPolicy>(4),
            row.GetBoolean(5), row.GetBoolean(6), SettingValues.Empty, row.Time(8), row.Time(9)),
        row.GetBytes(7));

    private async Task<Connection> TryOpenAsync(Stored stored, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(stored, cancellationToken);
        }
        catch (Exception error) when (error is SealBrokenException or JsonException)
        {
            return stored.Connection with { Fault = Phrase.OfFault(error) };
        }
    }

    private async Task<Connection> OpenAsync(Stored stored, CancellationToken cancellationToken)
    {
        var connection = stored.Connection;
        var settings = await sealer.OpenAsync(connection.Tenant, Place(connection.Id.Value), stored.Settings, cancellationToken);
        return connection with { Settings = new SettingValues(JsonSerializer.Deserialize<Dictionary<string, string>>(settings)!) };
    }

    /// <summary>Where the settings of a connection are sealed.</summary>
    public static string Place(string id) => $"connections/{id}/settings";

    /// <param name="Connection">Without its settings.</param>
    /// <param name="Settings">Sealed.</param>
    private sealed record Stored(Connection Connection, byte[] Settings);
}

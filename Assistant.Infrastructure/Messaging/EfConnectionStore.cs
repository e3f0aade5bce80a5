using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Messaging;

/// <inheritdoc cref="IConnectionStore"/>
internal sealed class EfConnectionStore(IDatabase database, IWriteQueue writes, ISecretSealer sealer, SealedWrites sealedWrites) : IConnectionStore
{
    private const string SaveCursor = "UPDATE connections SET cursor = @p1 WHERE id = @p0";

    public async Task<IReadOnlyList<Connection>> ListAsync(TenantId? tenant, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(tenant is { } id ? TenantScope.Of(id) : TenantScope.System);
        var rows = await context.Set<StoredConnection>().AsNoTracking().OrderBy(c => c.Id).ToListAsync(cancellationToken);
        var connections = new List<Connection>(rows.Count);
        foreach (var row in rows)
        {
            connections.Add(await MapAsync(row, cancellationToken));
        }

        return connections;
    }

    public async Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        var row = await context.Set<StoredConnection>().AsNoTracking().FirstOrDefaultAsync(c => c.Id == id.Value, cancellationToken);
        return row is null ? null : await MapAsync(row, cancellationToken);
    }

    public async Task SaveAsync(Connection connection, AuditDraft audit, CancellationToken cancellationToken)
    {
        await sealedWrites.ExecuteAsync(
            connection.Tenant,
            Place(connection.Id.Value),
            JsonSerializer.SerializeToUtf8Bytes(connection.Settings.All),
            (session, settings) => session.WithContext(TenantScope.System, context =>
            {
                var row = context.Set<StoredConnection>().FirstOrDefault(c => c.Id == connection.Id.Value);
                if (row is not null && (row.TenantId != connection.Tenant.Value || row.ChannelType != connection.ChannelType))
                {
                    throw new NameTakenException(connection.Id.Value);
                }

                if (row is null)
                {
                    row = new StoredConnection
                    {
                        Id = connection.Id.Value, TenantId = connection.Tenant.Value, ChannelType = connection.ChannelType, DisplayName = connection.DisplayName,
                        SealedSettings = settings, CreatedAt = connection.CreatedAt,
                    };
                    context.Add(row);
                }

                row.DisplayName = connection.DisplayName;
                row.Access = connection.Access;
                row.IsEnabled = connection.IsEnabled;
                row.IsProvisioned = connection.IsProvisioned;
                row.SealedSettings = settings;
                row.UpdatedAt = connection.UpdatedAt;
                session.Audit(audit);
                session.Publish(new LiveEvent.ConnectionChanged(connection.Tenant, connection.Id));
                return true;
            }),
            cancellationToken);
    }

    public Task<bool> DeleteAsync(TenantId tenant, ConnectionId id, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session => session.WithContext(TenantScope.Of(tenant), context =>
            {
                if (context.Set<StoredConnection>().FirstOrDefault(c => c.Id == id.Value) is not { } row)
                {
                    return false;
                }

                context.Remove(row);
                session.Audit(audit);
                session.Publish(new LiveEvent.ConnectionChanged(tenant, id));
                return true;
            }),
            cancellationToken);

    public async Task<string?> ReadCursorAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        return await context.Set<StoredConnection>().Where(c => c.Id == id.Value).Select(c => c.Cursor).FirstOrDefaultAsync(cancellationToken);
    }

    public Task SaveCursorAsync(ConnectionId id, string cursor, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.System, session => session.Execute(SaveCursor, id.Value, cursor), cancellationToken);

    private async Task<Connection> MapAsync(StoredConnection row, CancellationToken cancellationToken)
    {
        var tenant = new TenantId(row.TenantId);
        var id = new ConnectionId(row.Id);
        var settings = await sealer.OpenAsync(tenant, Place(row.Id), row.SealedSettings, cancellationToken);
        return new Connection(
            id, tenant, row.ChannelType, row.DisplayName, row.Access, row.IsEnabled, row.IsProvisioned,
            new SettingValues(JsonSerializer.Deserialize<Dictionary<string, string>>(settings)!), row.CreatedAt, row.UpdatedAt);
    }

    /// <summary>Where the settings of a connection are sealed.</summary>
    public static string Place(string id) => $"connections/{id}/settings";
}

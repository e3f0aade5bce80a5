using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;

namespace Assistant.Testing.InMemory;

/// <summary>Connections and cursors in memory.</summary>
public sealed class InMemoryConnections(InMemoryAuditLog log) : IConnectionStore
{
    private readonly Dictionary<ConnectionId, Connection> _connections = [];
    private readonly Dictionary<ConnectionId, string> _cursors = [];

    /// <summary>Puts a connection there without anybody having done so.</summary>
    public void Put(Connection connection) => _connections[connection.Id] = connection;

    public Task<IReadOnlyList<Connection>> ListAsync(TenantId? tenant, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Connection>>(
            [.. _connections.Values.Where(connection => tenant is null || connection.Tenant == tenant).OrderBy(connection => connection.Id.Value, StringComparer.Ordinal)]);

    public Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken) => Task.FromResult(_connections.GetValueOrDefault(id));

    public Task<Connection?> SaveAsync(Connection connection, Connection? read, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (Readings.Replace(connection, read, _connections.GetValueOrDefault(connection.Id)) is not { } saved)
        {
            return Task.FromResult<Connection?>(null);
        }

        _connections[connection.Id] = saved;
        log.Append(audit);
        return Task.FromResult<Connection?>(saved);
    }

    public Task<bool> DeleteAsync(TenantId tenant, ConnectionId id, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (!_connections.TryGetValue(id, out var connection) || connection.Tenant != tenant)
        {
            return Task.FromResult(false);
        }

        _connections.Remove(id);
        log.Append(audit);
        return Task.FromResult(true);
    }

    public Task<string?> ReadCursorAsync(ConnectionId id, CancellationToken cancellationToken) => Task.FromResult(_cursors.GetValueOrDefault(id));

    public Task SaveCursorAsync(ConnectionId id, string cursor, CancellationToken cancellationToken)
    {
        _cursors[id] = cursor;
        return Task.CompletedTask;
    }
}

/// <summary>A catalog of channels that only describe themselves.</summary>
public sealed class DescribedChannels(params ChannelManifest[] manifests) : IChannelCatalog
{
    public IReadOnlyList<IChannel> All { get; } = [.. manifests.Select(manifest => new Described(manifest))];

    public IChannel? Find(string type) => All.FirstOrDefault(channel => channel.Manifest.Type == type);

    private sealed class Described(ChannelManifest manifest) : IChannel
    {
        public ChannelManifest Manifest => manifest;

        public IChannelSession Open(Connection connection) => throw new NotSupportedException("This channel only describes itself.");

        public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) =>
            Task.FromResult(new ConnectionTest([], TimeSpan.Zero));
    }
}

using System.Collections.Concurrent;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Identity keys of web chats in memory.</summary>
public sealed class InMemoryChatIdentityStore(InMemoryAuditLog log) : IChatIdentityStore
{
    private readonly ConcurrentDictionary<(TenantId, ConnectionId), byte[]> _keys = [];

    public Task<byte[]?> FindAsync(Connection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Task.FromResult(_keys.GetValueOrDefault((connection.Tenant, connection.Id)));
    }

    public Task<byte[]> AddAsync(Connection connection, ReadOnlyMemory<byte> privateKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Task.FromResult(_keys.GetOrAdd((connection.Tenant, connection.Id), privateKey.ToArray()));
    }

    public Task<bool> ReplaceAsync(Connection connection, ReadOnlyMemory<byte> privateKey, AuditDraft audit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var place = (connection.Tenant, connection.Id);
        if (!_keys.TryGetValue(place, out var before) || !_keys.TryUpdate(place, privateKey.ToArray(), before))
        {
            return Task.FromResult(false);
        }

        log.Append(audit);
        return Task.FromResult(true);
    }
}

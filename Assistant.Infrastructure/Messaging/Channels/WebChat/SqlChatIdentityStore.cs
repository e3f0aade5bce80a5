using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Messaging.Channels.WebChat;

/// <inheritdoc cref="IChatIdentityStore"/>
internal sealed class SqlChatIdentityStore(IReadPool reads, SealedWrites writes, ISecretSealer sealer, TimeProvider time) : IChatIdentityStore
{
    private const string Select = "SELECT sealed_private_key FROM chat_identities WHERE tenant_id = @p0 AND connection_id = @p1";

    private const string Insert =
        "INSERT INTO chat_identities (connection_id, tenant_id, sealed_private_key, created_at) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT DO NOTHING";

    private const string Update =
        "UPDATE chat_identities SET sealed_private_key = @p2, created_at = @p3 WHERE tenant_id = @p1 AND connection_id = @p0";

    public async Task<byte[]?> FindAsync(Connection connection, CancellationToken cancellationToken)
    {
        var found = await reads.ReadAsync(
            TenantScope.Of(connection.Tenant),
            session => session.QueryFirst(Select, row => row.GetBytes(0), connection.Tenant.Value, connection.Id.Value), cancellationToken);
        return found is null ? null : await OpenAsync(connection, found, cancellationToken);
    }

    public async Task<byte[]> AddAsync(Connection connection, ReadOnlyMemory<byte> privateKey, CancellationToken cancellationToken)
    {
        var kept = await writes.ExecuteAsync(
            connection.Tenant,
            Place(connection.Id.Value),
            privateKey,
            (session, made) =>
            {
                session.Execute(Insert, connection.Id.Value, connection.Tenant.Value, made, time.GetUtcNow());
                return session.QueryFirst(Select, row => row.GetBytes(0), connection.Tenant.Value, connection.Id.Value);
            },
            cancellationToken);
        return await OpenAsync(connection, kept!, cancellationToken);
    }

    public Task<bool> ReplaceAsync(Connection connection, ReadOnlyMemory<byte> privateKey, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            connection.Tenant,
            Place(connection.Id.Value),
            privateKey,
            (session, made) =>
            {
                if (session.Execute(Update, connection.Id.Value, connection.Tenant.Value, made, time.GetUtcNow()) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);

    private Task<byte[]> OpenAsync(Connection connection, byte[] sealedKey, CancellationToken cancellationToken)
        => sealer.OpenAsync(connection.Tenant, Place(connection.Id.Value), sealedKey, cancellationToken);

    /// <summary>Where the key of a connection is sealed.</summary>
    internal static string Place(string connection) => $"chat_identities/{connection}/private_key";
}

using Assistant.Domain.Audit;

namespace Assistant.Domain.Messaging.WebChat;

/// <summary>Keeps the private identity key of each web chat, sealed. Goes with its connection. Safe for concurrent use.</summary>
public interface IChatIdentityStore
{
    /// <summary>The private key of the connection, or <see langword="null"/> when it has none yet.</summary>
    /// <exception cref="Security.SealBrokenException">The stored key does not open.</exception>
    Task<byte[]?> FindAsync(Connection connection, CancellationToken cancellationToken);

    /// <summary>Gives the connection a key unless it has one.</summary>
    /// <returns>The key it has now: of several at once, all are given the one that was stored.</returns>
    Task<byte[]> AddAsync(Connection connection, ReadOnlyMemory<byte> privateKey, CancellationToken cancellationToken);

    /// <summary>Gives the connection another key than the one it has, and writes the event, in one transaction.</summary>
    /// <returns><see langword="false"/> when it has none; then nothing is written.</returns>
    Task<bool> ReplaceAsync(Connection connection, ReadOnlyMemory<byte> privateKey, AuditDraft audit, CancellationToken cancellationToken);
}

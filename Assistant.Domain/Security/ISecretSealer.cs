using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>Envelope encryption: a data key per tenant, wrapped by the installation's master key. Safe for concurrent use.</summary>
/// <remarks>What it returns names the version of the data key, which rotation replaces: see <see cref="Keys.IKeyRotation"/>.</remarks>
public interface ISecretSealer
{
    /// <summary>Encrypts for one place; opened elsewhere it fails.</summary>
    /// <param name="place">Table, row and column, e.g. <c>connections/tg/settings</c>: authenticated, not stored.</param>
    Task<byte[]> SealAsync(TenantId tenant, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken);

    /// <exception cref="SealBrokenException">Wrong key, wrong place or altered bytes.</exception>
    Task<byte[]> OpenAsync(TenantId tenant, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken);
}

/// <summary>Sealed bytes do not open: altered, moved, or the master key is another one.</summary>
public sealed class SealBrokenException(string place)
    : InvalidOperationException($"The secret at '{place}' does not open. Is the master key the one this data was made with?");

// The master key wraps data keys, of which each tenant has one and during a rotation two; the newest seals the tenant's secrets, all
// open. Losing a database without the master key discloses nothing; changing the master key means wrapping a few data keys again, not
// every secret.
//
// Sealed bytes:  format 1 | number of the data key, 4 bytes big-endian | nonce 12 | tag 16 | ciphertext
// Authenticated: "seal", tenant and place, joined by U+0000, which none of them contains.
// So a secret copied to another row, column or tenant does not open there. The nonce is random: 96 bits allow 2^32 secrets under
// one data key before a repetition becomes likely (NIST SP 800-38D, section 8.3); an installation seals some thousands.
//
// Another process may rotate at any moment. The number that seals is remembered all the same: what is sealed under an older one is
// refused where it is written (SealedWrites), which corrects the memory.
using System.Collections.Concurrent;
using System.Text;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <inheritdoc cref="ISecretSealer"/>
internal sealed class EnvelopeSealer(DataKeys keys) : ISecretSealer
{
    private readonly ConcurrentDictionary<(TenantId Tenant, int Number), byte[]> _opened = new();
    private readonly ConcurrentDictionary<TenantId, int> _current = new();

    public async Task<byte[]> SealAsync(TenantId tenant, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        var number = await CurrentAsync(tenant, cancellationToken);
        var key = await OpenKeyAsync(tenant, number, cancellationToken) ?? throw new SealBrokenException(place);
        return Seal(key, number, tenant, place, plaintext.Span);
    }

    public async Task<byte[]> OpenAsync(TenantId tenant, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken)
        => SealedHeader.NumberIn(sealedBytes.Span, SealedHeader.ByTenant) is { } number
            && await OpenKeyAsync(tenant, number, cancellationToken) is { } key
            ? Open(key, tenant, place, sealedBytes.Span)
            : throw new SealBrokenException(place);

    /// <summary>Opens a value read in this session, and reads the data key in it where it is not known yet.</summary>
    /// <exception cref="SealBrokenException">Wrong key, wrong place or altered bytes.</exception>
    public byte[] Open(SqlSession session, TenantId tenant, string place, byte[] sealedBytes)
        => SealedHeader.NumberIn(sealedBytes, SealedHeader.ByTenant) is { } number
            && FindKey(session, tenant, number) is { } key
            ? Open(key, tenant, place, sealedBytes)
            : throw new SealBrokenException(place);

    /// <summary>Seals inside the unit that stores the value, holding the newest version until its commit, as <see cref="SealedWrites"/> does.</summary>
    /// <exception cref="DataKeyMissingException"><see cref="PrepareAsync"/> has not run for the tenant, and nothing was sealed for it yet.</exception>
    public byte[] Seal(WriteSession session, TenantId tenant, string place, ReadOnlySpan<byte> plaintext)
    {
        var number = DataKeys.LockNewest(session, tenant) ?? throw new DataKeyMissingException(tenant);
        var key = FindKey(session, tenant, number) ?? throw new SealBrokenException(place);
        return Seal(key, number, tenant, place, plaintext);
    }

    /// <summary>Seals with a data key that is at hand.</summary>
    public static byte[] Seal(byte[] key, int number, TenantId tenant, string place, ReadOnlySpan<byte> plaintext)
    {
        var sealedBytes = new byte[SealedHeader.Size + SealedBox.Overhead + plaintext.Length];
        SealedHeader.Write(sealedBytes, SealedHeader.ByTenant, number);
        SealedBox.Close(key, plaintext, sealedBytes.AsSpan(SealedHeader.Size), Binding(tenant, place));
        return sealedBytes;
    }

    /// <summary>Opens with the data key whose number the value names.</summary>
    /// <exception cref="SealBrokenException">Wrong key, wrong place or altered bytes.</exception>
    public static byte[] Open(byte[] key, TenantId tenant, string place, ReadOnlySpan<byte> sealedBytes)
        => SealedBox.Open(key, sealedBytes[SealedHeader.Size..], Binding(tenant, place)) ?? throw new SealBrokenException(place);

    /// <summary>Makes sure that the tenant has a data key; nothing happens for one that does not exist.</summary>
    public async ValueTask PrepareAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (!_current.ContainsKey(tenant) && await keys.IsTenantKnownAsync(tenant, cancellationToken))
        {
            await CurrentAsync(tenant, cancellationToken);
        }
    }

    /// <summary>Another number seals by now; <see langword="null"/> when it is to be looked up.</summary>
    public void Remember(TenantId tenant, int? current)
    {
        if (current is { } number)
        {
            _current[tenant] = number;
        }
        else
        {
            _current.TryRemove(tenant, out _);
        }
    }

    private async Task<int> CurrentAsync(TenantId tenant, CancellationToken cancellationToken)
        => _current.TryGetValue(tenant, out var known)
            ? known
            : _current.GetOrAdd(tenant, await keys.FindNewestAsync(tenant, cancellationToken) ?? await keys.AddFirstAsync(tenant, cancellationToken));

    private async Task<byte[]?> OpenKeyAsync(TenantId tenant, int number, CancellationToken cancellationToken)
        => _opened.TryGetValue((tenant, number), out var known) ? known
            : await keys.FindAsync(tenant, number, cancellationToken) is { } key ? _opened.GetOrAdd((tenant, number), key)
            : null;

    private byte[]? FindKey(SqlSession session, TenantId tenant, int number)
        => _opened.TryGetValue((tenant, number), out var known) ? known
            : keys.Find(session, tenant, number) is { } key ? _opened.GetOrAdd((tenant, number), key)
            : null;

    private static byte[] Binding(TenantId tenant, string place) => Encoding.UTF8.GetBytes($"seal\0{tenant.Value}\0{place}");
}

/// <summary>Nothing of the tenant was sealed yet, so that there is no key to seal with.</summary>
internal sealed class DataKeyMissingException(TenantId tenant) : InvalidOperationException($"The tenant '{tenant}' has no data key yet.");

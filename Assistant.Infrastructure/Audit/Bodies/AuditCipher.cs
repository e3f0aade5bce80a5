// Sealed bytes:  format 3 | 1, 4 bytes big-endian | nonce 12 | tag 16 | ciphertext
// Authenticated: "seal audit", tenant, table and sequence number, joined by U+0000.
//
// A log grows without end, and a key of AES-GCM with random nonces is good for 2^32 values (NIST SP 800-38D, section 8.3). So the tenant's
// audit key seals nothing itself: each million of sequence numbers has a key derived from it.
using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Audit.Bodies;

/// <summary>Seals and opens the bodies of one tenant's events; disposing wipes what it derived. For one thread at a time.</summary>
internal sealed class AuditCipher : IDisposable
{
    /// <summary>Sequence numbers under one derived key, as a power of two.</summary>
    public const int BlockBits = 20;

    // A tenant has one audit key: its number has room for more and is checked.
    private const int Number = 1;

    private const int MaxDigits = 20;

    private readonly byte[] _key;
    private readonly byte[] _binding;
    private AesGcm? _aes;
    private long _block = -1;

    /// <param name="key">The tenant's audit key; stays the caller's.</param>
    public AuditCipher(TenantId tenant, byte[] key)
        => (_key, _binding) = (key, Encoding.UTF8.GetBytes($"seal audit\0{tenant.Value}\0audit_events\0"));

    public byte[] Seal(long seq, AuditBody body)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(body.MaxSize);
        try
        {
            var plain = buffer.AsSpan(0, body.Write(buffer));
            var sealedBytes = new byte[SealedHeader.Size + SealedBox.Overhead + plain.Length];
            SealedHeader.Write(sealedBytes, SealedHeader.ByAudit, Number);
            SealedBox.Close(CipherOf(seq), plain, sealedBytes.AsSpan(SealedHeader.Size), Bind(seq, stackalloc byte[_binding.Length + MaxDigits]));
            return sealedBytes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <exception cref="SealBrokenException">Another event's, another tenant's, or altered bytes.</exception>
    public AuditBody Open(long seq, ReadOnlySpan<byte> sealedBytes)
        => SealedHeader.NumberIn(sealedBytes, SealedHeader.ByAudit) is Number
            && SealedBox.Open(CipherOf(seq), sealedBytes[SealedHeader.Size..], Bind(seq, stackalloc byte[_binding.Length + MaxDigits])) is { } plain
            ? AuditBody.Read(plain)
            : throw new SealBrokenException(string.Create(CultureInfo.InvariantCulture, $"audit_events/{seq}/body"));

    public void Dispose() => _aes?.Dispose();

    private AesGcm CipherOf(long seq)
    {
        var block = seq >> BlockBits;
        if (_aes is null || block != _block)
        {
            _aes?.Dispose();
            var derived = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"audit bodies\0{block}")));
            _aes = SealedBox.CipherOf(derived);
            CryptographicOperations.ZeroMemory(derived);
            _block = block;
        }

        return _aes;
    }

    private ReadOnlySpan<byte> Bind(long seq, Span<byte> buffer)
    {
        _binding.CopyTo(buffer);
        seq.TryFormat(buffer[_binding.Length..], out var digits, provider: CultureInfo.InvariantCulture);
        return buffer[..(_binding.Length + digits)];
    }
}

// Sealed bytes:  format 2 | 1, 4 bytes big-endian | nonce 12 | tag 16 | ciphertext
// Authenticated: "seal person", tenant, person and place, joined by U+0000.
//
// The key of the person's lists in the search index is derived from it: destroyed, it takes along what guesses at their words could be
// compared with.
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Memory.Search;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>A person's opened key; disposing wipes it. For one thread at a time.</summary>
internal sealed class PersonKey : IDisposable
{
    // A person has one key for good: its number has room for more and is checked.
    private const int Number = 1;

    private const int BindingSize = 256;

    private readonly AesGcm? _aes;
    private readonly TenantId _tenant;
    private readonly byte[]? _key;
    private readonly byte[] _binding;
    private byte[]? _searchSecret;

    /// <param name="key">Wiped with this; <see langword="null"/> when it was destroyed.</param>
    public PersonKey(TenantId tenant, PersonId person, byte[]? key)
    {
        (_tenant, Person, _key, _aes) = (tenant, person, key, key is null ? null : SealedBox.CipherOf(key));
        _binding = Encoding.UTF8.GetBytes($"seal person\0{tenant.Value}\0{person}\0");
    }

    public PersonId Person { get; }

    public bool IsDestroyed => _aes is null;

    /// <exception cref="PersonKeyDestroyedException">There is nothing left to seal with.</exception>
    public byte[] Seal(string place, ReadOnlySpan<byte> plaintext)
    {
        var sealedBytes = new byte[SealedHeader.Size + SealedBox.Overhead + plaintext.Length];
        SealedHeader.Write(sealedBytes, SealedHeader.ByPerson, Number);
        SealedBox.Close(_aes ?? throw new PersonKeyDestroyedException(Person), plaintext, sealedBytes.AsSpan(SealedHeader.Size), Bind(place, stackalloc byte[BindingSize]));
        return sealedBytes;
    }

    /// <returns><see langword="null"/> when the key was destroyed.</returns>
    /// <exception cref="SealBrokenException">Wrong person, wrong place or altered bytes.</exception>
    public byte[]? Open(string place, ReadOnlySpan<byte> sealedBytes)
    {
        if (_aes is null)
        {
            return null;
        }

        return SealedHeader.NumberIn(sealedBytes, SealedHeader.ByPerson) is Number
            ? SealedBox.Open(_aes, sealedBytes[SealedHeader.Size..], Bind(place, stackalloc byte[BindingSize])) ?? throw new SealBrokenException(place)
            : throw new SealBrokenException(place);
    }

    /// <summary>What the terms of this person's lists are hashed with; <see langword="null"/> when the key was destroyed.</summary>
    public SearchKey? DeriveSearchKey()
    {
        if (_key is null)
        {
            return null;
        }

        _searchSecret ??= HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"search\0{_tenant.Value}\0{Person}"));
        return new SearchKey(Person.Value, _searchSecret);
    }

    public void Dispose()
    {
        _aes?.Dispose();
        CryptographicOperations.ZeroMemory(_key);
        CryptographicOperations.ZeroMemory(_searchSecret);
    }

    /// <param name="buffer">Used when the place fits, which it nearly always does.</param>
    private ReadOnlySpan<byte> Bind(string place, Span<byte> buffer)
    {
        var length = _binding.Length + Encoding.UTF8.GetByteCount(place);
        buffer = length <= buffer.Length ? buffer[..length] : new byte[length];
        _binding.CopyTo(buffer);
        Encoding.UTF8.GetBytes(place, buffer[_binding.Length..]);
        return buffer;
    }
}

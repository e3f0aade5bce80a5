using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Persons' keys in memory.</summary>
public sealed class InMemoryPersonSealer(InMemoryAuditLog log) : IPersonSealer
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly Lock _lock = new();

    // Null once it was destroyed.
    private readonly Dictionary<(TenantId, PersonId), byte[]?> _keys = [];

    public Task<byte[]> SealAsync(TenantId tenant, PersonId person, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        var box = new byte[NonceSize + TagSize + plaintext.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(FindOrMake(tenant, person) ?? throw new PersonKeyDestroyedException(person), TagSize);
        aes.Encrypt(
            box.AsSpan(0, NonceSize), plaintext.Span, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), Binding(tenant, person, place));
        return Task.FromResult(box);
    }

    public Task<byte[]?> OpenAsync(TenantId tenant, PersonId person, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken)
    {
        if (sealedBytes.Length < NonceSize + TagSize)
        {
            throw new SealBrokenException(place);
        }

        if (FindOrMake(tenant, person) is not { } key)
        {
            return Task.FromResult<byte[]?>(null);
        }

        var box = sealedBytes.Span;
        var plaintext = new byte[sealedBytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        try
        {
            aes.Decrypt(
                box[..NonceSize], box[(NonceSize + TagSize)..], box[NonceSize..(NonceSize + TagSize)], plaintext, Binding(tenant, person, place));
            return Task.FromResult<byte[]?>(plaintext);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new SealBrokenException(place);
        }
    }

    public Task<bool> DestroyPersonKeyAsync(TenantId tenant, PersonId person, AuditDraft audit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_keys.TryGetValue((tenant, person), out var key) && key is null)
            {
                return Task.FromResult(false);
            }

            _keys[(tenant, person)] = null;
            log.Append(audit);
            return Task.FromResult(true);
        }
    }

    private byte[]? FindOrMake(TenantId tenant, PersonId person)
    {
        lock (_lock)
        {
            if (!_keys.TryGetValue((tenant, person), out var key))
            {
                _keys.Add((tenant, person), key = RandomNumberGenerator.GetBytes(32));
            }

            return key;
        }
    }

    private static byte[] Binding(TenantId tenant, PersonId person, string place) => Encoding.UTF8.GetBytes($"{tenant}\0{person}\0{place}");
}

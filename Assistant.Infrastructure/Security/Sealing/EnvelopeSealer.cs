// Two layers: the master key wraps one data key per tenant, the data key seals the tenant's secrets. Losing a database without
// the master key file discloses nothing; changing the master key means wrapping a few data keys again, not every secret.
//
// Sealed bytes:  version 1 | key number, 4 bytes big-endian | nonce 12 | tag 16 | ciphertext
// Authenticated: "seal" or "wrap", tenant, and the place or key number, joined by U+0000, which none of them contains.
// So a secret copied to another row, column or tenant does not open there. The nonce is random: 96 bits allow 2^32 secrets under
// one data key before a repetition becomes likely (NIST SP 800-38D, section 8.3); an installation seals some thousands.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <inheritdoc cref="ISecretSealer"/>
internal sealed class EnvelopeSealer(MasterKey masterKey, IDataKeyStore keys) : ISecretSealer
{
    private const byte FormatVersion = 1;
    private const int HeaderSize = 1 + sizeof(int);

    private readonly ConcurrentDictionary<(TenantId Tenant, int Number), byte[]> _opened = new();
    private readonly ConcurrentDictionary<TenantId, int> _current = new();

    public async Task<byte[]> SealAsync(TenantId tenant, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        var number = await CurrentAsync(tenant, cancellationToken);
        var key = await OpenKeyAsync(tenant, number, place, cancellationToken);
        var sealedBytes = new byte[HeaderSize + SealedBox.Overhead + plaintext.Length];
        sealedBytes[0] = FormatVersion;
        BinaryPrimitives.WriteInt32BigEndian(sealedBytes.AsSpan(1), number);
        SealedBox.Close(key, plaintext.Span, sealedBytes.AsSpan(HeaderSize), Binding("seal", tenant, place));
        return sealedBytes;
    }

    public async Task<byte[]> OpenAsync(TenantId tenant, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken)
    {
        if (sealedBytes.Length < HeaderSize + SealedBox.Overhead || sealedBytes.Span[0] != FormatVersion)
        {
            throw new SealBrokenException(place);
        }

        var key = await OpenKeyAsync(tenant, BinaryPrimitives.ReadInt32BigEndian(sealedBytes.Span[1..]), place, cancellationToken);
        return SealedBox.Open(key, sealedBytes.Span[HeaderSize..], Binding("seal", tenant, place)) ?? throw new SealBrokenException(place);
    }

    /// <summary>At start, before anything is changed: makes sure there is a master key only we can read.</summary>
    /// <exception cref="MasterKeyException">There is none that can be used.</exception>
    public void RequireMasterKey() => masterKey.Require();

    /// <summary>At start: makes sure the master key is the one this data was made with, before anything fails half-way.</summary>
    /// <exception cref="MasterKeyException">It is another one.</exception>
    public async Task RequireMasterKeyAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await keys.FindNewestAsync(tenant, cancellationToken) is { } number
            && await keys.FindAsync(tenant, number, cancellationToken) is { } wrapped
            && masterKey.Unwrap(wrapped, WrapBinding(tenant, number)) is null)
        {
            throw new MasterKeyException(
                $"The master key file {masterKey.Path} is not the one this data was made with. Put the right file there from its backup, "
                + "or name it with ASSISTANT_MASTER_KEY_FILE.");
        }
    }

    private async Task<int> CurrentAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (_current.TryGetValue(tenant, out var known))
        {
            return known;
        }

        var number = await keys.FindNewestAsync(tenant, cancellationToken);
        if (number is null)
        {
            var fresh = RandomNumberGenerator.GetBytes(MasterKeyFile.KeySize);
            var wrapped = masterKey.Wrap(fresh, WrapBinding(tenant, 1));
            CryptographicOperations.ZeroMemory(fresh);
            await keys.AddFirstAsync(tenant, wrapped, cancellationToken);
            number = 1;
        }

        return _current.GetOrAdd(tenant, number.Value);
    }

    private async Task<byte[]> OpenKeyAsync(TenantId tenant, int number, string place, CancellationToken cancellationToken)
    {
        if (_opened.TryGetValue((tenant, number), out var key))
        {
            return key;
        }

        var wrapped = await keys.FindAsync(tenant, number, cancellationToken) ?? throw new SealBrokenException(place);
        key = masterKey.Unwrap(wrapped, WrapBinding(tenant, number)) ?? throw new SealBrokenException(place);
        return _opened.GetOrAdd((tenant, number), key);
    }

    private static byte[] Binding(string use, TenantId tenant, string place) => Encoding.UTF8.GetBytes($"{use}\0{tenant.Value}\0{place}");

    private static byte[] WrapBinding(TenantId tenant, int number)
        => Binding("wrap", tenant, number.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Where wrapped data keys are kept. Safe for concurrent use.</summary>
internal interface IDataKeyStore
{
    /// <summary>The number that seals, or <see langword="null"/> before the tenant's first secret.</summary>
    Task<int?> FindNewestAsync(TenantId tenant, CancellationToken cancellationToken);

    Task<byte[]?> FindAsync(TenantId tenant, int number, CancellationToken cancellationToken);

    /// <summary>Stores key 1 unless another process was faster; its key then stays.</summary>
    Task AddFirstAsync(TenantId tenant, byte[] wrapped, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IDataKeyStore"/>
internal sealed class SqlDataKeyStore(IReadPool reads, IWriteQueue writes, TimeProvider clock) : IDataKeyStore
{
    private const string Newest = "SELECT number FROM data_keys WHERE tenant_id = @p0 ORDER BY number DESC LIMIT 1";
    private const string One = "SELECT wrapped FROM data_keys WHERE tenant_id = @p0 AND number = @p1";
    private const string Insert = "INSERT INTO data_keys (tenant_id, number, wrapped, created_at) VALUES (@p0, 1, @p1, @p2) ON CONFLICT DO NOTHING";

    public async Task<int?> FindNewestAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(session => session.QueryFirst<int?>(Newest, row => row.GetInt32(0), tenant.Value), cancellationToken);

    public async Task<byte[]?> FindAsync(TenantId tenant, int number, CancellationToken cancellationToken)
        => await reads.ReadAsync(session => session.QueryFirst(One, row => row.GetBytes(0), tenant.Value, number), cancellationToken);

    public Task AddFirstAsync(TenantId tenant, byte[] wrapped, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return writes.ExecuteAsync(session => session.Execute(Insert, tenant.Value, wrapped, now), cancellationToken);
    }
}

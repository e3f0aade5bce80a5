// The key lies wrapped in the row of the chain's head, which every writing transaction reads and locks anyway: sealing costs no statement
// of its own, and a rotation that wraps the key again waits for whoever is writing with it.
//
// Every event is sealed, also the one by which a tenant begins, so the key and the data key above it are made in the unit that writes the
// tenant's first event. What was unwrapped is kept beside the bytes it came from and answers to these alone, as persons' keys do (ADR 125).
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Audit.Bodies;

/// <summary>The tenants' audit keys. Needs nothing of the write queue, which needs it. Safe for concurrent use.</summary>
internal sealed class AuditKeys(MasterKey master, TimeProvider clock)
{
    /// <summary>Where a tenant's key is sealed.</summary>
    public const string Place = "audit_heads/sealed_key";

    // A rotation may replace the data key between the two reads that opening takes; it is begun anew then.
    private const int Attempts = 3;

    private const string Read = "SELECT sealed_key FROM audit_heads WHERE tenant_id = @p0 AND sealed_key IS NOT NULL";

    private const string Give =
        "INSERT INTO audit_heads (tenant_id, seq, hash, sealed_key) VALUES (@p0, 0, @p1, @p2) "
        + "ON CONFLICT (tenant_id) DO UPDATE SET sealed_key = excluded.sealed_key WHERE audit_heads.sealed_key IS NULL";

    private readonly ConcurrentDictionary<TenantId, Opened> _opened = new();

    /// <summary>Gives the tenant's chain a key, and a head when it has none, unless another process was faster.</summary>
    /// <remarks>Never under a lock of the head: making a key may wait for a rotation, which writes an event at its end.</remarks>
    public void Make(WriteSession session, TenantId tenant)
    {
        var number = DataKeys.LockNewest(session, tenant) ?? DataKeys.AddFirst(session, tenant, master, clock.GetUtcNow());
        var fresh = RandomNumberGenerator.GetBytes(MasterKey.Size);
        session.Execute(
            Give, tenant.Value, AuditChain.Genesis(tenant),
            EnvelopeSealer.Seal(DataKey(session, tenant, number) ?? throw new SealBrokenException(Place), number, tenant, Place, fresh));
        CryptographicOperations.ZeroMemory(fresh);
    }

    /// <summary>A cipher for the bodies of the tenant's events. The caller disposes it.</summary>
    /// <param name="wrapped">The key as it was read in this session.</param>
    public AuditCipher Open(SqlSession session, TenantId tenant, byte[] wrapped) => new(tenant, Unwrap(session, tenant, wrapped));

    /// <summary>The same for a reader; <see langword="null"/> while nothing of the tenant was sealed.</summary>
    /// <exception cref="SealBrokenException">The key does not open.</exception>
    public AuditCipher? Find(SqlSession session, TenantId tenant)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return session.QueryFirst(Read, row => row.GetBytes(0), tenant.Value) is { } wrapped ? Open(session, tenant, wrapped) : null;
            }
            catch (SealBrokenException) when (attempt < Attempts)
            {
            }
        }
    }

    private byte[] Unwrap(SqlSession session, TenantId tenant, byte[] wrapped)
    {
        if (_opened.TryGetValue(tenant, out var known) && known.Wrapped.AsSpan().SequenceEqual(wrapped))
        {
            return known.Key;
        }

        var key = SealedHeader.NumberIn(wrapped, SealedHeader.ByTenant) is { } number && DataKey(session, tenant, number) is { } dataKey
            ? EnvelopeSealer.Open(dataKey, tenant, Place, wrapped) : throw new SealBrokenException(Place);
        _opened[tenant] = new Opened(wrapped, key);
        return key;
    }

    private byte[]? DataKey(SqlSession session, TenantId tenant, int number) => DataKeys.Find(session, master, tenant, number);

    private sealed record Opened(byte[] Wrapped, byte[] Key);
}

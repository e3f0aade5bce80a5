using System.Security.Cryptography;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit;

/// <summary>
/// Appends events to one tenant's chain in memory; the caller writes them and the new head in the same transaction, and
/// goes back to the stored head when that transaction fails. One writer at a time.
/// </summary>
public sealed class AuditChainAppender
{
    private readonly TenantId _tenant;
    private byte[] _buffer = new byte[1024];
    private ReadOnlyMemory<byte> _headHash;

    /// <param name="lastSeq">The stored head's number; 0 for a new chain.</param>
    /// <param name="lastHash">The stored head's hash; ignored for a new chain.</param>
    public AuditChainAppender(TenantId tenant, long lastSeq, ReadOnlyMemory<byte> lastHash)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lastSeq);
        if (lastSeq > 0 && lastHash.Length != AuditChain.HashSize)
        {
            throw new ArgumentException($"A hash has {AuditChain.HashSize} bytes, not {lastHash.Length}.", nameof(lastHash));
        }

        _tenant = tenant;
        HeadSeq = lastSeq;
        _headHash = lastSeq == 0 ? AuditChain.Genesis(tenant) : lastHash;
    }

    /// <summary>Number of the newest event; 0 while there is none.</summary>
    public long HeadSeq { get; private set; }

    /// <summary>Hash of the newest event, or the genesis.</summary>
    public ReadOnlyMemory<byte> HeadHash => _headHash;

    /// <summary>Gives the draft the next number and its hash.</summary>
    /// <exception cref="ArgumentException">The draft belongs to another tenant.</exception>
    public AuditEvent Append(AuditDraft draft)
    {
        if (draft.Tenant != _tenant)
        {
            throw new ArgumentException($"An event of tenant '{draft.Tenant}' cannot join the chain of '{_tenant}'.", nameof(draft));
        }

        var previous = _headHash;
        var needed = AuditChain.HashSize + AuditChain.MaxCanonicalSize(draft);
        if (_buffer.Length < needed)
        {
            _buffer = new byte[needed * 2];
        }

        previous.Span.CopyTo(_buffer);
        var length = AuditChain.WriteCanonical(HeadSeq + 1, draft, _buffer.AsSpan(AuditChain.HashSize));
        var hash = SHA256.HashData(_buffer.AsSpan(0, AuditChain.HashSize + length));
        HeadSeq++;
        _headHash = hash;
        return new AuditEvent(HeadSeq, draft, previous, hash);
    }
}

using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit.Tree;

/// <summary>How bringing the tree up to the log ended.</summary>
public abstract record AuditGrowth
{
    private AuditGrowth() { }

    /// <summary>The tree covers the first <paramref name="Size"/> events.</summary>
    public sealed record Grown(long Size) : AuditGrowth;

    /// <summary>The log is not what the tree was made from, or its chain is broken after that.</summary>
    /// <param name="Seq">The event that is missing or does not fit.</param>
    public sealed record Diverged(long Seq) : AuditGrowth;
}

/// <summary>The Merkle tree over a tenant's audit log: its leaves are the events' chain hashes, in order.</summary>
/// <remarks>
/// Event <c>seq</c> is leaf <c>seq - 1</c>. A chain hash covers the event and all before it, so a proof of one leaf is a proof of the event's every
/// field. The tree follows the log outside the transactions that write events, which stay as short as they were.
/// </remarks>
public sealed class AuditTree(IAuditLog log, IAuditTreeStore store)
{
    private const int Batch = 4096;

    /// <summary>Takes up the events written since; each is verified against the chain first.</summary>
    /// <exception cref="InvalidDataException">What is stored of the tree is damaged: it is to be made anew.</exception>
    public async Task<AuditGrowth> GrowAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        long? rejected = null;
        while (true)
        {
            var size = await store.ReadSizeAsync(tenant, cancellationToken);
            if (size < 0 || size == rejected)
            {
                throw new InvalidDataException("The stored size of the audit tree is no number of events.");
            }

            var appender = new MerkleTileAppender(size, await store.ReadTilesAsync(tenant, MerkleTiles.Growing(size), cancellationToken));
            ReadOnlyMemory<byte> head = AuditChain.Genesis(tenant);
            var isKnown = size == 0;
            await foreach (var written in log.ReadAsync(tenant, Math.Max(1, size), cancellationToken))
            {
                if (!isKnown)
                {
                    // The last event of the tree must still be the one the tree was made from.
                    isKnown = written.Seq == size && (await LeafAsync(tenant, size, cancellationToken)).AsSpan().SequenceEqual(MerkleTree.LeafHash(written.Hash.Span));
                    if (!isKnown || !IsWhole(written))
                    {
                        return new AuditGrowth.Diverged(size);
                    }
                }
                else if (written.Seq == appender.Size + 1 && written.PreviousHash.Span.SequenceEqual(head.Span) && IsWhole(written))
                {
                    appender.Append(MerkleTree.LeafHash(written.Hash.Span));
                }
                else
                {
                    return new AuditGrowth.Diverged(appender.Size + 1);
                }

                head = written.Hash;
                if (appender.Size - size == Batch)
                {
                    break;
                }
            }

            if (!isKnown)
            {
                return new AuditGrowth.Diverged(size);
            }

            if (appender.Size > size && !await store.AppendAsync(tenant, size, appender.Size, appender.Changed, cancellationToken))
            {
                rejected = size; // somebody else was faster, and then it is another by now
            }
            else if (appender.Size - size < Batch)
            {
                return new AuditGrowth.Grown(appender.Size);
            }
        }
    }

    /// <summary>How many events the tree covers.</summary>
    public Task<long> ReadSizeAsync(TenantId tenant, CancellationToken cancellationToken) => store.ReadSizeAsync(tenant, cancellationToken);

    /// <summary>The root over the first <paramref name="size"/> events.</summary>
    /// <param name="size">At most what the tree covers.</param>
    /// <exception cref="InvalidDataException">What is stored of the tree is damaged: it is to be made anew. So with the proofs.</exception>
    public async Task<byte[]> RootAsync(TenantId tenant, long size, CancellationToken cancellationToken)
        => (await HashAsync(tenant, [new MerkleRange(0, size)], cancellationToken))[0];

    /// <summary>Hashes that lead from an event to the root over the first <paramref name="size"/> events.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The event is not among them.</exception>
    public Task<IReadOnlyList<byte[]>> ProveInclusionAsync(TenantId tenant, long seq, long size, CancellationToken cancellationToken)
        => HashAsync(tenant, MerkleTree.InclusionPath(seq - 1, size), cancellationToken);

    /// <summary>Hashes that show that the tree over <paramref name="size"/> events grew out of the one over <paramref name="oldSize"/>.</summary>
    public Task<IReadOnlyList<byte[]>> ProveConsistencyAsync(TenantId tenant, long oldSize, long size, CancellationToken cancellationToken)
        => HashAsync(tenant, MerkleTree.ConsistencyPath(oldSize, size), cancellationToken);

    /// <summary>Makes the tree anew from the log.</summary>
    public async Task<AuditGrowth> RebuildAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await store.ClearAsync(tenant, cancellationToken);
        return await GrowAsync(tenant, cancellationToken);
    }

    private async Task<IReadOnlyList<byte[]>> HashAsync(TenantId tenant, IReadOnlyList<MerkleRange> ranges, CancellationToken cancellationToken)
    {
        var tiles = await store.ReadTilesAsync(tenant, MerkleTiles.Needed(ranges), cancellationToken);
        return [.. ranges.Select(range => MerkleTiles.Hash(range, tiles))];
    }

    private async Task<byte[]> LeafAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
        => (await HashAsync(tenant, [new MerkleRange(seq - 1, seq)], cancellationToken))[0];

    private static bool IsWhole(AuditEvent written)
        => AuditChain.Hash(written.PreviousHash.Span, AuditChain.CanonicalBytes(written.Seq, written.What)).AsSpan().SequenceEqual(written.Hash.Span);
}

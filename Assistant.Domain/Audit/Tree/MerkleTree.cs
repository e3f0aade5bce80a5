using System.Numerics;
using System.Security.Cryptography;

namespace Assistant.Domain.Audit.Tree;

/// <summary>A run of leaves, <paramref name="Start"/> included, <paramref name="End"/> not.</summary>
public readonly record struct MerkleRange(long Start, long End);

/// <summary>One complete subtree: the node over the leaves <c>Index × 2^Level</c> to <c>(Index + 1) × 2^Level - 1</c>. It never changes again.</summary>
public readonly record struct MerkleNode(int Level, long Index);

/// <summary>The Merkle tree of RFC 9162, section 2.1: pure functions, described for outsiders in docs/audit.md.</summary>
/// <remarks>
/// Idea: one hash, the root, stands for a whole list; that an item is in the list, and that a list only grew, is shown with a few dozen hashes
/// instead of the list. Invariant: leaf = SHA-256(0x00 ‖ item), node = SHA-256(0x01 ‖ left ‖ right), and the left part of a tree is the largest
/// complete one that leaves something for the right. The two prefixes keep a node from being passed off as an item.
/// <para>
/// Making a proof follows the recursive definition; verifying follows the other, iterative algorithm of the RFC, so that each checks the other.
/// Rejected: a tree of another shape (a skip list, a Merkle mountain range): no outside tool knows it.
/// </para>
/// </remarks>
public static class MerkleTree
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>The root of a tree without leaves.</summary>
    public static byte[] EmptyRoot() => SHA256.HashData([]);

    /// <summary>The hash of an item.</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> item)
    {
        Span<byte> bytes = item.Length < 256 ? stackalloc byte[1 + item.Length] : new byte[1 + item.Length];
        bytes[0] = 0x00;
        item.CopyTo(bytes[1..]);
        return SHA256.HashData(bytes);
    }

    /// <summary>The hash over two subtrees.</summary>
    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * HashSize)];
        bytes[0] = 0x01;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + HashSize)..]);
        return SHA256.HashData(bytes);
    }

    /// <summary>The complete subtrees a run of leaves consists of, from left to right, hence from large to small.</summary>
    /// <param name="range">Begins where a complete subtree of its size could begin, as every run of a path does.</param>
    public static IEnumerable<MerkleNode> Nodes(MerkleRange range)
    {
        for (var start = range.Start; start < range.End;)
        {
            var level = BitOperations.Log2((ulong)(range.End - start));
            yield return new MerkleNode(level, start >> level);
            start += 1L << level;
        }
    }

    /// <summary>The hash of a run of leaves, from the hashes of its <see cref="Nodes"/>.</summary>
    public static byte[] Fold(IReadOnlyList<byte[]> nodes)
    {
        if (nodes.Count == 0)
        {
            return EmptyRoot();
        }

        var hash = nodes[^1];
        for (var i = nodes.Count - 2; i >= 0; i--)
        {
            hash = NodeHash(nodes[i], hash);
        }

        return hash;
    }

    /// <summary>The runs whose hashes show that a leaf is in a tree (RFC 9162, 2.1.3.1).</summary>
    /// <param name="index">0 is the first leaf.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    public static IReadOnlyList<MerkleRange> InclusionPath(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<MerkleRange>();
        var (start, end) = (0L, size);
        while (end - start > 1)
        {
            var middle = start + LargestPowerBelow(end - start);
            path.Add(index < middle ? new(middle, end) : new(start, middle));
            (start, end) = index < middle ? (start, middle) : (middle, end);
        }

        path.Reverse();
        return path;
    }

    /// <summary>The runs whose hashes show that a tree grew out of a smaller one (RFC 9162, 2.1.4.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The old tree is larger than the new one.</exception>
    public static IReadOnlyList<MerkleRange> ConsistencyPath(long oldSize, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, size);
        var path = new List<MerkleRange>();
        var (start, end) = (0L, size);
        while (oldSize != end && oldSize > 0)
        {
            var middle = start + LargestPowerBelow(end - start);
            path.Add(oldSize <= middle ? new(middle, end) : new(start, middle));
            (start, end) = oldSize <= middle ? (start, middle) : (middle, end);
        }

        // A complete subtree at the left edge is the old root itself, which the verifier has.
        if (start > 0)
        {
            path.Add(new(start, end));
        }

        path.Reverse();
        return path;
    }

    /// <summary>Whether the proof leads from the leaf to the root (RFC 9162, 2.1.3.2).</summary>
    public static bool VerifyInclusion(ReadOnlySpan<byte> leafHash, long index, long size, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (node, last) = (index, size - 1);
        var hash = leafHash.ToArray();
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if (IsOdd(node) || node == last)
            {
                hash = NodeHash(sibling, hash);
                Climb(ref node, ref last);
            }
            else
            {
                hash = NodeHash(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether the proof leads from the old root to the new one (RFC 9162, 2.1.4.2). Every tree grew out of the empty one.</summary>
    public static bool VerifyConsistency(
        long oldSize, long size, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> root, IReadOnlyList<byte[]> proof)
    {
        if (oldSize < 0 || oldSize > size)
        {
            return false;
        }

        if (oldSize == 0 || oldSize == size)
        {
            return proof.Count == 0 && oldRoot.SequenceEqual(oldSize == 0 ? EmptyRoot() : root);
        }

        var path = BitOperations.IsPow2(oldSize) ? [oldRoot.ToArray(), .. proof] : proof;
        if (path.Count == 0)
        {
            return false;
        }

        var (node, last) = (oldSize - 1, size - 1);
        while (IsOdd(node))
        {
            (node, last) = (node >> 1, last >> 1);
        }

        var (oldHash, hash) = (path[0], path[0]);
        foreach (var sibling in path.Skip(1))
        {
            if (last == 0)
            {
                return false;
            }

            if (IsOdd(node) || node == last)
            {
                (oldHash, hash) = (NodeHash(sibling, oldHash), NodeHash(sibling, hash));
                Climb(ref node, ref last);
            }
            else
            {
                hash = NodeHash(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && oldRoot.SequenceEqual(oldHash) && root.SequenceEqual(hash);
    }

    // At the right edge a node may have no sibling for some levels: its hash is carried up as it is.
    private static void Climb(ref long node, ref long last)
    {
        while (node != 0 && !IsOdd(node))
        {
            (node, last) = (node >> 1, last >> 1);
        }
    }

    private static bool IsOdd(long number) => (number & 1) == 1;

    private static long LargestPowerBelow(long number) => 1L << BitOperations.Log2((ulong)(number - 1));
}

// The hashes of a tree in tiles of 256, the shape of C2SP tlog-tiles (https://c2sp.org/tlog-tiles): the tile (level, index) holds the hashes of
// 256 neighbouring complete subtrees of 256^level leaves each. A full tile never changes; only the rightmost of each level grows.
//
// Why: a proof touches one tile per level, three for sixteen million events, and what lies inside a tile is hashed again when it is needed, at most
// 255 hashes. Rejected: a row for each node (two rows for each event, most of them never read), and nothing stored at all (a proof would
// read every event).
namespace Assistant.Domain.Audit.Tree;

/// <summary>Which tile.</summary>
public readonly record struct TileId(int Level, long Index);

/// <summary>Where the hashes of a tree lie in its tiles: pure functions.</summary>
public static class MerkleTiles
{
    /// <summary>Hashes in a full tile.</summary>
    public const int Width = 1 << Height;

    internal const int Height = 8;

    /// <summary>The tiles needed to hash runs of leaves.</summary>
    public static IReadOnlyList<TileId> Needed(IEnumerable<MerkleRange> ranges)
        => [.. ranges.SelectMany(MerkleTree.Nodes).Select(node => Locate(node).Tile).Distinct()];

    /// <summary>The tiles that are not full in a tree of this size: those an append changes.</summary>
    public static IReadOnlyList<TileId> Growing(long size)
    {
        var tiles = new List<TileId>();
        for (var level = 0; size > 0; level++, size >>= Height)
        {
            if (size % Width != 0)
            {
                tiles.Add(new TileId(level, size >> Height));
            }
        }

        return tiles;
    }

    /// <summary>The hash of a run of leaves.</summary>
    /// <param name="tiles">All that are <see cref="Needed"/>.</param>
    /// <exception cref="InvalidDataException">A tile is missing or too short: the stored tree is damaged.</exception>
    public static byte[] Hash(MerkleRange range, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> tiles)
        => MerkleTree.Fold([.. MerkleTree.Nodes(range).Select(node => Hash(node, tiles))]);

    private static byte[] Hash(MerkleNode node, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> tiles)
    {
        var (id, first, count) = Locate(node);
        if (!tiles.TryGetValue(id, out var tile) || tile.Length < (first + count) * MerkleTree.HashSize)
        {
            throw new InvalidDataException($"The tile {id.Level}/{id.Index} of the audit tree is missing or too short.");
        }

        return Hash(tile.Span.Slice(first * MerkleTree.HashSize, count * MerkleTree.HashSize));
    }

    /// <summary>The hash over neighbouring hashes of one level; their number is a power of two.</summary>
    internal static byte[] Hash(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == MerkleTree.HashSize)
        {
            return hashes.ToArray();
        }

        var half = hashes.Length / 2;
        return MerkleTree.NodeHash(Hash(hashes[..half]), Hash(hashes[half..]));
    }

    private static (TileId Tile, int First, int Count) Locate(MerkleNode node)
    {
        var above = node.Level % Height;
        var entry = node.Index << above;
        return (new TileId(node.Level / Height, entry >> Height), (int)(entry % Width), 1 << above);
    }
}

/// <summary>Appends leaves to the tiles of a tree in memory; the caller stores <see cref="Changed"/> and the new size together.</summary>
public sealed class MerkleTileAppender
{
    private readonly Dictionary<TileId, List<byte>> _tiles;

    /// <param name="size">Leaves the tree has already.</param>
    /// <param name="growing">The tiles <see cref="MerkleTiles.Growing"/> names for this size.</param>
    /// <exception cref="InvalidDataException">A tile does not have the length the size asks for.</exception>
    public MerkleTileAppender(long size, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> growing)
    {
        Size = size;
        _tiles = [];
        foreach (var id in MerkleTiles.Growing(size))
        {
            var count = (int)((size >> (MerkleTiles.Height * id.Level)) % MerkleTiles.Width);
            _tiles.Add(id, growing.TryGetValue(id, out var tile) && tile.Length == count * MerkleTree.HashSize
                ? [.. tile.Span]
                : throw new InvalidDataException($"The tile {id.Level}/{id.Index} of the audit tree does not hold {count} hashes."));
        }
    }

    /// <summary>Leaves.</summary>
    public long Size { get; private set; }

    /// <summary>Every tile that was given or has grown since.</summary>
    public IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> Changed
        => _tiles.ToDictionary(tile => tile.Key, tile => (ReadOnlyMemory<byte>)tile.Value.ToArray());

    /// <param name="leafHash">See <see cref="MerkleTree.LeafHash"/>.</param>
    public void Append(ReadOnlySpan<byte> leafHash)
    {
        Put(0, Size, leafHash);
        Size++;
    }

    private void Put(int level, long entry, ReadOnlySpan<byte> hash)
    {
        var id = new TileId(level, entry >> MerkleTiles.Height);
        if (!_tiles.TryGetValue(id, out var tile))
        {
            _tiles.Add(id, tile = new List<byte>(MerkleTiles.Width * MerkleTree.HashSize));
        }

        tile.AddRange(hash);
        if (tile.Count == MerkleTiles.Width * MerkleTree.HashSize)
        {
            Put(level + 1, id.Index, MerkleTiles.Hash(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tile)));
        }
    }
}

using Assistant.Domain.Audit.Tree;
using Xunit;

namespace Assistant.Domain.Tests.Audit.Tree;

public sealed class MerkleTreeTests
{
    private const int Largest = 300;

    private static readonly List<byte[]> Leaves = [.. Enumerable.Range(0, Largest).Select(i => MerkleTree.LeafHash(BitConverter.GetBytes(i)))];
    private static readonly byte[][] Roots = [.. Enumerable.Range(0, Largest + 1).Select(size => Define(Leaves[..size]))];

    // The eight items of the reference implementation's test (certificate-transparency, merkletree) and the roots it gives.
    private static readonly byte[][] KnownItems =
        [.. new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" }.Select(Convert.FromHexString)];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_root_is_the_one_every_implementation_knows(int size, string root)
    {
        var tiles = Tiles([.. KnownItems.Take(size).Select(item => MerkleTree.LeafHash(item))]);

        Assert.Equal(root, Convert.ToHexStringLower(MerkleTiles.Hash(new MerkleRange(0, size), tiles)));
    }

    [Theory]
    [InlineData(0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(5, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    public void The_proof_of_a_leaf_is_the_one_every_implementation_knows(long index, long size, string proof)
    {
        var leaves = KnownItems.Take((int)size).Select(item => MerkleTree.LeafHash(item)).ToList();
        var tiles = Tiles(leaves);

        var made = MerkleTree.InclusionPath(index, size).Select(range => MerkleTiles.Hash(range, tiles)).ToList();

        Assert.Equal(proof, string.Join(' ', made.Select(Convert.ToHexStringLower)));
    }

    [Theory]
    [InlineData(6, 8, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 5, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    public void The_proof_of_growth_is_the_one_every_implementation_knows(long oldSize, long size, string proof)
    {
        var tiles = Tiles([.. KnownItems.Take((int)size).Select(item => MerkleTree.LeafHash(item))]);

        var made = MerkleTree.ConsistencyPath(oldSize, size).Select(range => MerkleTiles.Hash(range, tiles)).ToList();

        Assert.Equal(proof, string.Join(' ', made.Select(Convert.ToHexStringLower)));
    }

    [Fact]
    public void Every_leaf_of_every_tree_is_proven_and_no_other_place_or_root()
    {
        var proofs = 0;
        for (var size = 1; size <= Largest; size++)
        {
            var tiles = Tiles(Leaves[..size]);
            Assert.Equal(Roots[size], MerkleTiles.Hash(new MerkleRange(0, size), tiles));
            for (var index = 0; index < size; index++)
            {
                var proof = MerkleTree.InclusionPath(index, size).Select(range => MerkleTiles.Hash(range, tiles)).ToList();
                Assert.True(MerkleTree.VerifyInclusion(Leaves[index], index, size, proof, Roots[size]));
                Assert.False(MerkleTree.VerifyInclusion(Leaves[index], index, size, proof, Roots[size - 1]));
                Assert.False(MerkleTree.VerifyInclusion(Leaves[(index + 1) % Largest], index, size, proof, Roots[size]));
                Assert.False(MerkleTree.VerifyInclusion(Leaves[index], size, size, proof, Roots[size]));
                Assert.False(MerkleTree.VerifyInclusion(Leaves[index], index, size, [.. proof, Leaves[0]], Roots[size]));
                if (size > 1)
                {
                    var elsewhere = index == 0 ? 1 : index - 1;
                    Assert.False(MerkleTree.VerifyInclusion(Leaves[index], elsewhere, size, proof, Roots[size]));
                    Assert.False(MerkleTree.VerifyInclusion(Leaves[index], index, size, proof[..^1], Roots[size]));
                    Assert.False(MerkleTree.VerifyInclusion(Leaves[index], index, size, Spoilt(proof, proofs), Roots[size]));
                }

                proofs++;
            }
        }

        Assert.Equal(Largest * (Largest + 1) / 2, proofs);
    }

    [Fact]
    public void Every_growth_is_proven_and_no_other_past_or_root()
    {
        var tiles = Tiles(Leaves);
        var proofs = 0;
        for (var size = 0; size <= Largest; size++)
        {
            for (var old = 0; old <= size; old++)
            {
                var proof = MerkleTree.ConsistencyPath(old, size).Select(range => MerkleTiles.Hash(range, tiles)).ToList();
                Assert.True(MerkleTree.VerifyConsistency(old, size, Roots[old], Roots[size], proof), $"{old} to {size}");
                Assert.False(MerkleTree.VerifyConsistency(old, size, Leaves[0], Roots[size], proof) && old != 1, $"{old} to {size}, other past");
                Assert.False(MerkleTree.VerifyConsistency(old, size, Roots[old], [.. Roots[size].Reverse()], proof) && old > 0, $"{old} to {size}, other root");
                Assert.False(MerkleTree.VerifyConsistency(old, size, Roots[old], Roots[size], [.. proof, Leaves[7]]), $"{old} to {size}, one more");
                Assert.False(MerkleTree.VerifyConsistency(size + 1, size, Roots[old], Roots[size], proof));
                if (proof.Count > 0)
                {
                    Assert.False(MerkleTree.VerifyConsistency(old, size, Roots[old], Roots[size], Spoilt(proof, proofs)), $"{old} to {size}, spoilt");
                    Assert.False(MerkleTree.VerifyConsistency(old, size, Roots[old], Roots[size], proof[..^1]), $"{old} to {size}, one less");
                }

                proofs++;
            }
        }

        Assert.Equal((Largest + 1) * (Largest + 2) / 2, proofs);
    }

    [Fact]
    public void A_leaf_is_no_node()
    {
        byte[] forged = [.. Leaves[0], .. Leaves[1]];

        Assert.NotEqual(MerkleTree.NodeHash(Leaves[0], Leaves[1]), MerkleTree.LeafHash(forged));
    }

    [Fact]
    public void Tiles_hold_a_tree_of_three_levels_wherever_it_is_cut()
    {
        const int Size = 256 * 256 + 300;
        var leaf = MerkleTree.LeafHash([]);
        var tiles = new Dictionary<TileId, ReadOnlyMemory<byte>>();
        var size = 0L;
        foreach (var cut in (int[])[1, 255, 256, 257, 1000, 65_535, 65_536, 65_537, Size])
        {
            var growing = MerkleTiles.Growing(size);
            var appender = new MerkleTileAppender(size, growing.ToDictionary(id => id, id => tiles[id]));
            while (appender.Size < cut)
            {
                appender.Append(leaf);
            }

            foreach (var (id, hashes) in appender.Changed)
            {
                tiles[id] = hashes;
            }

            size = cut;
        }

        // All leaves are alike, so the hash of a complete subtree follows from its height alone.
        var nodes = MerkleTree.Nodes(new MerkleRange(0, Size)).Select(node => Enumerable.Range(0, node.Level).Aggregate(leaf, (hash, _) => MerkleTree.NodeHash(hash, hash))).ToList();
        Assert.Equal(MerkleTree.Fold(nodes), MerkleTiles.Hash(new MerkleRange(0, Size), tiles));
        Assert.Equal([(0, 258), (1, 2), (2, 1)], tiles.Keys.GroupBy(id => id.Level).Select(level => (level.Key, level.Count())).Order());
        Assert.InRange(MerkleTiles.Needed(MerkleTree.InclusionPath(70, Size)).Count, 1, 6);
    }

    [Fact]
    public void A_missing_or_short_tile_is_said()
    {
        var tiles = Tiles(Leaves);

        Assert.Throws<InvalidDataException>(() => MerkleTiles.Hash(new MerkleRange(0, 600), tiles));
        Assert.Throws<InvalidDataException>(() => new MerkleTileAppender(299, tiles));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.InclusionPath(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.ConsistencyPath(6, 5));
    }

    private static List<byte[]> Spoilt(List<byte[]> proof, int seed)
    {
        var copy = proof.Select(hash => hash.ToArray()).ToList();
        copy[seed % copy.Count][seed % MerkleTree.HashSize] ^= (byte)(1 << (seed % 8));
        return copy;
    }

    private static Dictionary<TileId, ReadOnlyMemory<byte>> Tiles(List<byte[]> leaves)
    {
        var appender = new MerkleTileAppender(0, new Dictionary<TileId, ReadOnlyMemory<byte>>());
        leaves.ForEach(leaf => appender.Append(leaf));
        return appender.Changed.ToDictionary();
    }

    // RFC 9162, 2.1.1, word for word.
    private static byte[] Define(List<byte[]> leaves)
    {
        if (leaves.Count < 2)
        {
            return leaves.Count == 0 ? MerkleTree.EmptyRoot() : leaves[0];
        }

        var k = 1;
        while (k * 2 < leaves.Count)
        {
            k *= 2;
        }

        return MerkleTree.NodeHash(Define(leaves[..k]), Define(leaves[k..]));
    }
}

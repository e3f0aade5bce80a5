using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IAuditTreeStore"/> must hold, alone and under the tree that uses it.</summary>
public abstract class AuditTreeStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store in which the tenants exist, and the log it projects.</summary>
    protected abstract Task<(IAuditTreeStore Store, IAuditLog Log)> CreateAsync(params TenantId[] tenants);

    [Fact]
    public async Task Tiles_and_size_come_back_per_tenant()
    {
        var (store, _) = await CreateAsync(Own, Other);

        Assert.Equal(0, await store.ReadSizeAsync(Own, Cancel));
        Assert.True(await store.AppendAsync(Own, 0, 2, Tiles((0, 0, 2)), Cancel));
        Assert.True(await store.AppendAsync(Other, 0, 1, Tiles((0, 0, 1)), Cancel));
        Assert.True(await store.AppendAsync(Own, 2, 257, Tiles((0, 0, 256), (0, 1, 1), (1, 0, 1)), Cancel));

        Assert.Equal((257, 1), (await store.ReadSizeAsync(Own, Cancel), await store.ReadSizeAsync(Other, Cancel)));
        var read = await store.ReadTilesAsync(Own, [new(0, 0), new(0, 1), new(1, 0), new(1, 1)], Cancel);
        Assert.Equal(
            [(new TileId(0, 0), 256 * 32), (new TileId(0, 1), 32), (new TileId(1, 0), 32)],
            read.Select(tile => (tile.Key, tile.Value.Length)).OrderBy(t => t.Key.Level).ThenBy(t => t.Key.Index));
        Assert.Equal(32, (await store.ReadTilesAsync(Other, [new(0, 0)], Cancel))[new(0, 0)].Length);
    }

    [Fact]
    public async Task Who_read_another_size_stores_nothing()
    {
        var (store, _) = await CreateAsync(Own);
        await store.AppendAsync(Own, 0, 2, Tiles((0, 0, 2)), Cancel);

        Assert.False(await store.AppendAsync(Own, 0, 5, Tiles((0, 0, 5)), Cancel));

        Assert.Equal(2, await store.ReadSizeAsync(Own, Cancel));
        Assert.Equal(64, (await store.ReadTilesAsync(Own, [new(0, 0)], Cancel))[new(0, 0)].Length);
    }

    [Fact]
    public async Task A_tenants_tree_grows_and_is_forgotten_alone()
    {
        var (store, _) = await CreateAsync(Own, Other);
        await store.AppendAsync(Own, 0, 2, Tiles((0, 0, 2)), Cancel);
        await store.AppendAsync(Other, 0, 2, Tiles((0, 0, 2)), Cancel);

        Assert.True(await store.AppendAsync(Own, 2, 5, Tiles((0, 0, 5)), Cancel));
        Assert.Equal((5, 2), (await store.ReadSizeAsync(Own, Cancel), await store.ReadSizeAsync(Other, Cancel)));
        await store.ClearAsync(Own, Cancel);

        Assert.Equal((0, 2), (await store.ReadSizeAsync(Own, Cancel), await store.ReadSizeAsync(Other, Cancel)));
        Assert.Empty(await store.ReadTilesAsync(Own, [new(0, 0)], Cancel));
        Assert.Equal(64, (await store.ReadTilesAsync(Other, [new(0, 0)], Cancel))[new(0, 0)].Length);
    }

    [Fact]
    public async Task A_tree_grown_in_steps_is_the_tree_over_all_events_and_the_rebuilt_one()
    {
        var (store, log) = await CreateAsync(Own, Other);
        var tree = new AuditTree(log, store);
        var leaves = new List<byte[]>();
        foreach (var step in (int[])[1, 2, 250, 10, 300])
        {
            await AppendAsync(log, step);
            var grown = Assert.IsType<AuditGrowth.Grown>(await tree.GrowAsync(Own, Cancel));
            leaves = await LeavesAsync(log);
            Assert.Equal(leaves.Count, grown.Size);
            Assert.Equal(Root(leaves), await tree.RootAsync(Own, grown.Size, Cancel));
        }

        var (size, root) = (leaves.Count, Root(leaves));
        foreach (var seq in (int[])[1, 2, 255, 256, 257, size - 1, size])
        {
            var proof = await tree.ProveInclusionAsync(Own, seq, size, Cancel);
            Assert.True(MerkleTree.VerifyInclusion(leaves[seq - 1], seq - 1, size, proof, root), $"event {seq}");
            var consistency = await tree.ProveConsistencyAsync(Own, seq, size, Cancel);
            Assert.True(MerkleTree.VerifyConsistency(seq, size, Root(leaves[..seq]), root, consistency), $"size {seq}");
        }

        Assert.Equal(0, await tree.ReadSizeAsync(Other, Cancel));
        Assert.Equal(size, Assert.IsType<AuditGrowth.Grown>(await tree.RebuildAsync(Own, Cancel)).Size);
        Assert.Equal(root, await tree.RootAsync(Own, size, Cancel));
    }

    private static Dictionary<TileId, ReadOnlyMemory<byte>> Tiles(params (int Level, long Index, int Hashes)[] tiles)
        => tiles.ToDictionary(t => new TileId(t.Level, t.Index), t => (ReadOnlyMemory<byte>)new byte[t.Hashes * MerkleTree.HashSize]);

    private static Task AppendAsync(IAuditLog log, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i => log.AppendAsync(
        new AuditDraft(Own, Noon.AddSeconds(i), Actor.System, "user.signin", $"user/{i}", "local", AuditDraft.NoDetails), Cancel)));

    private static async Task<List<byte[]>> LeavesAsync(IAuditLog log)
    {
        var leaves = new List<byte[]>();
        await foreach (var written in log.ReadAsync(Own, 1, Cancel))
        {
            leaves.Add(MerkleTree.LeafHash(written.Hash.Span));
        }

        return leaves;
    }

    // The definition of RFC 9162, 2.1.1, over all leaves at once.
    private static byte[] Root(List<byte[]> leaves)
    {
        if (leaves.Count == 1)
        {
            return leaves[0];
        }

        var left = 1;
        while (left * 2 < leaves.Count)
        {
            left *= 2;
        }

        return MerkleTree.NodeHash(Root(leaves[..left]), Root(leaves[left..]));
    }
}

/// <summary>What every <see cref="ICheckpointStore"/> must hold.</summary>
public abstract class CheckpointStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store in which the tenants exist.</summary>
    protected abstract Task<ICheckpointStore> CreateAsync(params TenantId[] tenants);

    [Fact]
    public async Task Checkpoints_are_found_by_size_within_their_tenant()
    {
        var store = await CreateAsync(Own, Other);
        Assert.Null(await store.FindNewestAsync(Own, Cancel));
        foreach (var size in (long[])[3, 10, 7])
        {
            Assert.True(await store.AddAsync(Some(Own, size), Cancel));
        }

        Assert.True(await store.AddAsync(Some(Other, 99), Cancel));
        Assert.False(await store.AddAsync(Some(Own, 7), Cancel));

        var newest = (await store.FindNewestAsync(Own, Cancel))!;
        Assert.Equal((Some(Own, 10).Note, Noon, 10L), (newest.Note, newest.At, newest.Head.Size));
        Assert.Equal((3L, 7L, 7L, 10L), (await CoveringAsync(1), await CoveringAsync(4), await CoveringAsync(7), await CoveringAsync(8)));
        Assert.Null(await store.FindCoveringAsync(Own, 11, Cancel));
        Assert.Equal([7L, 10], (await store.ListAsync(Own, 3, 10, Cancel)).Select(c => c.Head.Size));
        Assert.Equal([3L], (await store.ListAsync(Own, 0, 1, Cancel)).Select(c => c.Head.Size));

        async Task<long> CoveringAsync(long seq) => (await store.FindCoveringAsync(Own, seq, Cancel))!.Head.Size;
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("\n\n")]
    public async Task A_note_somebody_else_wrote_comes_back_as_damaged_under_its_size_and_hides_no_other(string note)
    {
        var store = await CreateAsync(Own, Other);
        await store.AddAsync(Some(Own, 3), Cancel);
        await store.AddAsync(Some(Own, 7) with { Note = note }, Cancel);
        await store.AddAsync(Some(Own, 9) with { Note = Some(Own, 3).Note }, Cancel);
        await store.AddAsync(Some(Other, 7), Cancel);

        Assert.Equal([(3L, false), (7L, true), (9L, true)], (await store.ListAsync(Own, 0, 10, Cancel)).Select(c => (c.Head.Size, c.IsDamaged)));
        Assert.Equal((9L, true, Some(Own, 3).Note), await ToldAsync(store.FindNewestAsync(Own, Cancel)));
        Assert.Equal((7L, true, note), await ToldAsync(store.FindCoveringAsync(Own, 5, Cancel)));
        Assert.Equal((7L, false, Some(Other, 7).Note), await ToldAsync(store.FindNewestAsync(Other, Cancel)));

        static async Task<(long, bool, string)> ToldAsync(Task<SignedCheckpoint?> asked) => await asked is { } c ? (c.Head.Size, c.IsDamaged, c.Note) : default;
    }

    [Fact]
    public async Task Each_witness_of_each_tenant_has_its_own_position()
    {
        var store = await CreateAsync(Own, Other);
        Assert.Null(await store.FindPositionAsync(Own, "file", Cancel));

        await store.SavePositionAsync(Own, "file", new WitnessPosition(5, Noon), Cancel);
        await store.SavePositionAsync(Own, "syslog", new WitnessPosition(2, Noon), Cancel);
        await store.SavePositionAsync(Own, "file", new WitnessPosition(9, Noon.AddMinutes(1)), Cancel);

        Assert.Equal(new WitnessPosition(9, Noon.AddMinutes(1)), await store.FindPositionAsync(Own, "file", Cancel));
        Assert.Equal(new WitnessPosition(2, Noon), await store.FindPositionAsync(Own, "syslog", Cancel));
        Assert.Null(await store.FindPositionAsync(Other, "file", Cancel));
    }

    private static SignedCheckpoint Some(TenantId tenant, long size)
    {
        var head = new TreeHead($"assistant/test/{tenant}", size, new byte[MerkleTree.HashSize]);
        return new SignedCheckpoint(tenant, head, SignedNote.Format(head.Text, new CheckpointKey(head.Origin, new byte[32]), new byte[64]), Noon);
    }
}

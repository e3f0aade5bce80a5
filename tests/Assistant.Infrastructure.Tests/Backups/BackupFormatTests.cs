using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Backups;
using Assistant.Infrastructure.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Backups;

/// <summary>What is not as it was written does not open.</summary>
public sealed class BackupFormatTests : IDisposable
{
    private const int ChunkSize = BackupChunks.Size + BackupChunks.TagSize;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-backups-");
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(MasterKey.Size);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string One => Path.Combine(_folder.FullName, "one");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_is_written_is_read_to_the_byte_whatever_its_length()
    {
        foreach (var length in new[] { 0, 1, BackupChunks.Size - 1, BackupChunks.Size, BackupChunks.Size + 1, 3 * BackupChunks.Size, 200_000 })
        {
            File.Delete(One);
            var content = RandomNumberGenerator.GetBytes(length);
            var made = await WriteAsync(("a/b", content), ("empty", []));

            var (read, found) = await ReadAsync();

            Assert.Equal(made.Manifest.Digest(), read.Manifest.Digest());
            Assert.Equal(new FileInfo(One).Length, made.Size);
            Assert.Equal(content, found["a/b"]);
            Assert.Empty(found["empty"]);
            Assert.Equal((length, Convert.ToHexStringLower(SHA256.HashData(content))), ((int)read.Manifest.Entries[0].Length, read.Manifest.Entries[0].Sha256));
        }
    }

    [Fact]
    public async Task Nothing_of_it_lies_open_and_nobody_else_may_read_it()
    {
        await WriteAsync(("name-of-an-entry", "what somebody said"u8.ToArray()));

        var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(One, Cancel));
        Assert.DoesNotContain("name-of-an-entry", text, StringComparison.Ordinal);
        Assert.DoesNotContain("somebody", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sqlite", text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(One));
        }
    }

    [Fact]
    public async Task A_change_of_any_single_byte_is_refused()
    {
        await WriteAsync(("a", "some content"u8.ToArray()));
        var whole = await File.ReadAllBytesAsync(One, Cancel);
        for (var at = 0; at < whole.Length; at++)
        {
            var altered = (byte[])whole.Clone();
            altered[at] ^= (byte)(1 << at % 8);
            await AssertRefusedAsync(altered, BackupFault.Damaged, BackupFault.NotABackup);
        }
    }

    [Fact]
    public async Task A_file_cut_anywhere_is_refused()
    {
        await WriteAsync(("a", RandomNumberGenerator.GetBytes(3 * BackupChunks.Size)));
        var whole = await File.ReadAllBytesAsync(One, Cancel);
        var start = whole.Length - (whole.Length - Header(whole)) % ChunkSize;
        var cuts = Enumerable.Range(0, 4).SelectMany(i => new[] { -1, 0, 1, BackupChunks.TagSize }.Select(by => Header(whole) + i * ChunkSize + by))
            .Concat([0, 1, Header(whole) / 2, start, whole.Length - 1]).Where(cut => cut < whole.Length).ToList();
        Assert.True(cuts.Count > 15);
        foreach (var cut in cuts)
        {
            await AssertRefusedAsync(whole[..cut], BackupFault.Damaged, BackupFault.NotABackup);
        }
    }

    [Fact]
    public async Task Parts_that_were_swapped_left_out_repeated_or_put_behind_the_end_are_refused()
    {
        await WriteAsync(("a", RandomNumberGenerator.GetBytes(3 * BackupChunks.Size)));
        var whole = await File.ReadAllBytesAsync(One, Cancel);
        var head = whole[..Header(whole)];
        var chunks = whole[Header(whole)..].Chunk(ChunkSize).ToList();
        Assert.Equal(4, chunks.Count);

        await AssertRefusedAsync(Join([chunks[1], chunks[0], chunks[2], chunks[3]]), BackupFault.Damaged);
        await AssertRefusedAsync(Join([chunks[0], chunks[2], chunks[3]]), BackupFault.Damaged);
        await AssertRefusedAsync(Join([chunks[0], chunks[1], chunks[1], chunks[2], chunks[3]]), BackupFault.Damaged);
        await AssertRefusedAsync(Join([chunks[0], chunks[1], chunks[2]]), BackupFault.Damaged);
        await AssertRefusedAsync(Join([.. chunks, chunks[3]]), BackupFault.Damaged);
        await AssertRefusedAsync([.. whole, 0], BackupFault.Damaged);
        File.Delete(One);
        await WriteAsync(("a", RandomNumberGenerator.GetBytes(3 * BackupChunks.Size)));
        var other = await File.ReadAllBytesAsync(One, Cancel);
        await AssertRefusedAsync([.. other[..Header(other)], .. whole[Header(whole)..]], BackupFault.Damaged); // another backup's key

        byte[] Join(IEnumerable<byte[]> parts) => [.. head, .. parts.SelectMany(part => part)];
    }

    [Fact]
    public async Task Another_master_key_is_told_from_damage_and_none_is_made()
    {
        await WriteAsync(("a", [1]));

        var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => ReadAsync(new MasterKey(RandomNumberGenerator.GetBytes(MasterKey.Size), "The other key")));
        Assert.Equal(BackupFault.WrongKey, refused.Fault);
        Assert.StartsWith("The other key is not the one", refused.Message, StringComparison.Ordinal);
        var missing = Path.Combine(_folder.FullName, "master.key");
        Assert.Equal(
            BackupFault.WrongKey, (await Assert.ThrowsAsync<BackupRefusedException>(() => ReadAsync(new MasterKey(() => new MasterKeyFile(missing), () => null)))).Fault);
        Assert.False(File.Exists(missing));
    }

    [Fact]
    public async Task A_passphrase_opens_it_where_nothing_else_is_left()
    {
        var (before, after) = (Sub("before"), Sub("after"));
        var first = Passphrase(before, "correct horse battery");
        await BackupFile.WriteAsync(One, first.First, first.Derivation, FillAsync([]), Cancel);

        await ReadAsync(Passphrase(after, "correct horse battery"));
        Assert.Equal(BackupFault.WrongKey, (await Assert.ThrowsAsync<BackupRefusedException>(() => ReadAsync(Passphrase(after, "wrong horse battery")))).Fault);

        Assert.Empty(Directory.EnumerateFiles(after.Path)); // reading makes no salt of its own

        DataFolder Sub(string name) => new(_folder.CreateSubdirectory(name).FullName);
        static MasterKey Passphrase(DataFolder folder, string phrase) => new(() => new PassphraseKey("The passphrase", () => phrase, folder), () => null);
    }

    [Fact]
    public async Task A_list_of_contents_that_does_not_agree_with_the_contents_is_refused()
    {
        foreach (var (change, says) in new (Func<BackupManifest, BackupManifest> Change, string Says)[]
        {
            (manifest => manifest with { Entries = [] }, "names other entries"),
            (manifest => manifest with { Entries = [manifest.Entries[0] with { Sha256 = new string('0', 64) }] }, "a is not what"),
            (manifest => manifest with { Entries = [manifest.Entries[0] with { Length = 2 }] }, "a is not what"),
            (manifest => manifest with { Entries = [manifest.Entries[0] with { Name = "b" }] }, "b is not what"),
        })
        {
            File.Delete(One);
            var fill = FillAsync([("a", [1])]);
            await BackupFile.WriteAsync(One, _key, [], async archive => change(await fill(archive)), Cancel);

            var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => ReadAsync());

            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_killed_run_left_is_replaced_and_a_failed_one_leaves_nothing()
    {
        await File.WriteAllTextAsync(One + BackupFile.Unfinished, "half", Cancel);
        await WriteAsync(("a", [1]));
        Assert.Equal([One], Directory.GetFiles(_folder.FullName));

        File.Delete(One);
        await Assert.ThrowsAsync<JsonException>(() => BackupFile.WriteAsync(One, _key, [], _ => throw new JsonException("fails in the middle"), Cancel));
        Assert.Empty(Directory.GetFiles(_folder.FullName));
        Assert.Equal(BackupFault.File, (await Assert.ThrowsAsync<BackupRefusedException>(() => ReadAsync())).Fault);
    }

    // Without anything to derive the key with.
    private static int Header(byte[] _) => 19 + 2 + 60 + 8;

    private Task<BackupContents> WriteAsync(params (string Name, byte[] Content)[] entries)
        => BackupFile.WriteAsync(One, _key, [], FillAsync(entries), Cancel);

    private static Func<BackupArchiveWriter, Task<BackupManifest>> FillAsync((string Name, byte[] Content)[] entries) => async archive =>
    {
        foreach (var (name, content) in entries)
        {
            await archive.AddAsync(name, [], new MemoryStream(content), Cancel);
        }

        return new BackupManifest(1, Guid.CreateVersion7(), "1.0", "sqlite", "s", "i", DateTimeOffset.UnixEpoch, archive.Entries, []);
    };

    private async Task<(BackupContents Read, Dictionary<string, byte[]> Found)> ReadAsync(MasterKey? key = null)
    {
        var found = new Dictionary<string, byte[]>();
        var read = await BackupFile.ReadAsync(
            One, key ?? new MasterKey(_key, "The key"), name => ValueTask.FromResult<IEntrySink?>(new Kept(bytes => found.Add(name, bytes))), Cancel);
        return (read, found);
    }

    private async Task AssertRefusedAsync(byte[] bytes, params BackupFault[] faults)
    {
        await File.WriteAllBytesAsync(One, bytes, Cancel);
        Assert.Contains((await Assert.ThrowsAsync<BackupRefusedException>(() => ReadAsync())).Fault, faults);
    }

    private sealed class Kept(Action<byte[]> done) : IEntrySink
    {
        private readonly MemoryStream _bytes = new();

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _bytes.WriteAsync(bytes, cancellationToken);

        public ValueTask CompleteAsync(CancellationToken cancellationToken)
        {
            done(_bytes.ToArray());
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => _bytes.DisposeAsync();
    }
}

// What is encrypted: entries one after another, then the manifest, then nothing.
//
//   entry:    1 | length of the name 2 | name | pieces, each length 4 (not 0) and bytes | 0 in 4 bytes
//   manifest: 2 | length 4 | JSON
//
// Lengths are big-endian. An entry is written in pieces because nobody knows how long a table will be; for the same reason the manifest, which
// names every entry with its length and SHA-256, comes last.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Backups;

namespace Assistant.Infrastructure.Backups;

/// <summary>Kinds of what lies in the archive, as its bytes begin.</summary>
internal static class BackupArchive
{
    public const byte Entry = 1;
    public const byte Manifest = 2;

    /// <summary>Most bytes of an entry in one piece.</summary>
    public const int PieceSize = 64 * 1024;

    public const int MaxManifest = 64 << 20;
}

/// <summary>Writes entries and the manifest. For one thread at a time.</summary>
internal sealed class BackupArchiveWriter(BackupChunkWriter to)
{
    private readonly List<BackupEntry> _entries = [];
    private readonly byte[] _piece = new byte[sizeof(int) + BackupArchive.PieceSize];

    /// <summary>Everything written so far, in order.</summary>
    public IReadOnlyList<BackupEntry> Entries => _entries;

    /// <summary>Adds an entry with all bytes of a stream.</summary>
    public async Task AddAsync(string name, IReadOnlyList<string> columns, Stream content, CancellationToken cancellationToken)
    {
        var encoded = Encoding.UTF8.GetBytes(name);
        var begin = new byte[1 + sizeof(ushort)];
        begin[0] = BackupArchive.Entry;
        BinaryPrimitives.WriteUInt16BigEndian(begin.AsSpan(1), checked((ushort)encoded.Length));
        await to.WriteAsync((byte[])[.. begin, .. encoded], cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        int read;
        while ((read = await content.ReadAsync(_piece.AsMemory(sizeof(int)), cancellationToken)) > 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(_piece, read);
            hash.AppendData(_piece, sizeof(int), read);
            await to.WriteAsync(_piece.AsMemory(0, sizeof(int) + read), cancellationToken);
            length += read;
        }

        await to.WriteAsync(new byte[sizeof(int)], cancellationToken);
        _entries.Add(new BackupEntry(name, length, Convert.ToHexStringLower(hash.GetHashAndReset()), columns));
    }

    /// <summary>Ends the archive.</summary>
    public async Task CompleteAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var bytes = manifest.ToBytes();
        var begin = new byte[1 + sizeof(int)];
        begin[0] = BackupArchive.Manifest;
        BinaryPrimitives.WriteInt32BigEndian(begin.AsSpan(1), bytes.Length);
        await to.WriteAsync(begin, cancellationToken);
        await to.WriteAsync(bytes, cancellationToken);
        await to.CompleteAsync(cancellationToken);
    }
}

/// <summary>Takes the bytes of one entry.</summary>
internal interface IEntrySink : IAsyncDisposable
{
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>All of it has come; not called when it does not.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}

/// <summary>Reads an archive to its end, once. For one thread at a time.</summary>
internal sealed class BackupArchiveReader(BackupChunkReader from)
{
    private readonly byte[] _piece = new byte[BackupArchive.PieceSize];

    /// <param name="open">Where an entry goes, by its name; <see langword="null"/> to check it only.</param>
    /// <exception cref="BackupRefusedException">Something in it is not as it was written.</exception>
    public async Task<BackupManifest> ReadAsync(Func<string, ValueTask<IEntrySink?>> open, CancellationToken cancellationToken)
    {
        var found = new List<BackupEntry>();
        while (true)
        {
            switch (await ReadByteAsync(cancellationToken))
            {
                case BackupArchive.Entry:
                    found.Add(await ReadEntryAsync(open, cancellationToken));
                    break;
                case BackupArchive.Manifest:
                    var manifest = await ReadManifestAsync(cancellationToken);
                    Compare(manifest, found);
                    return manifest;
                default:
                    throw BackupRefusedException.Damaged("something in it is of no kind this program knows");
            }
        }
    }

    private async ValueTask<BackupEntry> ReadEntryAsync(Func<string, ValueTask<IEntrySink?>> open, CancellationToken cancellationToken)
    {
        var encoded = new byte[BinaryPrimitives.ReadUInt16BigEndian(await ReadBytesAsync(sizeof(ushort), cancellationToken))];
        await from.ReadExactlyAsync(encoded, cancellationToken);
        var name = Encoding.UTF8.GetString(encoded);
        if (!BackupEntry.IsSafe(name))
        {
            throw BackupRefusedException.Damaged("a name in it leads elsewhere");
        }

        await using var sink = await open(name);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long total = 0;
        int length;
        while ((length = BinaryPrimitives.ReadInt32BigEndian(await ReadBytesAsync(sizeof(int), cancellationToken))) != 0)
        {
            var piece = length is > 0 and <= BackupArchive.PieceSize ? _piece.AsMemory(0, length) : throw BackupRefusedException.Damaged("a length in it is impossible");
            await from.ReadExactlyAsync(piece, cancellationToken);
            hash.AppendData(piece.Span);
            total += length;
            if (sink is not null)
            {
                await sink.WriteAsync(piece, cancellationToken);
            }
        }

        if (sink is not null)
        {
            await sink.CompleteAsync(cancellationToken);
        }

        return new BackupEntry(name, total, Convert.ToHexStringLower(hash.GetHashAndReset()), []);
    }

    private async ValueTask<BackupManifest> ReadManifestAsync(CancellationToken cancellationToken)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(await ReadBytesAsync(sizeof(int), cancellationToken));
        var bytes = new byte[length is > 0 and <= BackupArchive.MaxManifest ? length : throw BackupRefusedException.Damaged("a length in it is impossible")];
        await from.ReadExactlyAsync(bytes, cancellationToken);
        return await from.ReadAsync(new byte[1], cancellationToken) == 0
            ? BackupManifest.Parse(bytes)
            : throw BackupRefusedException.Damaged("something follows its list of contents");
    }

    private static void Compare(BackupManifest manifest, List<BackupEntry> found)
    {
        if (manifest.Entries.Count != found.Count)
        {
            throw BackupRefusedException.Damaged("its list of contents names other entries than there are");
        }

        foreach (var (stated, read) in manifest.Entries.Zip(found))
        {
            if ((stated.Name, stated.Length, stated.Sha256) != (read.Name, read.Length, read.Sha256))
            {
                throw BackupRefusedException.Damaged($"{stated.Name} is not what its list of contents says");
            }
        }
    }

    private async ValueTask<byte> ReadByteAsync(CancellationToken cancellationToken) => (await ReadBytesAsync(1, cancellationToken))[0];

    private async ValueTask<byte[]> ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await from.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}

// The encrypted part of a backup, as in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
// Misuse-Resistance, 2015): chunks of 64 KiB, each AES-256-GCM under the backup's own key. The nonce is made of the chunk's number and a flag that only
// the last one has, so a chunk opens in its place alone, and none can be left out, moved, repeated or taken for the last one.
//
//   nonce: 3 zero bytes | number of the chunk 8, big-endian | 1 for the last chunk, else 0
//   chunk: ciphertext, 65536 bytes but for the last one | tag 16
//
// No nonce comes twice, because the key is fresh for each backup and never used again.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Assistant.Domain.Backups;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Backups;

/// <summary>What both ways of the encrypted part share.</summary>
internal abstract class BackupChunks(byte[] key) : IDisposable
{
    /// <summary>Plaintext in every chunk but the last one.</summary>
    public const int Size = 64 * 1024;

    /// <summary>What encryption adds to a chunk.</summary>
    public const int TagSize = 16;

    private readonly byte[] _nonce = new byte[12];
    private long _number;

    protected AesGcm Cipher { get; } = SealedBox.CipherOf(key);

    /// <summary>Of the next chunk.</summary>
    protected ReadOnlySpan<byte> NextNonce(bool isLast)
    {
        BinaryPrimitives.WriteInt64BigEndian(_nonce.AsSpan(3), _number++);
        _nonce[^1] = isLast ? (byte)1 : (byte)0;
        return _nonce;
    }

    public void Dispose() => Cipher.Dispose();
}

/// <summary>Encrypts onto a stream. For one thread at a time.</summary>
internal sealed class BackupChunkWriter(Stream to, byte[] key) : BackupChunks(key)
{
    private readonly byte[] _plain = new byte[Size];
    private readonly byte[] _sealed = new byte[Size + TagSize];
    private int _length;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            if (_length == Size)
            {
                await FlushAsync(isLast: false, cancellationToken); // only now: what comes last is known when nothing follows
            }

            var part = Math.Min(bytes.Length, Size - _length);
            bytes[..part].CopyTo(_plain.AsMemory(_length));
            (_length, bytes) = (_length + part, bytes[part..]);
        }
    }

    /// <summary>Writes the last chunk; nothing can follow.</summary>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) => FlushAsync(isLast: true, cancellationToken);

    private ValueTask FlushAsync(bool isLast, CancellationToken cancellationToken)
    {
        var length = _length;
        Cipher.Encrypt(NextNonce(isLast), _plain.AsSpan(0, length), _sealed.AsSpan(0, length), _sealed.AsSpan(length, TagSize));
        _length = 0;
        return to.WriteAsync(_sealed.AsMemory(0, length + TagSize), cancellationToken);
    }
}

/// <summary>Decrypts a stream; gives out nothing that was not authenticated. For one thread at a time.</summary>
internal sealed class BackupChunkReader(Stream from, byte[] key) : BackupChunks(key)
{
    private readonly byte[] _plain = new byte[Size];

    // One chunk, and the first byte of the next: whether there is one tells which is the last.
    private readonly byte[] _sealed = new byte[Size + TagSize + 1];
    private int _ahead;
    private int _at;
    private int _length;
    private bool _isEnded;

    /// <summary>Reads some bytes, or none behind the last.</summary>
    /// <exception cref="BackupRefusedException">What comes next is not as it was written.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_at == _length && !_isEnded)
        {
            await FillAsync(cancellationToken);
        }

        var part = Math.Min(buffer.Length, _length - _at);
        _plain.AsMemory(_at, part).CopyTo(buffer);
        _at += part;
        return part;
    }

    /// <exception cref="BackupRefusedException">It ends before, or is not as it was written.</exception>
    public async ValueTask ReadExactlyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            var read = await ReadAsync(buffer, cancellationToken);
            buffer = read > 0 ? buffer[read..] : throw BackupRefusedException.Damaged("it ends too early");
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var read = _ahead + await from.ReadAtLeastAsync(_sealed.AsMemory(_ahead), _sealed.Length - _ahead, throwOnEndOfStream: false, cancellationToken);
        var isLast = read < _sealed.Length;
        var size = isLast ? read : read - 1;
        if (size < TagSize)
        {
            throw BackupRefusedException.Damaged("it was cut short");
        }

        (_at, _length) = (0, size - TagSize);
        Open(isLast);
        _isEnded = isLast;
        _ahead = read - size;
        _sealed[0] = _sealed[size]; // what was read ahead, if anything was
    }

    private void Open(bool isLast)
    {
        try
        {
            Cipher.Decrypt(NextNonce(isLast), _sealed.AsSpan(0, _length), _sealed.AsSpan(_length, TagSize), _plain.AsSpan(0, _length));
        }
        catch (AuthenticationTagMismatchException)
        {
            _length = 0;
            throw BackupRefusedException.Damaged(isLast ? "its end was altered or cut off" : "a part of it was altered or is not in its place");
        }
    }
}

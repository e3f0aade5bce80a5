// A backup begins with what is needed to open it, and nothing else lies open:
//
//   "ASSISTANT BACKUP 1\n" | length 2, big-endian, of | what a passphrase's key is derived with, or nothing
//   | the backup's key, wrapped by the master key, 60 | the first 8 bytes of the SHA-256 of all these
//
// The key is fresh for each backup and wrapped with everything before it authenticated. The check at the end proves nothing to anybody; it
// tells a header that was damaged from a master key that is another one.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Assistant.Domain.Backups;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Backups;

/// <summary>The open beginning of a backup.</summary>
internal sealed record BackupHeader(byte[] Derivation, byte[] Wrapped)
{
    private const int MaxDerivation = 4096;
    private const int CheckSize = 8;
    private const int WrappedSize = SealedBox.Overhead + MasterKey.Size;

    private static ReadOnlySpan<byte> Magic => "ASSISTANT BACKUP 1\n"u8;

    /// <summary>For a new backup, with its key.</summary>
    public static (BackupHeader Header, byte[] Key) Create(byte[] master, byte[] derivation)
    {
        var key = RandomNumberGenerator.GetBytes(MasterKey.Size);
        return (new BackupHeader(derivation, SealedBox.Wrap(master, key, Binding(derivation))), key);
    }

    /// <summary>The backup's key.</summary>
    /// <exception cref="BackupRefusedException">No master key at hand opens it.</exception>
    public byte[] Open(MasterKey master)
    {
        try
        {
            return master.FindAll(Derivation).Select(key => SealedBox.Open(key, Wrapped, Binding(Derivation))).FirstOrDefault(key => key is not null)
                ?? throw new BackupRefusedException(
                    BackupFault.WrongKey, $"{master.Name} is not the one this backup was made with, or is missing. Put or set the one of that time there.");
        }
        catch (MasterKeyException unusable)
        {
            throw new BackupRefusedException(BackupFault.WrongKey, unusable.Message, unusable);
        }
    }

    public ValueTask WriteAsync(Stream to, CancellationToken cancellationToken)
    {
        var covered = Covered();
        return to.WriteAsync((byte[])[.. covered, .. SHA256.HashData(covered).AsSpan(0, CheckSize)], cancellationToken);
    }

    /// <exception cref="BackupRefusedException">It is no backup, or its beginning is damaged.</exception>
    public static async ValueTask<BackupHeader> ReadAsync(Stream from, CancellationToken cancellationToken)
    {
        var start = new byte[Magic.Length + sizeof(ushort)];
        if (await from.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken) < Magic.Length || !start.AsSpan().StartsWith(Magic))
        {
            throw new BackupRefusedException(BackupFault.NotABackup, "The file is no backup of this program, or its first bytes were altered.");
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(start.AsSpan(Magic.Length));
        var rest = new byte[length + WrappedSize + CheckSize];
        if (length <= MaxDerivation && await from.ReadAtLeastAsync(rest, rest.Length, throwOnEndOfStream: false, cancellationToken) == rest.Length)
        {
            var header = new BackupHeader(rest[..length], rest[length..^CheckSize]);
            if (SHA256.HashData(header.Covered()).AsSpan(0, CheckSize).SequenceEqual(rest.AsSpan(^CheckSize..)))
            {
                return header;
            }
        }

        throw BackupRefusedException.Damaged("its beginning is not as it was written");
    }

    private byte[] Covered() => [.. Opening(Derivation), .. Wrapped];

    private static byte[] Binding(byte[] derivation) => [.. "wrap\0backup\0"u8, .. Opening(derivation)];

    private static byte[] Opening(byte[] derivation)
    {
        var length = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)derivation.Length));
        return [.. Magic, .. length, .. derivation];
    }
}

using System.Buffers.Binary;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>How sealed bytes begin: one byte says by what kind of key, four which version of it.</summary>
internal static class SealedHeader
{
    public const int Size = 1 + sizeof(int);

    /// <summary>Sealed under the tenant's data key.</summary>
    public const byte ByTenant = 1;

    /// <summary>Sealed under a person's key.</summary>
    public const byte ByPerson = 2;

    /// <summary>Sealed under a key of the tenant's audit log.</summary>
    public const byte ByAudit = 3;

    public static byte[] Of(byte kind, int number)
    {
        var header = new byte[Size];
        Write(header, kind, number);
        return header;
    }

    public static void Write(Span<byte> to, byte kind, int number)
    {
        to[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(to[1..], number);
    }

    /// <summary>The version, or <see langword="null"/> when these are no bytes sealed by that kind of key.</summary>
    public static int? NumberIn(ReadOnlySpan<byte> sealedBytes, byte kind)
        => sealedBytes.Length >= Size + SealedBox.Overhead && sealedBytes[0] == kind ? BinaryPrimitives.ReadInt32BigEndian(sealedBytes[1..]) : null;
}

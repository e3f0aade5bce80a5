using System.Buffers.Binary;

namespace Assistant.Domain.Attachments;

/// <summary>Which side of a picture is up, as Exif notes it (CIPA DC-008, tag 0x0112): 1 to 8, where 1 is "as it lies there".</summary>
internal static class PictureOrientation
{
    public const int Upright = 1;

    private const ushort Tag = 0x0112;
    private const ushort Short = 3;
    private const int EntrySize = 12;
    private const int MaxEntries = 200;

    /// <summary>Reads it out of a TIFF block; <see cref="Upright"/> when there is nothing to be read.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("MM\0*"u8)))
        {
            return Upright;
        }

        var isLittle = tiff[0] == (byte)'I';
        var at = ReadUInt32(tiff[4..], isLittle);
        if (at > tiff.Length - 2)
        {
            return Upright;
        }

        var entries = tiff[(int)at..];
        var count = Math.Min((int)ReadUInt16(entries, isLittle), MaxEntries);
        for (var i = 0; i < count && 2 + ((i + 1) * EntrySize) <= entries.Length; i++)
        {
            var entry = entries.Slice(2 + (i * EntrySize), EntrySize);
            if (ReadUInt16(entry, isLittle) == Tag && ReadUInt16(entry[2..], isLittle) == Short)
            {
                return ReadUInt16(entry[8..], isLittle) is var found and >= 1 and <= 8 ? found : Upright;
            }
        }

        return Upright;
    }

    /// <summary>A TIFF block that says this and nothing else.</summary>
    public static byte[] Write(int orientation) =>
    [
        (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, // big-endian, the first directory at 8
        0, 1, // one entry
        0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0,
        0, 0, 0, 0, // no further directory
    ];

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool isLittle)
        => isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool isLittle)
        => isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}

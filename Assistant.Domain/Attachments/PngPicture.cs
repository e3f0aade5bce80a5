using System.Buffers.Binary;

namespace Assistant.Domain.Attachments;

/// <summary>PNG (W3C, third edition): a signature, then chunks of length, name, content and check sum.</summary>
internal static class PngPicture
{
    private const int SignatureSize = 8;
    private const int Frame = 12; // of a chunk: length, name, check sum

    public static Picture? Clean(ReadOnlySpan<byte> png)
    {
        var whole = new PictureWriter(png.Length + 64);
        whole.Add(png[..SignatureSize]);
        var (width, height) = (0u, 0u);
        for (var at = SignatureSize; at + Frame <= png.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > png.Length - at - Frame)
            {
                return null;
            }

            var chunk = png.Slice(at, Frame + (int)length);
            var name = chunk.Slice(4, 4);
            var content = chunk[8..^4];
            if (at == SignatureSize)
            {
                if (!name.SequenceEqual("IHDR"u8) || length != 13)
                {
                    return null;
                }

                (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(content), BinaryPrimitives.ReadUInt32BigEndian(content[4..]));
            }

            at += chunk.Length;
            if (name.SequenceEqual("eXIf"u8))
            {
                AddOrientation(whole, PictureOrientation.Read(content));
            }
            else if (IsNeeded(name))
            {
                whole.Add(chunk);
            }

            if (name.SequenceEqual("IEND"u8))
            {
                return width is 0 or > int.MaxValue || height is 0 or > int.MaxValue ? null : whole.ToPicture((int)width, (int)height);
            }
        }

        return null;
    }

    private static void AddOrientation(PictureWriter whole, int orientation)
    {
        if (orientation == PictureOrientation.Upright)
        {
            return;
        }

        byte[] named = [.. "eXIf"u8, .. PictureOrientation.Write(orientation)];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, named.Length - 4);
        whole.Add(number);
        whole.Add(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, CheckSum(named));
        whole.Add(number);
    }

    // The picture itself, its colours and sizes, and the frames of a moving one. The rest is text, times, or unknown.
    private static bool IsNeeded(ReadOnlySpan<byte> name)
        => name.SequenceEqual("IHDR"u8) || name.SequenceEqual("PLTE"u8) || name.SequenceEqual("IDAT"u8) || name.SequenceEqual("IEND"u8)
            || name.SequenceEqual("tRNS"u8) || name.SequenceEqual("gAMA"u8) || name.SequenceEqual("cHRM"u8) || name.SequenceEqual("sRGB"u8)
            || name.SequenceEqual("iCCP"u8) || name.SequenceEqual("cICP"u8) || name.SequenceEqual("sBIT"u8) || name.SequenceEqual("bKGD"u8)
            || name.SequenceEqual("pHYs"u8) || name.SequenceEqual("acTL"u8) || name.SequenceEqual("fcTL"u8) || name.SequenceEqual("fdAT"u8);

    // CRC-32 of ISO 3309, bit by bit: it is taken of thirty bytes.
    private static uint CheckSum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum & 1) == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB88320;
            }
        }

        return ~sum;
    }
}

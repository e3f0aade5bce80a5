using System.Buffers.Binary;
using System.Text;

namespace Assistant.Domain.Tests.Attachments;

/// <summary>Small files of many kinds, put together by hand from their formats.</summary>
internal static class Files
{
    public const string Secret = "48.8584N 2.2945E, Canon of Li Wei";

    /// <summary>A TIFF block with an orientation and a secret, in either byte order.</summary>
    public static byte[] Exif(int orientation, bool isLittle)
    {
        var text = Encoding.ASCII.GetBytes(Secret);
        var tiff = new byte[8 + 2 + 24 + 4 + text.Length];
        (isLittle ? "II*\0"u8 : "MM\0*"u8).CopyTo(tiff);
        Put32(tiff, 4, 8, isLittle);
        Put16(tiff, 8, 2, isLittle);
        Entry(tiff, 10, 0x010F, 2, text.Length, 38, isLittle); // maker
        Entry(tiff, 22, 0x0112, 3, 1, 0, isLittle);
        Put16(tiff, 30, (ushort)orientation, isLittle);
        text.CopyTo(tiff, 38);
        return tiff;
    }

    public static byte[] Jpeg(int width = 40, int height = 30, byte[]? exif = null, bool isProgressive = false) => Join(
        [0xFF, 0xD8],
        Segment(0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
        exif is null ? [] : Segment(0xE1, [.. "Exif\0\0"u8, .. exif]),
        Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Encoding.ASCII.GetBytes(Secret)]),
        Segment(0xE2, [.. "ICC_PROFILE\0"u8, 1, 1, 7, 7]),
        Segment(0xED, Encoding.ASCII.GetBytes(Secret)),
        Segment(0xFE, Encoding.ASCII.GetBytes(Secret)),
        Segment(0xDB, new byte[65]),
        Segment(isProgressive ? (byte)0xC2 : (byte)0xC0, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]),
        Segment(0xC4, new byte[20]),
        Segment(0xDA, [1, 1, 0, 0, 63, 0]),
        [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56],
        isProgressive ? Join(Segment(0xC4, new byte[20]), Segment(0xDA, [1, 1, 0, 0, 63, 0]), [0x78, 0x9A]) : [],
        [0xFF, 0xD9],
        Encoding.ASCII.GetBytes("a film behind the picture: " + Secret));

    public static byte[] Png(uint width = 40, uint height = 30, byte[]? exif = null)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return Join(
            [0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A], Chunk("IHDR", header), Chunk("gAMA", [0, 0, 1, 0]), Chunk("tEXt", Encoding.ASCII.GetBytes("Comment\0" + Secret)),
            Chunk("iTXt", Encoding.ASCII.GetBytes(Secret)), Chunk("tIME", new byte[7]), exif is null ? [] : Chunk("eXIf", exif), Chunk("prVt", Encoding.ASCII.GetBytes(Secret)),
            Chunk("IDAT", [1, 2, 3, 4]), Chunk("IEND", []), Encoding.ASCII.GetBytes(Secret));
    }

    public static byte[] WebP(int width = 40, int height = 30, byte[]? exif = null)
    {
        byte[] canvas = [0x2C, 0, 0, 0, (byte)(width - 1), (byte)((width - 1) >> 8), 0, (byte)(height - 1), (byte)((height - 1) >> 8), 0];
        return Riff("WEBP", Riffed("VP8X", canvas), Riffed("ICCP", [7, 7, 7]), Vp8(width, height), exif is null ? [] : Riffed("EXIF", exif), Riffed("XMP ", Encoding.ASCII.GetBytes(Secret)));
    }

    public static byte[] MovingWebP()
    {
        byte[] canvas = [0x02, 0, 0, 0, 39, 0, 0, 29, 0, 0];
        return Riff(
            "WEBP", Riffed("VP8X", canvas), Riffed("ANIM", new byte[6]),
            Riffed("ANMF", Join(new byte[16], Vp8(40, 30), Riffed("note", Encoding.ASCII.GetBytes(Secret)))));
    }

    public static byte[] Gif(int width = 40, int height = 30) => Join("GIF89a"u8.ToArray(), [(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0, 0, 0, 0x3B]);

    public static byte[] Riff(string form, params byte[][] chunks)
    {
        var body = Join([Encoding.ASCII.GetBytes(form), .. chunks]);
        var size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, body.Length);
        return Join("RIFF"u8.ToArray(), size, body);
    }

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    /// <summary>An archive with entries of no content.</summary>
    public static byte[] Zip(params string[] names)
    {
        using var bytes = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(bytes, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.WriteByte(1);
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Vp8(int width, int height)
        => Riffed("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 5]);

    private static byte[] Riffed(string name, byte[] content)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, content.Length);
        return Join(Encoding.ASCII.GetBytes(name), size, content, content.Length % 2 == 0 ? [] : [0]);
    }

    private static byte[] Segment(byte marker, byte[] content) => Join([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2)], content);

    private static byte[] Chunk(string name, byte[] content)
    {
        var named = Join(Encoding.ASCII.GetBytes(name), content);
        var (size, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(size, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, CheckSum(named));
        return Join(size, named, sum);
    }

    /// <summary>CRC-32, by the table of the PNG specification's annex.</summary>
    public static uint CheckSum(byte[] bytes)
    {
        var table = Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) == 1 ? 0xEDB88320 ^ (c >> 1) : c >> 1)).ToArray();
        return bytes.Aggregate(uint.MaxValue, (c, value) => table[(c ^ value) & 0xFF] ^ (c >> 8)) ^ uint.MaxValue;
    }

    private static void Entry(byte[] tiff, int at, ushort tag, ushort type, int count, int value, bool isLittle)
    {
        Put16(tiff, at, tag, isLittle);
        Put16(tiff, at + 2, type, isLittle);
        Put32(tiff, at + 4, (uint)count, isLittle);
        Put32(tiff, at + 8, (uint)value, isLittle);
    }

    private static void Put16(byte[] bytes, int at, ushort value, bool isLittle)
        => (bytes[at], bytes[at + 1]) = isLittle ? ((byte)value, (byte)(value >> 8)) : ((byte)(value >> 8), (byte)value);

    private static void Put32(byte[] bytes, int at, uint value, bool isLittle)
    {
        Put16(bytes, isLittle ? at : at + 2, (ushort)value, isLittle);
        Put16(bytes, isLittle ? at + 2 : at, (ushort)(value >> 16), isLittle);
    }
}

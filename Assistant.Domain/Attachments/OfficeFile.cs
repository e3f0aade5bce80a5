using System.Buffers.Binary;

namespace Assistant.Domain.Attachments;

/// <summary>Documents, tables and slides: archives that are told apart by what they hold.</summary>
internal static class OfficeFile
{
    private const int EndSize = 22;
    private const int EntrySize = 46;
    private const int LongestComment = 65_535;

    // A document has a few hundred parts; whoever has more is not looked at any longer.
    private const int MaxEntries = 10_000;

    private static readonly FileType Docx = new("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx");
    private static readonly FileType Xlsx = new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx");
    private static readonly FileType Pptx = new("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx");
    private static readonly FileType Odt = new("application/vnd.oasis.opendocument.text", ".odt");
    private static readonly FileType Ods = new("application/vnd.oasis.opendocument.spreadsheet", ".ods");
    private static readonly FileType Odp = new("application/vnd.oasis.opendocument.presentation", ".odp");

    public static IReadOnlyList<FileType> Types { get; } = [Docx, Xlsx, Pptx, Odt, Ods, Odp];

    /// <summary>The type of an archive; <see cref="FileType.Bytes"/> when it is none of these, or holds macros.</summary>
    public static FileType TypeOf(ReadOnlySpan<byte> archive) => OfOpenDocument(archive) ?? OfOpenXml(archive) ?? FileType.Bytes;

    // The first entry is the media type, neither compressed nor followed by anything (OpenDocument 1.3, part 2, §3.3).
    private static FileType? OfOpenDocument(ReadOnlySpan<byte> archive)
    {
        const int header = 30;
        if (archive.Length < header + 8 || !archive.Slice(header, 8).SequenceEqual("mimetype"u8) || BinaryPrimitives.ReadUInt16LittleEndian(archive[28..]) != 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(archive[22..]);
        if (length > 100 || header + 8 + length > archive.Length)
        {
            return null;
        }

        var named = System.Text.Encoding.ASCII.GetString(archive.Slice(header + 8, (int)length));
        return Types.FirstOrDefault(type => type.MediaType == named && type != Docx && type != Xlsx && type != Pptx);
    }

    private static FileType? OfOpenXml(ReadOnlySpan<byte> archive)
    {
        var tail = archive[Math.Max(0, archive.Length - EndSize - LongestComment)..];
        var end = tail.LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || end + EndSize > tail.Length)
        {
            return null;
        }

        FileType? found = null;
        var hasTypes = false;
        long at = BinaryPrimitives.ReadUInt32LittleEndian(tail[(end + 16)..]);
        for (var count = 0; count < MaxEntries && at + EntrySize <= archive.Length; count++)
        {
            var entry = archive[(int)at..];
            if (!entry.StartsWith("PK\x01\x02"u8))
            {
                break;
            }

            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
            if (EntrySize + nameLength > entry.Length)
            {
                break;
            }

            var name = entry.Slice(EntrySize, nameLength);
            if (name.EndsWith("vbaProject.bin"u8))
            {
                return null;
            }

            hasTypes |= name.SequenceEqual("[Content_Types].xml"u8);
            found ??= name.StartsWith("word/"u8) ? Docx : name.StartsWith("xl/"u8) ? Xlsx : name.StartsWith("ppt/"u8) ? Pptx : null;
            at += EntrySize + nameLength + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        }

        return hasTypes ? found : null;
    }
}

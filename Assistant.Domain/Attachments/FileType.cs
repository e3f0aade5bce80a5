// What a file is, told by its first bytes and not by what anybody says about it. Only what people commonly send is known; everything else
// is bytes, which a browser is never told to show. Text is what is left when all of it is UTF-8 without control characters: a page or a
// script is text too, and is handed out as such.
using System.Buffers.Binary;

namespace Assistant.Domain.Attachments;

/// <summary>A kind of file that is recognised by content.</summary>
/// <param name="Extensions">Ends of names that promise it, in lower case with the dot.</param>
public sealed record FileType(string MediaType, params string[] Extensions)
{
    /// <summary>Anything that is not recognised.</summary>
    public static FileType Bytes { get; } = new("application/octet-stream");
    public static FileType Jpeg { get; } = new("image/jpeg", ".jpg", ".jpeg", ".jpe");
    public static FileType Png { get; } = new("image/png", ".png");
    public static FileType Gif { get; } = new("image/gif", ".gif");
    public static FileType WebP { get; } = new("image/webp", ".webp");
    public static FileType Pdf { get; } = new("application/pdf", ".pdf");
    public static FileType Ogg { get; } = new("audio/ogg", ".ogg", ".oga", ".opus");
    public static FileType Mp3 { get; } = new("audio/mpeg", ".mp3");
    public static FileType Mp4 { get; } = new("video/mp4", ".mp4", ".m4v");
    public static FileType M4a { get; } = new("audio/mp4", ".m4a");
    public static FileType Wav { get; } = new("audio/wav", ".wav");
    public static FileType Text { get; } = new("text/plain", ".txt");

    /// <summary>Every type but <see cref="Bytes"/>.</summary>
    public static IReadOnlyList<FileType> Known { get; } =
        [Jpeg, Png, Gif, WebP, Pdf, Ogg, Mp3, Mp4, M4a, Wav, .. OfficeFile.Types, Text];

    /// <summary>Whether a browser may show it as a picture: nothing in these formats runs.</summary>
    public bool IsRaster => MediaType is "image/jpeg" or "image/png" or "image/gif" or "image/webp";

    /// <summary>The <see cref="Messaging.Attachment.Kind"/> a file of this type goes by.</summary>
    public string Kind => this == Ogg ? "voice" : MediaType[..MediaType.IndexOf('/', StringComparison.Ordinal)] is var family and ("image" or "audio" or "video") ? family : "file";

    /// <summary>The type with a media type of <see cref="Known"/>, or <see cref="Bytes"/>.</summary>
    public static FileType Named(string? mediaType) => Known.FirstOrDefault(type => type.MediaType == mediaType) ?? Bytes;

    /// <summary>Tells the type of a whole file.</summary>
    public static FileType Of(ReadOnlySpan<byte> content)
        => content is [0xFF, 0xD8, 0xFF, ..] ? Jpeg
            : content is [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] ? Png
            : content.StartsWith("GIF87a"u8) || content.StartsWith("GIF89a"u8) ? Gif
            : IsRiff(content, "WEBP"u8) ? WebP
            : IsRiff(content, "WAVE"u8) ? Wav
            : content.StartsWith("%PDF-"u8) ? Pdf
            : IsOpus(content) ? Ogg
            : IsMp3(content) ? Mp3
            : content.Length >= 12 && content[4..8].SequenceEqual("ftyp"u8) ? OfBrand(content[8..12])
            : content is [(byte)'P', (byte)'K', 3, 4, ..] ? OfficeFile.TypeOf(content)
            : IsText(content) ? Text
            : Bytes;

    /// <summary>Whether a file of this content may go by the name and the media type that came with it.</summary>
    /// <remarks>The end of the name decides, for it is what a computer opens the file by. What promises nothing known is never a lie.</remarks>
    public bool IsHonest(string? fileName, string? mediaType)
    {
        var extension = Path.GetExtension(fileName)?.ToLowerInvariant();
        var promised = Known.FirstOrDefault(type => type.Extensions.Contains(extension, StringComparer.Ordinal))
            ?? (string.IsNullOrEmpty(extension) ? Known.FirstOrDefault(type => type.MediaType == mediaType?.ToLowerInvariant()) : null);
        return promised is null || promised == this || (IsMp4 && promised.IsMp4);
    }

    // Sound alone and pictures with sound are one container, and programs do not agree on how to mark it.
    private bool IsMp4 => this == Mp4 || this == M4a;

    public bool Equals(FileType? other) => other?.MediaType == MediaType;

    public override int GetHashCode() => MediaType.GetHashCode(StringComparison.Ordinal);

    private static bool IsRiff(ReadOnlySpan<byte> content, ReadOnlySpan<byte> form)
        => content.Length >= 12 && content.StartsWith("RIFF"u8) && content[8..12].SequenceEqual(form);

    // An Ogg page's header is 27 bytes and a table of segments; the first packet of an Opus stream begins with its name (RFC 7845 §3).
    private static bool IsOpus(ReadOnlySpan<byte> content)
        => content.Length >= 36 && content.StartsWith("OggS"u8) && 27 + content[26] + 8 <= content.Length
            && content.Slice(27 + content[26], 8).SequenceEqual("OpusHead"u8);

    // A tag, or a frame of layer III with a bit rate and a sampling rate that exist (ISO 11172-3 §2.4.1.3).
    private static bool IsMp3(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("ID3"u8))
        {
            return content.Length >= 10 && content[3] < 0xFF && content[4] < 0xFF;
        }

        return content.Length >= 4 && content[0] == 0xFF && (content[1] & 0xE6) == 0xE2 && (content[1] & 0x18) != 0x08
            && (content[2] & 0xF0) is not (0xF0 or 0) && (content[2] & 0x0C) != 0x0C;
    }

    private static FileType OfBrand(ReadOnlySpan<byte> brand) => BinaryPrimitives.ReadUInt32BigEndian(brand) switch
    {
        0x4D344120 or 0x4D344220 => M4a, // "M4A ", "M4B "
        0x69736F6D or 0x69736F32 or 0x69736F34 or 0x69736F35 or 0x69736F36 => Mp4, // "isom", "iso2", "iso4", "iso5", "iso6"
        0x6D703431 or 0x6D703432 or 0x61766331 or 0x4D345620 or 0x64617368 => Mp4, // "mp41", "mp42", "avc1", "M4V ", "dash"
        _ => Bytes,
    };

    private static bool IsText(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            return false;
        }

        foreach (var value in content)
        {
            if (value is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f') or 0x7F)
            {
                return false;
            }
        }

        return System.Text.Unicode.Utf8.IsValid(content);
    }
}

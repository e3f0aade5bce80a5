using System.Buffers.Binary;

namespace Assistant.Domain.Attachments;

/// <summary>WebP (RFC 9649): a RIFF file; its chunks are a name, a length, content, and a byte to make it even.</summary>
internal static class WebPPicture
{
    private const int HeaderSize = 12;
    private const int FrameHeaderSize = 16; // of a frame of a moving picture, before its own chunks
    private const byte ExifFlag = 0x08;
    private const byte XmpFlag = 0x04;

    public static Picture? Clean(ReadOnlySpan<byte> webp)
    {
        if (webp.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(webp[4..]) is var size && (size < 4 || size > webp.Length - 8))
        {
            return null;
        }

        var body = new PictureWriter(webp.Length + 64);
        var rest = webp[HeaderSize..(int)(8 + size)];
        var (width, height, orientation) = (0, 0, PictureOrientation.Upright);
        var flagsAt = -1;
        while (!rest.IsEmpty)
        {
            if (Take(ref rest) is not { IsEmpty: false } chunk)
            {
                return null;
            }

            var content = Content(chunk);
            if (chunk.StartsWith("VP8X"u8))
            {
                if (content.Length < 10 || flagsAt >= 0 || width != 0)
                {
                    return null;
                }

                flagsAt = HeaderSize + body.Length + 8;
                (width, height) = (1 + ReadUInt24(content[4..]), 1 + ReadUInt24(content[7..]));
            }
            else if (chunk.StartsWith("VP8 "u8) || chunk.StartsWith("VP8L"u8))
            {
                if (SizeOf(chunk, content) is not var (w, h))
                {
                    return null;
                }

                // The canvas of the extended header is not to be believed alone: what is decoded is this.
                (width, height) = (Math.Max(width, w), Math.Max(height, h));
            }
            else if (chunk.StartsWith("EXIF"u8))
            {
                orientation = PictureOrientation.Read(content.StartsWith("Exif\0\0"u8) ? content[6..] : content);
                continue;
            }

            if (!Add(body, chunk, content))
            {
                return null;
            }
        }

        return width == 0 ? null : Assemble(body, width, height, flagsAt, flagsAt < 0 ? PictureOrientation.Upright : orientation);
    }

    private static Picture Assemble(PictureWriter body, int width, int height, int flagsAt, int orientation)
    {
        var whole = new PictureWriter(HeaderSize + body.Length + 64);
        whole.Add("RIFF\0\0\0\0WEBP"u8);
        whole.Add(body.Written);
        if (orientation != PictureOrientation.Upright)
        {
            var tiff = PictureOrientation.Write(orientation); // of an even length
            whole.Add("EXIF"u8);
            whole.Add((byte)tiff.Length, 0, 0, 0);
            whole.Add(tiff);
        }

        var picture = whole.ToPicture(width, height);
        BinaryPrimitives.WriteInt32LittleEndian(picture.Content.AsSpan(4), picture.Content.Length - 8);
        if (flagsAt >= 0)
        {
            picture.Content[flagsAt] &= unchecked((byte)~(ExifFlag | XmpFlag));
            picture.Content[flagsAt] |= orientation == PictureOrientation.Upright ? (byte)0 : ExifFlag;
        }

        return picture;
    }

    /// <summary>Adds a chunk if it is needed; <see langword="false"/> when a frame in it does not add up.</summary>
    private static bool Add(PictureWriter body, ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> content)
    {
        if (!chunk.StartsWith("ANMF"u8))
        {
            if (IsNeeded(chunk))
            {
                body.Add(chunk);
            }

            return true;
        }

        if (content.Length < FrameHeaderSize)
        {
            return false;
        }

        var frame = new PictureWriter(content.Length);
        for (var rest = content[FrameHeaderSize..]; !rest.IsEmpty;)
        {
            if (Take(ref rest) is not { IsEmpty: false } part)
            {
                return false;
            }

            if (part.StartsWith("ALPH"u8) || part.StartsWith("VP8 "u8) || part.StartsWith("VP8L"u8))
            {
                frame.Add(part);
            }
        }

        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, FrameHeaderSize + frame.Length);
        body.Add("ANMF"u8);
        body.Add(length);
        body.Add(content[..FrameHeaderSize]);
        body.Add(frame.Written); // whole chunks, so of an even length
        return true;
    }

    private static bool IsNeeded(ReadOnlySpan<byte> chunk)
        => chunk.StartsWith("VP8 "u8) || chunk.StartsWith("VP8L"u8) || chunk.StartsWith("VP8X"u8) || chunk.StartsWith("ALPH"u8)
            || chunk.StartsWith("ANIM"u8) || chunk.StartsWith("ICCP"u8);

    /// <summary>Cuts off the next chunk with its padding; nothing when it does not fit.</summary>
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 8)
        {
            return default;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
        if (length > rest.Length - 8)
        {
            return default;
        }

        var end = 8 + (int)length + (int)(length & 1);
        if (end > rest.Length)
        {
            return default;
        }

        var chunk = rest[..end];
        rest = rest[end..];
        return chunk;
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> chunk) => chunk.Slice(8, (int)BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]));

    // A key frame's start code and its two 14-bit sizes (RFC 6386 §9.1), or the signature and two 14-bit sizes less one (RFC 9649 §3.4).
    private static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> content)
    {
        if (chunk.StartsWith("VP8 "u8))
        {
            return content.Length >= 10 && content[3..6].SequenceEqual<byte>([0x9D, 0x01, 0x2A])
                && (BinaryPrimitives.ReadUInt16LittleEndian(content[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(content[8..]) & 0x3FFF)
                    is var (w, h) && w > 0 && h > 0 ? (w, h) : null;
        }

        if (content.Length < 5 || content[0] != 0x2F)
        {
            return null;
        }

        var bits = BinaryPrimitives.ReadUInt32LittleEndian(content[1..]);
        return (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}

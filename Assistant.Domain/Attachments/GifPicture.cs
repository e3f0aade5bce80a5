using System.Buffers.Binary;

namespace Assistant.Domain.Attachments;

/// <summary>GIF (version 89a): kept as it is; only its size is read.</summary>
internal static class GifPicture
{
    public static Picture? Clean(ReadOnlySpan<byte> gif)
    {
        if (gif.Length < 13)
        {
            return null;
        }

        var (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(gif[6..]), BinaryPrimitives.ReadUInt16LittleEndian(gif[8..]));
        return width == 0 || height == 0 ? null : new Picture(gif.ToArray(), width, height);
    }
}

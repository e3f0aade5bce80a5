// Pictures tell where and when they were taken, with what, and sometimes hold an earlier version of themselves. What is not needed to show
// a picture is taken out before it is kept: whole pieces of the file, so nothing is decoded, and what is shown stays the same to the bit.
// Only pieces that are known to be needed are kept (a list of what is known to be bad would never be complete). The one thing told in such
// a piece that is needed is which side is up: it is written anew, alone.
//
// The input is whatever somebody sent. Each walk goes forward only, each step is checked against the end, and a file that does not add up
// is refused as a whole.
using System.Buffers;

namespace Assistant.Domain.Attachments;

/// <summary>A picture without what it tells about its maker.</summary>
/// <param name="Content">The file, ready to be kept.</param>
public sealed record Picture(byte[] Content, int Width, int Height)
{
    public long Pixels => (long)Width * Height;

    /// <summary>Takes a file apart and puts together what is needed to show it.</summary>
    /// <param name="type">A type that <see cref="FileType.IsRaster"/>.</param>
    /// <returns><see langword="null"/> when the file does not keep to its format.</returns>
    public static Picture? Clean(FileType type, ReadOnlySpan<byte> content)
        => type == FileType.Jpeg ? JpegPicture.Clean(content)
            : type == FileType.Png ? PngPicture.Clean(content)
            : type == FileType.WebP ? WebPPicture.Clean(content)
            : type == FileType.Gif ? GifPicture.Clean(content)
            : throw new ArgumentException($"{type.MediaType} is no picture.", nameof(type));
}

/// <summary>What is written while a picture is put together; never larger than what came, but for the note which side is up.</summary>
internal sealed class PictureWriter(int capacity)
{
    private readonly ArrayBufferWriter<byte> _bytes = new(capacity + 1);

    public int Length => _bytes.WrittenCount;

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Add(params byte[] bytes) => _bytes.Write(bytes);

    public Picture ToPicture(int width, int height) => new(_bytes.WrittenSpan.ToArray(), width, height);
}

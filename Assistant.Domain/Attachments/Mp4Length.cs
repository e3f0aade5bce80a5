// An MP4 file is boxes: four bytes of size, four of name, then what the name says; a size of 1 stands for one of eight bytes behind the name, a size of 0 for
// the rest of the file. The box "moov" has a box "mvhd" with the clock of the film and its length in ticks of it (ISO/IEC 14496-12 §4.2, §8.2.2). Whatever
// does not add up has no length: the bytes come from anybody.
using System.Buffers.Binary;

namespace Assistant.Domain.Attachments;

/// <summary>How long a film or a sound in an MP4 file plays.</summary>
public static class Mp4Length
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>As its header says, to the millisecond; <see langword="null"/> when it says nothing, or nothing that can be.</summary>
    public static TimeSpan? Of(ReadOnlySpan<byte> content) => Find(Find(content, "moov"u8), "mvhd"u8) is { IsEmpty: false } header ? Read(header) : null;

    private static TimeSpan? Read(ReadOnlySpan<byte> header)
    {
        // Version and flags, the times of creation and change, the clock's ticks in a second, the length in ticks.
        var (ticks, clock) = header switch
        {
            [0, ..] when header.Length >= 20 => (BinaryPrimitives.ReadUInt32BigEndian(header[16..]), BinaryPrimitives.ReadUInt32BigEndian(header[12..])),
            [1, ..] when header.Length >= 32 => (BinaryPrimitives.ReadUInt64BigEndian(header[24..]), BinaryPrimitives.ReadUInt32BigEndian(header[20..])),
            _ => (0UL, 0U),
        };
        if (clock == 0 || ticks == 0 || ticks / clock > (ulong)Longest.TotalSeconds)
        {
            return null;
        }

        var length = TimeSpan.FromMilliseconds((long)Math.Round(ticks * 1000m / clock));
        return length > TimeSpan.Zero ? length : null;
    }

    /// <returns>What is in the first box of a name; nothing when there is none.</returns>
    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> boxes, ReadOnlySpan<byte> name)
    {
        while (boxes.Length >= 8)
        {
            var (head, size) = (8, (ulong)BinaryPrimitives.ReadUInt32BigEndian(boxes));
            if (size == 1 && boxes.Length >= 16)
            {
                (head, size) = (16, BinaryPrimitives.ReadUInt64BigEndian(boxes[8..]));
            }
            else if (size == 0)
            {
                size = (ulong)boxes.Length;
            }

            if (size < (ulong)head || size > (ulong)boxes.Length)
            {
                return default;
            }

            if (boxes[4..8].SequenceEqual(name))
            {
                return boxes[head..(int)size];
            }

            boxes = boxes[(int)size..];
        }

        return default;
    }
}

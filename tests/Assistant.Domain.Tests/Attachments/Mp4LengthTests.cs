using System.Buffers.Binary;
using System.Text;
using Assistant.Domain.Attachments;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Attachments;

public sealed class Mp4LengthTests
{
    [Theory]
    [InlineData(0, 44_100, 132_300, 3_000)]
    [InlineData(1, 1_000, 61_234, 61_234)]
    [InlineData(0, 600, 1, 2)] // 1.67 ms
    public void A_header_says_how_long_it_plays(byte version, uint clock, uint ticks, int milliseconds)
        => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Mp4Length.Of(File(version, clock, ticks)));

    [Fact]
    public void What_stands_before_and_beside_it_is_passed_over_whatever_way_its_size_is_written()
    {
        var header = Box("mvhd", Header(0, 1_000, 2_500));
        byte[] large = [0, 0, 0, 1, .. "mdat"u8, 0, 0, 0, 0, 0, 0, 0, 20, 1, 2, 3, 4];
        byte[] last = [0, 0, 0, 0, .. "moov"u8, .. Box("udta", [9]), .. header];

        Assert.Equal(TimeSpan.FromMilliseconds(2_500), Mp4Length.Of([.. Box("ftyp", "M4A "u8.ToArray()), .. large, .. last]));
    }

    [Theory]
    [InlineData(0u, 5_000u)]
    [InlineData(1_000u, 0u)]
    [InlineData(1u, uint.MaxValue)] // a hundred years
    [InlineData(uint.MaxValue, 1u)] // less than a millisecond
    public void A_length_that_cannot_be_is_none(uint clock, uint ticks) => Assert.Null(Mp4Length.Of(File(0, clock, ticks)));

    [Fact]
    public void Without_a_header_there_is_none()
    {
        Assert.Null(Mp4Length.Of([]));
        Assert.Null(Mp4Length.Of(Box("moov", [])));
        Assert.Null(Mp4Length.Of(Box("mvhd", Header(0, 1_000, 5_000)))); // not where it belongs
        Assert.Null(Mp4Length.Of(Box("moov", Box("mvhd", [2, 0, 0, 0, .. new byte[40]]))));
        Assert.Null(Mp4Length.Of(Box("moov", Box("mvhd", [1, 0, 0, 0, .. new byte[10]]))));
    }

    [Fact]
    public void Whatever_the_bytes_are_it_ends()
    {
        var whole = File(1, 1_000, 5_000);

        foreach (var (seed, broken) in MutatedBytes.Of(whole))
        {
            Assert.True(Mp4Length.Of(broken) is not { } length || length > TimeSpan.Zero, $"seed {seed}");
        }
    }

    internal static byte[] File(byte version, uint clock, uint ticks) => [.. Box("ftyp", "M4A \0\0\0\0"u8.ToArray()), .. Box("moov", Box("mvhd", Header(version, clock, ticks)))];

    private static byte[] Header(byte version, uint clock, uint ticks)
    {
        var header = new byte[version == 0 ? 100 : 112];
        header[0] = version;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(version == 0 ? 12 : 20), clock);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(version == 0 ? 16 : 28), ticks);
        return header;
    }

    private static byte[] Box(string name, byte[] content)
    {
        var box = new byte[8 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        Encoding.ASCII.GetBytes(name, box.AsSpan(4));
        content.CopyTo(box, 8);
        return box;
    }
}

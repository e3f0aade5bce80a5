using System.Text;
using Assistant.Domain.Attachments;
using Xunit;

namespace Assistant.Domain.Tests.Attachments;

/// <summary>What a picture tells about its maker is taken out; the picture stays as it is, and nothing that is sent breaks it.</summary>
public sealed class PictureTests
{
    private const int Mutations = 100_000;

    public static TheoryData<string, bool> Formats => [("jpeg", true), ("jpeg", false), ("png", true), ("png", false), ("webp", true), ("webp", false)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Secrets_go_and_size_and_the_upper_side_stay(string format, bool isLittle)
    {
        for (var orientation = 1; orientation <= 8; orientation++)
        {
            var file = Make(format, Files.Exif(orientation, isLittle));
            Assert.Contains(Files.Secret, Text(file), StringComparison.Ordinal);

            var picture = Assert.IsType<Picture>(Picture.Clean(FileType.Of(file), file));

            Assert.Equal((40, 30), (picture.Width, picture.Height));
            Assert.DoesNotContain(Files.Secret, Text(picture.Content), StringComparison.Ordinal);
            var noted = picture.Content.AsSpan().IndexOf("MM\0*"u8);
            Assert.Equal(orientation == 1 ? -1 : orientation, noted < 0 ? -1 : PictureOrientation.Read(picture.Content.AsSpan(noted)));
            Assert.Equal(picture.Content, Picture.Clean(FileType.Of(picture.Content), picture.Content)!.Content);
        }
    }

    [Fact]
    public void Of_a_jpeg_the_coded_data_of_every_scan_and_the_profile_stay()
    {
        var picture = Picture.Clean(FileType.Jpeg, Files.Jpeg(isProgressive: true))!;

        Assert.True(picture.Content.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]) > 0);
        Assert.True(picture.Content.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x78, 0x9A, 0xFF, 0xD9]) > 0);
        Assert.Contains("ICC_PROFILE", Text(picture.Content), StringComparison.Ordinal);
        Assert.Equal([0xFF, 0xD9], picture.Content[^2..]); // nothing behind the end
    }

    [Fact]
    public void Of_a_png_the_note_which_side_is_up_has_a_check_sum_that_holds()
    {
        var content = Picture.Clean(FileType.Png, Files.Png(exif: Files.Exif(6, isLittle: true)))!.Content;

        var at = content.AsSpan().IndexOf("eXIf"u8);
        var length = content[at - 1];
        Assert.Equal(Files.CheckSum(content[at..(at + 4 + length)]), System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(at + 4 + length)));
    }

    [Fact]
    public void Of_a_moving_webp_the_frames_stay_without_what_is_hidden_in_them()
    {
        var picture = Picture.Clean(FileType.WebP, Files.MovingWebP())!;

        Assert.Contains("ANMF", Text(picture.Content), StringComparison.Ordinal);
        Assert.DoesNotContain(Files.Secret, Text(picture.Content), StringComparison.Ordinal);
        Assert.Equal(picture.Content.Length - 8, BitConverter.ToInt32(picture.Content, 4));
    }

    [Theory]
    [InlineData(65_535, 65_535, 4_294_836_225)]
    [InlineData(1, 1, 1)]
    public void Pixels_are_counted_from_the_header(int width, int height, long pixels)
    {
        Assert.Equal(pixels, Picture.Clean(FileType.Jpeg, Files.Jpeg(width, height))!.Pixels);
        Assert.Equal(pixels, Picture.Clean(FileType.Png, Files.Png((uint)width, (uint)height))!.Pixels);
        Assert.Equal(pixels, Picture.Clean(FileType.Gif, Files.Gif(width, height))!.Pixels);
    }

    [Fact]
    public void A_picture_that_is_cut_off_inside_its_header_is_none()
    {
        foreach (var file in new[] { Files.Jpeg(), Files.Png(), Files.WebP() })
        {
            Assert.Null(Picture.Clean(FileType.Of(file), file.AsSpan(0, 30)));
        }
    }

    [Fact]
    public void A_hundred_thousand_mutilated_pictures_are_cleaned_or_refused_and_what_is_kept_is_no_larger()
    {
        var seeds = new[]
        {
            Files.Jpeg(exif: Files.Exif(6, true)), Files.Jpeg(exif: Files.Exif(3, false), isProgressive: true), Files.Png(exif: Files.Exif(6, true)),
            Files.WebP(exif: Files.Exif(8, false)), Files.MovingWebP(), Files.Gif(), Files.Zip("[Content_Types].xml", "word/document.xml"),
        };
        var random = new Random(20_261_128);
        var (kept, refused) = (0, 0);
        for (var i = 0; i < Mutations; i++)
        {
            var file = Mutilate(seeds[i % seeds.Length], random);
            var type = FileType.Of(file);
            if (!type.IsRaster)
            {
                continue;
            }

            if (Picture.Clean(type, file) is { } picture)
            {
                kept++;
                Assert.True(picture.Content.Length <= file.Length + 64, $"mutation {i} grew");
                Assert.NotNull(Picture.Clean(FileType.Of(picture.Content), picture.Content));
            }
            else
            {
                refused++;
            }
        }

        // Both happen often, or the mutations would show nothing.
        Assert.InRange(kept, Mutations / 20, Mutations);
        Assert.InRange(refused, Mutations / 20, Mutations);
    }

    private static byte[] Make(string format, byte[] exif) => format switch
    {
        "jpeg" => Files.Jpeg(exif: exif),
        "png" => Files.Png(exif: exif),
        _ => Files.WebP(exif: exif),
    };

    private static byte[] Mutilate(byte[] seed, Random random)
    {
        var file = random.Next(4) == 0 ? seed[..random.Next(seed.Length)] : (byte[])seed.Clone();
        for (var change = random.Next(1, 6); change > 0 && file.Length > 0; change--)
        {
            // Lengths are what walks depend on: extreme values are tried more often than chance would.
            file[random.Next(file.Length)] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
        }

        return file;
    }

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}

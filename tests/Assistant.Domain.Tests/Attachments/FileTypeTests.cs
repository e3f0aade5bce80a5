using System.Text;
using Assistant.Domain.Attachments;
using Xunit;

namespace Assistant.Domain.Tests.Attachments;

/// <summary>A file is what its bytes say.</summary>
public sealed class FileTypeTests
{
    public static TheoryData<string, string> Examples => new()
    {
        { Base64(Files.Jpeg()), "image/jpeg" },
        { Base64(Files.Png()), "image/png" },
        { Base64(Files.Gif()), "image/gif" },
        { Base64(Files.WebP()), "image/webp" },
        { Base64(Files.Riff("WAVE", "fmt "u8.ToArray())), "audio/wav" },
        { Base64("%PDF-1.7\n"u8.ToArray()), "application/pdf" },
        { Base64([.. "OggS"u8, .. new byte[22], 1, 19, .. "OpusHead"u8, 1, 1]), "audio/ogg" },
        { Base64([.. "OggS"u8, .. new byte[22], 1, 30, 1, .. "vorbis"u8, 1, 1]), "application/octet-stream" },
        { Base64([.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0]), "audio/mpeg" },
        { Base64([0xFF, 0xFB, 0x90, 0x64, 0]), "audio/mpeg" },
        { Base64([0xFF, 0xFE, 0x61, 0x00]), "application/octet-stream" }, // text in UTF-16
        { Base64([0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 0, 0]), "video/mp4" },
        { Base64([0, 0, 0, 24, .. "ftypM4A "u8, 0, 0, 0, 0]), "audio/mp4" },
        { Base64([0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0]), "application/octet-stream" },
        { Base64(Files.Zip("[Content_Types].xml", "word/document.xml")), "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { Base64(Files.Zip("xl/workbook.xml", "[Content_Types].xml")), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
        { Base64(Files.Zip("[Content_Types].xml", "ppt/presentation.xml")), "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
        { Base64(Files.Zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")), "application/octet-stream" },
        { Base64(Files.Zip("word/document.xml")), "application/octet-stream" },
        { Base64(Files.Zip("setup.exe")), "application/octet-stream" },
        { Base64(OpenDocument()), "application/vnd.oasis.opendocument.text" },
        { Base64(Encoding.UTF8.GetBytes("price: 3 €\r\n\t报价")), "text/plain" },
        { Base64("<html><script>alert(1)</script>"u8.ToArray()), "text/plain" },
        { Base64("a\0b"u8.ToArray()), "application/octet-stream" },
        { Base64([0xC3, 0x28]), "application/octet-stream" },
        { Base64([.. "MZ"u8, 0x90, 0, 3]), "application/octet-stream" },
        { "", "application/octet-stream" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_type_is_told_by_content(string content, string mediaType)
        => Assert.Equal(mediaType, FileType.Of(Convert.FromBase64String(content)).MediaType);

    [Theory]
    [InlineData("photo.jpg", null, "image/jpeg", true)]
    [InlineData("photo.JPEG", "image/png", "image/jpeg", true)] // what a computer opens it by decides
    [InlineData("photo.jpg", "image/jpeg", "image/png", false)]
    [InlineData("photo.jpg", null, "text/plain", false)]
    [InlineData("report.pdf", null, "application/octet-stream", false)]
    [InlineData("report.pdf.exe", "application/pdf", "application/octet-stream", true)] // promises nothing that is known
    [InlineData("drawing.dwg", null, "application/octet-stream", true)]
    [InlineData("page.html", "text/html", "text/plain", true)]
    [InlineData("sound.m4a", null, "video/mp4", true)]
    [InlineData("film.mp4", null, "audio/mp4", true)]
    [InlineData(null, "image/jpeg", "image/jpeg", true)]
    [InlineData(null, "image/jpeg", "text/plain", false)]
    [InlineData(null, "audio/ogg", "audio/mpeg", false)]
    [InlineData(null, "application/x-tgsticker", "application/octet-stream", true)]
    [InlineData(null, null, "application/octet-stream", true)]
    public void A_file_goes_by_its_own_name_alone(string? name, string? declared, string found, bool isHonest)
        => Assert.Equal(isHonest, FileType.Named(found).IsHonest(name, declared));

    [Fact]
    public void Only_pictures_that_cannot_run_are_shown()
        => Assert.Equal(["image/jpeg", "image/png", "image/gif", "image/webp"], FileType.Known.Where(type => type.IsRaster).Select(type => type.MediaType));

    [Fact]
    public void A_stored_type_that_is_not_known_is_bytes()
        => Assert.Equal(FileType.Bytes, FileType.Named("text/html"));

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    private static byte[] OpenDocument()
    {
        var type = "application/vnd.oasis.opendocument.text"u8.ToArray();
        var header = new byte[30];
        "PK\x03\x04"u8.CopyTo(header);
        header[22] = (byte)type.Length;
        header[26] = 8;
        return Files.Join(header, "mimetype"u8.ToArray(), type);
    }
}

using System.Net.Http.Headers;
using Assistant.Web.Endpoints;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>Whatever somebody calls a file, its download has one name, and only that.</summary>
public sealed class AttachmentAnswerTests
{
    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "_.._etc_passwd")]
    [InlineData(@"C:\Windows\system32\evil.dll", "C__Windows_system32_evil.dll")]
    [InlineData("a\r\nSet-Cookie: x=1.txt", "a__Set-Cookie_ x=1.txt")]
    [InlineData("fdp.\u202Eexe", "fdp._exe")] // turned around it would read as a document
    [InlineData("锅炉 🏠.pdf", "锅炉 🏠.pdf")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("trailing. . ", "trailing")]
    [InlineData("...", "")]
    public void A_name_is_made_harmless(string name, string safe) => Assert.Equal(safe, AttachmentAnswer.Safe(name));

    // Not among the cases above: half a pair does not survive being the name of a case.
    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("half_.txt", AttachmentAnswer.Safe("half\uD83D.txt"));

    [Fact]
    public void Of_a_long_name_the_end_stays()
        => Assert.Equal(120, AttachmentAnswer.Safe(new string('a', 500) + ".pdf").Length);

    [Theory]
    [InlineData("report.pdf")]
    [InlineData("锅炉 🏠.pdf")]
    [InlineData("a; filename=b.exe")]
    [InlineData("50% of it's (all).txt")]
    public void The_header_says_the_name_to_whoever_reads_it(string name)
    {
        var header = ContentDispositionHeaderValue.Parse(AttachmentAnswer.Disposition(name));

        Assert.Equal(("attachment", name), (header.DispositionType, header.FileNameStar));
        Assert.All(header.FileName!, character => Assert.InRange(character, ' ', '~'));
    }
}

using System.Globalization;
using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Messaging;

public sealed class OutboundFileTests
{
    [Theory]
    [InlineData("plan.pdf", "plan.pdf")]
    [InlineData("报告 (最终版).pdf", "报告 (最终版).pdf")]
    [InlineData("../../etc/passwd", "_.._etc_passwd")]
    [InlineData("C:\\temp\\x.txt", "C__temp_x.txt")]
    [InlineData("a\r\nContent-Type: text/html\0.txt", "aContent-Type_ text_html.txt")]
    [InlineData("a \"b\"; filename=c.txt", "a _b_; filename=c.txt")]
    [InlineData("photo\u202Egpj.exe", "photogpj.exe")]
    [InlineData("👩🏽‍🚒.bin", "👩🏽‍🚒.bin")] // held together by a joiner
    [InlineData(" ... ", "file")]
    [InlineData("", "file")]
    [InlineData(null, "file")]
    [InlineData("\ud800.txt", "txt")]
    public void A_name_is_one_everywhere(string? given, string expected) => Assert.Equal(expected, OutboundFile.NameOf(given));

    [Fact]
    public void A_long_name_keeps_its_ending_and_no_half_of_a_character()
    {
        var name = OutboundFile.NameOf(string.Concat(Enumerable.Repeat("👩🏽‍🚒", 50)) + ".pdf");

        Assert.True(name.Length <= 100);
        Assert.EndsWith("👩🏽‍🚒.pdf", name, StringComparison.Ordinal);
        Assert.Equal(0, (name.Length - 4) % "👩🏽‍🚒".Length);
        Assert.True(new StringInfo(name).LengthInTextElements > 10);
    }

    [Fact]
    public void What_was_made_a_name_stays_as_it_is()
        => Assert.All(["a/b", "x\u202Ey", new string('n', 200) + ".tar", "…"], given => Assert.Equal(OutboundFile.NameOf(given), OutboundFile.NameOf(OutboundFile.NameOf(given))));
}

using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Messaging;

public sealed class BareAddressTests
{
    [Theory]
    [InlineData("https://example.com", "https://example.com")]
    [InlineData("https://example.com。谢谢", "https://example.com")]
    [InlineData("https://example.com/a（测试）", "https://example.com/a")]
    [InlineData("https://example.com/wiki/中国 是", "https://example.com/wiki/中国")]
    [InlineData("https://example.com/a\u3000好", "https://example.com/a")]
    [InlineData("https://example.com/a,b;c!", "https://example.com/a,b;c!")]
    [InlineData("", "")]
    public void An_address_ends_with_its_word_or_before_Chinese_punctuation(string text, string address) =>
        Assert.Equal(address, text[..BareAddress.LengthIn(text)]);

    [Fact]
    public void An_address_longer_than_any_that_works_is_left_to_its_reader()
    {
        var text = $"https://example.com/{new string('a', 3000)}。";

        Assert.Equal(text.Length, BareAddress.LengthIn(text));
    }
}

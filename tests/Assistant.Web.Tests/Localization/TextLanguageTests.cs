using Assistant.Web.Localization;

namespace Assistant.Web.Tests.Localization;

public sealed class TextLanguageTests
{
    [Theory]
    [InlineData("我的包裹什么时候到？", "zh")]
    [InlineData("Docker 的端口被占用了", "zh")]
    [InlineData("Where is my parcel?", null)]
    [InlineData("The word 你好 means hello in Chinese", null)]
    [InlineData("荷物はいつ届きますか", null)]
    [InlineData("4711!", null)]
    [InlineData("", null)]
    public void Chinese_is_told_from_other_texts(string text, string? expected) => Assert.Equal(expected, TextLanguage.Of(text));
}

using System.Text;
using Assistant.Infrastructure.Messaging.Channels.DingTalk;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.DingTalk;

public sealed class DingTalkTextTests
{
    [Theory]
    [InlineData("**重点** *强调*", "**重点** *强调*")]
    [InlineData("这是**重点**内容", "这是**重点**内容")]
    [InlineData("# Title\n\ntext\nnext", "# Title\n\ntext  \nnext")]
    [InlineData("**a**\n\n- a\n- b\n1. c", "**a**\n\n- a  \n- b  \n1. c")]
    [InlineData("> quoted\n> lines", "> quoted  \n> lines")]
    [InlineData("[here](https://example.test/a_b?c=d&e=f)", "[here](https://example.test/a_b?c=d&e=f)")]
    [InlineData("**snake_case** & C# > Java", "**snake_case** & C# > Java")]
    [InlineData("**a** ~~gone~~", "**a** ~~gone~~")]
    [InlineData("👨‍👩‍👧 **👍🏽** *שלום*", "👨‍👩‍👧 **👍🏽** *שלום*")]
    public void Marks_are_shown_where_every_one_is_meant(string markdown, string expected)
    {
        var (key, param) = DingTalkText.Of(markdown);

        Assert.Equal("sampleMarkdown", key);
        Assert.Equal(expected, (string?)param["text"]);
    }

    [Theory]
    [InlineData("你好 👋 <b>&", "你好 👋 <b>&")]
    [InlineData("plain\nlines", "plain\nlines")]
    [InlineData("**bold** 2 \\* 3 \\* 4", "bold 2 * 3 * 4")]
    [InlineData("**bold** <b>html</b>", "bold <b>html</b>")]
    [InlineData("**bold** \\[x\\]", "bold [x]")]
    [InlineData("**bold** _\\_private\\__", "bold _private_")]
    [InlineData("**bold**\n\n\\# none", "bold\n\n# none")]
    [InlineData("**bold**\n\n```csharp\nvar x = 1;\n```", "bold\n\nvar x = 1;")]
    [InlineData("**bold** `a*b`", "bold a*b")]
    [InlineData("**t**\n\n| a | b |\n|---|---|\n| 一 | 2 |", "t\n\na  │ b\n───┼──\n一 │ 2")]
    [InlineData("[x](javascript:alert(1))", "x (javascript:alert(1))")]
    [InlineData("**a** [x](https://example.test/a(b))", "a x (https://example.test/a(b))")]
    [InlineData("   ", "   ")]
    public void What_would_be_taken_for_a_mark_goes_as_text(string markdown, string expected)
    {
        var (key, param) = DingTalkText.Of(markdown);

        Assert.Equal("sampleText", key);
        Assert.Equal(expected, (string?)param["content"]);
    }

    [Fact]
    public void The_title_is_the_first_line()
    {
        Assert.Equal("周报", (string?)DingTalkText.Of("# 周报\n\n**重点**").Param["title"]);
        Assert.Equal(new string('长', 38) + "…", (string?)DingTalkText.Of($"**{new string('长', 38)}👍🏽 and more**").Param["title"]);
    }

    [Theory]
    [InlineData("字")]
    [InlineData("**粗** ")]
    [InlineData("- a\n")]
    [InlineData("\"")]
    [InlineData("😀")]
    public void Any_text_of_the_limit_fits_what_dingtalk_takes(string of)
    {
        var (_, param) = DingTalkText.Of(string.Concat(Enumerable.Repeat(of, DingTalkText.Limit.Max / of.Length)));

        Assert.InRange(((string?)(param["text"] ?? param["content"]))!.Length, 1, 5_000);
        Assert.InRange(Encoding.UTF8.GetByteCount(((string?)(param["text"] ?? param["content"]))!), 1, 19_000);
    }
}

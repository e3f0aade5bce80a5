using Assistant.Domain.Ai.Embedded;
using Xunit;

namespace Assistant.Domain.Tests.Ai.Embedded;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("the key is under the **second** pot", "the key is under the second pot")]
    [InlineData("钥匙在**第二个**花盆下面", "钥匙在第二个花盆下面")]
    [InlineData("***very*** _important_, ~~not~~ `now`", "very important, not now")]
    [InlineData("**重要**：密码是`4711`。", "重要：密码是4711。")]
    [InlineData("see [the plan](https://example.test/plan)", "see the plan (https://example.test/plan)")]
    [InlineData("见[方案](https://example.test/plan)", "见方案 (https://example.test/plan)")]
    [InlineData("<https://example.test>", "https://example.test")]
    [InlineData("run this:\n```sh\nls *.cs\n```\nthen rest", "run this:\nls *.cs\n\nthen rest")]
    public void Formatting_is_taken_off(string text, string plain)
    {
        Assert.Equal(plain, PlainText.OfSpeech(text));
        Assert.Equal(plain, PlainText.OfMarkdown(text));
    }

    [Theory]
    [InlineData("2 * 3 * 4 = 24")]
    [InlineData("the password is a*b*c")]
    [InlineData("call snake_case_name or __init__x")]
    [InlineData("the file is __init__.py")]
    [InlineData("it lies in /opt/_old_/app and a/__init__")]
    [InlineData("价格 * 数量 * 折扣")]
    [InlineData("footnote* and another*")]
    [InlineData("arr[i](x) and [a](b)")]
    [InlineData("~5 kg or ~6 kg")]
    [InlineData("a < b > c")]
    [InlineData("")]
    [InlineData("```\n```")]
    public void What_only_looks_like_formatting_stays(string text)
    {
        Assert.Equal(text, PlainText.OfSpeech(text));
        Assert.Equal(text, PlainText.OfMarkdown(text));
    }

    [Theory]
    [InlineData("# 5 is my locker", "5 is my locker")]
    [InlineData("> 500 EUR\n\n* tea\n* milk", "500 EUR\n\n- tea\n- milk")]
    [InlineData(@"2 \* 3, \\server", @"2 * 3, \server")]
    [InlineData("the password is *hunter2*", "the password is hunter2")]
    [InlineData("## 第一步\n> > 先**关**电", "第一步\n先关电")]
    public void Signs_a_person_may_mean_are_marks_in_Markdown_only(string text, string plain)
    {
        Assert.Equal(plain, PlainText.OfMarkdown(text));
        Assert.Equal(text.Replace("**", "", StringComparison.Ordinal), PlainText.OfSpeech(text));
    }
}

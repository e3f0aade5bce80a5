using Assistant.Infrastructure.Messaging.Channels.Email;
using MimeKit.Text;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

public sealed class EmailTextTests
{
    [Theory]
    [InlineData("one\n\ntwo")]
    [InlineData("> quoted and From here")]
    [InlineData("From the start\n from a space")]
    [InlineData("明天几点开会？我们需要讨论很多事情，所以这一行会非常非常长，没有任何空格，也不应该在中间被断开，因为中文不用空格，这样收件人看到的才是完整的一行文字。")]
    [InlineData("a very long line of many words that has to be broken at some space before the width, so that old programs show it well, and new ones join it again to one line")]
    [InlineData("https://example.test/a/very/long/address/that/has/no/space/and/goes/on/and/on/and/on/and/on/and/on and then words")]
    public void A_flowed_text_reads_as_it_was_written(string text)
    {
        var flowed = EmailText.Flowed(text);

        Assert.Equal(text, new FlowedToText().Convert(flowed).ReplaceLineEndings("\n").TrimEnd('\n'));
        Assert.All(flowed.Split("\r\n").Where(line => line.TrimEnd().Contains(' ', StringComparison.Ordinal)), line => Assert.True(line.Length <= 130));
    }

    [Theory]
    [InlineData("**bold** and *italic* and ~~gone~~", "<strong>bold</strong> and <em>italic</em> and <del>gone</del>")]
    [InlineData("中文**加粗**文字", "中文<strong>加粗</strong>文字")]
    [InlineData("这是**重点：**内容", "这是<strong>重点：</strong>内容")]
    [InlineData("**“你好”**世界，这是**重点：**内容", "<strong>“你好”</strong>世界，这是<strong>重点：</strong>内容")]
    [InlineData("https://example.com/help。谢谢", "<a href=\"https://example.com/help\">https://example.com/help</a>。谢谢")]
    [InlineData("（详见 https://example.com/a）", "<a href=\"https://example.com/a\">https://example.com/a</a>）")]
    [InlineData("`a<b`", "<code>a&lt;b</code>")]
    [InlineData("```js\nlet x = \"<\";\n```", "let x = &quot;&lt;&quot;;")]
    [InlineData("| a | b |\n|---|---|\n| 1 | 2 |", "<td>2</td>")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;")]
    [InlineData("[x](javascript:alert(1))", "<a href=\"\">x</a>")]
    [InlineData("[x](data:text/html,1)", "<a href=\"\">x</a>")]
    [InlineData("![spy](https://spy.test/p.gif)", "<a href=\"https://spy.test/p.gif\">spy</a>")]
    [InlineData("[Lin](mailto:lin@x.test)", "<a href=\"mailto:lin@x.test\">Lin</a>")]
    [InlineData("a\nb", "a<br />")]
    public void Markdown_becomes_html_that_does_no_harm(string markdown, string html)
    {
        var page = EmailHtml.Of(markdown)!;

        Assert.Contains(html, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_wide_table_of_many_short_rows_grows_with_its_text_alone()
    {
        var markdown = string.Concat(Enumerable.Repeat("a|", 1_000)) + "\n" + string.Concat(Enumerable.Repeat("-|", 1_000)) + "\n"
            + string.Concat(Enumerable.Repeat("a|\n", 1_000));

        Assert.InRange(EmailHtml.Of(markdown)!.Length, 1, 10 * markdown.Length);
    }

    [Fact]
    public void Nesting_no_parser_takes_leaves_the_plain_text() => Assert.Null(EmailHtml.Of(new string('>', 5_000) + "x"));

    [Fact]
    public void A_mail_longer_than_what_is_let_in_is_cut_between_characters()
    {
        var bounded = EmailText.Bounded(string.Concat(Enumerable.Repeat("👋", 20_000)));

        Assert.InRange(bounded.Length, 29_000, 30_010);
        Assert.Equal(bounded, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(bounded)));
    }
}

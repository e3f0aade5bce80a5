using Assistant.Infrastructure.Messaging.Channels.Slack;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Slack;

public sealed class SlackRendererTests
{
    [Theory]
    [InlineData("**bold** _italic_ ~~gone~~ `code`", "*bold* _italic_ ~gone~ `code`")]
    [InlineData("这是**重点**内容", "这是\u200B*重点*\u200B内容")]
    [InlineData("**重点** 内容", "*重点* 内容")]
    [InlineData("**结论**：可以", "*结论*\u200B：可以")]
    [InlineData("可以（**今天**），“*好*”。", "可以（\u200B*今天*\u200B），“\u200B_好_\u200B”。")]
    [InlineData("**done**: (**now**), `x`.", "*done*: (*now*), `x`.")]
    [InlineData("***both***", "_*both*_")]
    [InlineData("3*4*5", "3\u200B*4\u200B*5")]
    [InlineData("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d")]
    [InlineData("`a < b`", "`a &lt; b`")]
    [InlineData("```csharp\nvar x = \"<b>&\";\n```", "```\nvar x = \"&lt;b&gt;&amp;\";\n```")]
    [InlineData("# Title\n\ntext", "*Title*\n\ntext")]
    [InlineData("- a\n  - b\n1. c", "• a\n  • b\n1. c")]
    [InlineData("> quoted\n> lines", "> quoted\n> lines")]
    [InlineData("[here](https://example.test/a_b?c=d&e=f)", "<https://example.test/a_b?c=d&amp;e=f|here>")]
    [InlineData("[a < b](https://example.test)", "<https://example.test|a &lt; b>")]
    [InlineData("<https://example.test>", "<https://example.test>")]
    [InlineData("[](https://example.test)", "<https://example.test>")]
    [InlineData("[x](javascript:alert(1))", "x (javascript:alert(1))")]
    [InlineData("[x](https://example.test/a|b)", "<https://example.test/a%7Cb|x>")]
    [InlineData("[![alt](https://i.test/i.png)](https://example.test)", "<https://i.test/i.png|alt> <https://example.test>")]
    [InlineData("![image](https://example.test/i.png)", "<https://example.test/i.png|image>")]
    [InlineData("<!channel> <@U123> <!here|x>", "&lt;!channel&gt; &lt;@U123&gt; &lt;!here|x&gt;")]
    [InlineData("[ping](<!channel>)", "ping (!channel)")]
    [InlineData("👨‍👩‍👧 **👍🏽** *שלום*", "👨‍👩‍👧 *👍🏽* _שלום_")]
    [InlineData("2 \\* 3 \\* 4", "2 * 3 * 4")]
    [InlineData("\\*not bold\\* \\_x\\_ \\`code\\` \\~so\\~", "*\u200Bnot bold\u200B* _\u200Bx\u200B_ `\u200Bcode\u200B` ~\u200Bso\u200B~")]
    [InlineData("snake_case 5 \\*3", "snake_case 5 *\u200B3")]
    [InlineData("see https://example.test/_a/b~", "see https://example.test/_a/b~")]
    [InlineData("| a | b |\n|---|---|\n| 一 | 2 |", "```\na  │ b\n───┼──\n一 │ 2\n```")]
    [InlineData("   ", "   ")]
    public void Markdown_is_written_as_slack_reads_it(string markdown, string expected) => Assert.Equal(expected, SlackRenderer.Render(markdown));

    [Fact]
    public void Vectors_are_escaped_as_they_say()
    {
        foreach (var (id, input, expect) in Vectors.Of("text.json").Where(vector => (string?)vector.Input["kind"] == "slack"))
        {
            var text = (string)input["text"]!;

            Assert.True((string)expect["out"]! == SlackText.Escape(text), id);
            Assert.True((string)expect["out"]! == SlackRenderer.Render(text), id);
        }
    }

    [Fact]
    public void A_long_text_of_nothing_but_escapes_is_still_taken()
        => Assert.Equal(3_000 * 5, SlackRenderer.Render(new string('&', 3_000)).Length);
}

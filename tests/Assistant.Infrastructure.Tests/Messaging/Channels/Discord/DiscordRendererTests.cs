using Assistant.Infrastructure.Messaging.Channels.Discord;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Discord;

public sealed class DiscordRendererTests
{
    [Theory]
    [InlineData("**bold** _italic_ ~~gone~~ `code`", "**bold** *italic* ~~gone~~ `code`")]
    [InlineData("这是**重点**内容", "这是**重点**内容")]
    [InlineData("***both***", "***both***")]
    [InlineData("3*4*5", @"3\*4\*5")]
    [InlineData("a_b_c 2 \\* 3", @"a\_b\_c 2 \* 3")]
    [InlineData("a < b | c > d # e", @"a \< b \| c \> d \# e")]
    [InlineData("`a < b`", "`a < b`")]
    [InlineData("```csharp\nvar x = \"<b>&\";\n```", "```csharp\nvar x = \"<b>&\";\n```")]
    [InlineData("# Title\n\ntext", "# Title\n\ntext")]
    [InlineData("#### Small", "**Small**")]
    [InlineData("- a\n  - b\n1. c", "- a\n  - b\n1. c")]
    [InlineData("\\- no list", @"\- no list")]
    [InlineData("one-two", "one-two")]
    [InlineData("> quoted\n> lines", "> quoted\n> lines")]
    [InlineData("[here](https://example.test/a_b?c=d&e=f)", "[here](https://example.test/a_b?c=d&e=f)")]
    [InlineData("[a b](https://example.test/a_(b))", "[a b](https://example.test/a_%28b%29)")]
    [InlineData("[a \\[1\\]](https://example.test)", "[a (1)](https://example.test)")]
    [InlineData("[https://other.test](https://example.test)", "https://other.test (https://example.test)")]
    [InlineData("<https://example.test>", "https://example.test")]
    [InlineData("see https://example.test/a_b_c and d_e", @"see https://example.test/a_b_c and d\_e")]
    [InlineData("[](https://example.test)", "https://example.test")]
    [InlineData("[x](javascript:alert(1))", "x (javascript:alert(1))")]
    [InlineData("![image](https://example.test/i.png)", "[image](https://example.test/i.png)")]
    [InlineData("[![alt](https://i.test/i.png)](https://example.test)", "[alt](https://i.test/i.png) (https://example.test)")]
    [InlineData("@everyone <@123> <#45> <:smile:67>", @"@everyone \<@123\> \<\#45\> \<:smile:67\>")]
    [InlineData("||secret||", @"\|\|secret\|\|")]
    [InlineData("👨‍👩‍👧 **👍🏽** *שלום*", "👨‍👩‍👧 **👍🏽** *שלום*")]
    [InlineData("| a | b |\n|---|---|\n| 一 | 2 |", "```\na  │ b\n───┼──\n一 │ 2\n```")]
    [InlineData("~~~~", @"\~\~\~\~")]
    public void Markdown_is_written_as_discord_reads_it(string markdown, string expected) => Assert.Equal(expected, DiscordRenderer.Render(markdown));

    [Fact]
    public void What_escapes_would_make_too_long_goes_as_it_is()
    {
        var text = new string('_', 1_999) + "x";

        Assert.Equal(text, DiscordRenderer.Render(text));
    }
}

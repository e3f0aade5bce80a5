using Assistant.Infrastructure.Messaging.Channels.WhatsApp;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WhatsApp;

public sealed class WhatsAppRendererTests
{
    [Theory]
    [InlineData("**bold** _italic_ ~~gone~~ `code`", "*bold* _italic_ ~gone~ `code`")]
    [InlineData("这是**重点**内容", "这是\u200B*重点*\u200B内容")]
    [InlineData("***both***", "_*both*_")]
    [InlineData("3*4*5", "3\u200B*4\u200B*5")]
    [InlineData("```csharp\nvar x = \"*a*\";\n```", "```\nvar x = \"*a*\";\n```")]
    [InlineData("# Title\n\ntext", "*Title*\n\ntext")]
    [InlineData("- a\n  - b\n1. c", "• a\n  • b\n1. c")]
    [InlineData("> quoted\n> lines", "> quoted\n> lines")]
    [InlineData("[here](https://example.test/a_b?c=d&e=f)", "here (https://example.test/a_b?c=d&e=f)")]
    [InlineData("<https://example.test/_a_>", "https://example.test/_a_")]
    [InlineData("[](https://example.test)", "https://example.test")]
    [InlineData("![image](https://example.test/i.png)", "image (https://example.test/i.png)")]
    [InlineData("2 \\* 3 \\* 4 a_b_c", "2 * 3 * 4 a_b_c")]
    [InlineData("\\*not bold\\*", "*\u200Bnot bold\u200B*")]
    [InlineData("see https://example.test/_a/b~", "see https://example.test/_a/b~")]
    [InlineData("👨‍👩‍👧 **👍🏽** *שלום*", "👨‍👩‍👧 *👍🏽* _שלום_")]
    [InlineData("| a | b |\n|---|---|\n| 一 | 2 |", "```\na  │ b\n───┼──\n一 │ 2\n```")]
    [InlineData("   ", "   ")]
    public void Markdown_is_written_as_whatsapp_reads_it(string markdown, string expected) => Assert.Equal(expected, WhatsAppRenderer.Render(markdown));

    [Fact]
    public void No_text_becomes_longer_than_whatsapp_takes()
    {
        Assert.Equal(4096, WhatsAppRenderer.Render(string.Concat(Enumerable.Repeat("*a ", 1365)) + "x").Length);
        Assert.True(WhatsAppRenderer.Render(string.Concat(Enumerable.Repeat("\\*a\\* ", 680))).Length <= 4096);
    }
}

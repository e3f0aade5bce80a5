using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

public sealed class FeishuContentTests
{
    [Theory]
    [InlineData("**bold** _italic_ ~~gone~~ `code`", "**bold** *italic* ~~gone~~ `code`")]
    [InlineData("这是**重点**内容", "这是**重点**内容")]
    [InlineData("***both***", "***both***")]
    [InlineData("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d")]
    [InlineData("```csharp\nvar x = 1;\n```", "```csharp\nvar x = 1;\n```")]
    [InlineData("`<at id=all></at>`", "`<\u200Bat id=all><\u200B/at>`")]
    [InlineData("<at id=all></at> <at user_id=\"all\">所有人</at>", "&lt;at id=all&gt;&lt;/at&gt; &lt;at user&#95;id=\"all\"&gt;所有人&lt;/at&gt;")]
    [InlineData("# Title\n\ntext", "**Title**\n\ntext")]
    [InlineData("- a\n  - b\n1. c", "- a\n  - b\n1. c")]
    [InlineData("> quoted\n> lines", "> quoted\n> lines")]
    [InlineData("[here](https://example.test/a_b?c=d&e=(f))", "[here](https://example.test/a_b?c=d&e=%28f%29)")]
    [InlineData("<https://example.test/a_b>", "https://example.test/a&#95;b")]
    [InlineData("[x](javascript:alert(1))", "x (javascript:alert(1))")]
    [InlineData("[![alt](https://i.test/i.png)](https://example.test)", "[alt](https://i.test/i.png) [https://example.test](https://example.test)")]
    [InlineData("2 \\* 3 \\* 4 \\[a\\] \\# \\~", "2 &#42; 3 &#42; 4 &#91;a&#93; &#35; &#126;")]
    [InlineData("| a | b |\n|---|---|\n| 一 | 2 |", "```\na  │ b\n───┼──\n一 │ 2\n```")]
    [InlineData("👨‍👩‍👧 **👍🏽** *שלום*", "👨‍👩‍👧 **👍🏽** *שלום*")]
    public void Markdown_is_written_as_a_card_reads_it(string markdown, string expected)
        => Assert.Equal(expected, FeishuRenderer.Render(markdown, alignsTables: true));

    [Theory]
    [InlineData("你好 👋 <b>&", "你好 👋 <b>&")]
    [InlineData("5 \\* 3, a_b_c @all", "5 * 3, a_b_c @all")]
    [InlineData("- a\n- b", "• a\n• b")]
    [InlineData("见 <https://example.test>", "见 https://example.test")]
    [InlineData("<at user_id=\"all\">所有人</at>", "<at user_id=\"all\">所有人</at>")]
    [InlineData("*", "•")]
    [InlineData("", "")]
    public void Plain_words_are_a_message_like_anybodys(string markdown, string expected)
    {
        var post = Of(new MessageBody(markdown));

        Assert.Equal("post", post.MsgType);
        Assert.Equal(expected, (string?)JsonNode.Parse(post.Content)!["zh_cn"]!["content"]![0]![0]!["text"]);
    }

    [Fact]
    public void Buttons_stand_below_the_text_in_a_card()
    {
        var card = Of(new MessageBody("**Which?**", [new("同意", "yes:1"), new(new string('长', 98) + "👍🏽 more", "no:1")]));

        Assert.Equal("interactive", card.MsgType);
        var elements = JsonNode.Parse(card.Content)!["body"]!["elements"]!.AsArray();
        Assert.Equal("**Which?**", (string?)elements[0]!["content"]);
        var buttons = elements[1]!["columns"]!.AsArray().Select(column => column!["elements"]![0]!).ToList();
        Assert.Equal(["同意", new string('长', 98) + "…"], buttons.Select(button => (string?)button["text"]!["content"]));
        Assert.Equal(["yes:1", "no:1"], buttons.Select(button => (string?)button["behaviors"]![0]!["value"]!["data"]));
    }

    [Theory]
    [InlineData("字")]
    [InlineData("&")]
    [InlineData("**")]
    [InlineData("😀")]
    [InlineData("\"")]
    [InlineData("\\")]
    public void Any_text_of_the_limit_fits_what_feishu_takes(string of)
    {
        var text = string.Concat(Enumerable.Repeat(of, FeishuContent.Limit.Max / of.Length));

        foreach (var body in (MessageBody[])[new(text), new($"**a** {text[..4_990]}"), new(text[..4_990], [new("Yes", "yes")])])
        {
            var post = Of(body);
            Assert.InRange(FeishuClient.BytesOf(post with { ReceiveId = "oc_5ad11d72b830411d72b836c20" }).Length, 1, post.MsgType == "text" ? 150 * 1024 : 30 * 1024);
        }
    }

    [Fact]
    public void The_key_is_that_of_the_message_and_the_rest_is_left_open()
    {
        var id = Guid.CreateVersion7();

        var post = FeishuContent.Of(new OutboundMessage(id, new ConnectionId("feishu"), new ExternalChat("oc_1"), new MessageBody("x"), null, 1, false));

        Assert.Equal((id.ToString("D"), null, null), (post.Uuid, post.ReceiveId, post.ReplyInThread));
    }

    private static FeishuPost Of(MessageBody body)
        => FeishuContent.Of(new OutboundMessage(Guid.CreateVersion7(), new ConnectionId("feishu"), new ExternalChat("oc_1"), body, null, 1, false));
}

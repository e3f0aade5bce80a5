using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.WeCom;
using Assistant.Infrastructure.Messaging.Weixin;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeCom;

public sealed class WeComMessagesTests
{
    private static readonly ConnectionId Connection = new("wecom");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Recorded_payloads_mean_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("wecom"))
        {
            var (raw, expect) = ((string)payload["raw"]!, payload["expect"]!);
            var message = Read(raw);
            if ((string?)expect["kind"] is "ignored")
            {
                Assert.True(message is null, name);
                continue;
            }

            Assert.NotNull(message);
            Assert.EndsWith("/" + message.Sender.ExternalId, (string)expect["user"]!, StringComparison.Ordinal);
            Assert.Equal("zh", message.Sender.Locale);
            if (expect["action"] is { } action)
            {
                Assert.Equal((string)action!, Assert.IsType<InboundContent.Pressed>(message.Content).Data);
                Assert.Equal((string?)expect["task"], message.ExternalMessageId);
                continue;
            }

            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((string?)expect["text"] ?? "", Assert.IsType<InboundContent.Said>(message.Content).Text);
            Assert.EndsWith("/" + message.Chat.ExternalId, (string)expect["conversation"]!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("image", "<MediaId>m1</MediaId><PicUrl>https://example.test/p</PicUrl>", "image")]
    [InlineData("voice", "<MediaId>m1</MediaId><Format>amr</Format>", "voice")]
    [InlineData("video", "<MediaId>m1</MediaId><ThumbMediaId>t</ThumbMediaId>", "video")]
    [InlineData("file", "<MediaId>m1</MediaId><FileName>报告.pdf</FileName>", "file")]
    public void Files_are_known_by_their_media_id(string type, string fields, string kind)
    {
        var file = Assert.Single(Said(type, fields).Attachments);

        Assert.Equal((kind, "m1"), (file.Kind, file.Reference));
        Assert.Equal(type == "file" ? "报告.pdf" : null, file.FileName);
        Assert.Equal(type == "voice" ? "audio/amr" : null, file.MediaType);
    }

    [Theory]
    [InlineData("text", "<Content> 你好 👋 </Content>", "你好 👋")]
    [InlineData("location", "<Location_X>39.9</Location_X><Location_Y>116.4</Location_Y><Label>北京</Label>", "📍 北京 (39.9, 116.4)")]
    [InlineData("link", "<Title>News</Title><Url>https://example.test/a</Url>", "News\nhttps://example.test/a")]
    public void What_is_said_comes_as_text(string type, string fields, string text) => Assert.Equal(text, Said(type, fields).Text);

    [Theory]
    [InlineData("<FromUserName>A</FromUserName><MsgType>hologram</MsgType><MsgId>1</MsgId>")]
    [InlineData("<FromUserName>A</FromUserName><MsgType>text</MsgType><Content>no id</Content>")]
    [InlineData("<FromUserName>A</FromUserName><MsgType>text</MsgType><Content> </Content><MsgId>1</MsgId>")]
    [InlineData("<FromUserName>A</FromUserName><MsgType>image</MsgType><MsgId>1</MsgId>")]
    [InlineData("<FromUserName>sys</FromUserName><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId>")]
    [InlineData("<MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId>")]
    [InlineData("<FromUserName>A</FromUserName><MsgType>event</MsgType><Event>enter_agent</Event>")]
    [InlineData("<FromUserName>A</FromUserName><MsgType>event</MsgType><Event>template_card_event</Event><EventKey>k</EventKey>")]
    public void What_is_nothing_for_the_assistant_is_none(string fields) => Assert.Null(Read($"<xml>{fields}</xml>"));

    [Fact]
    public void A_persons_id_is_one_however_it_is_written()
    {
        var (one, two) = (Read(Text("LinWei", "1"))!, Read(Text("linwei", "2"))!);

        Assert.Equal(one.Sender.ExternalId, two.Sender.ExternalId);
        Assert.Equal(one.Chat, two.Chat);
        Assert.Equal("LinWei", one.Sender.DisplayName);
    }

    [Fact]
    public void Events_of_one_second_are_told_apart_and_redeliveries_are_not()
    {
        static string Press(string key, string task) => "<xml><FromUserName>A</FromUserName><CreateTime>1767225610</CreateTime><MsgType>event</MsgType>"
            + $"<Event>template_card_event</Event><EventKey>{key}</EventKey><TaskId>{task}</TaskId><AgentID>1</AgentID></xml>";

        var keys = new[] { Press("yes#Yes", "t1"), Press("no#No", "t1"), Press("yes#Yes", "t2") }.Select(xml => Read(xml)!.DedupeKey).ToList();

        Assert.Equal(3, keys.Distinct().Count());
        Assert.Equal(keys[0], Read(Press("yes#Yes", "t1"))!.DedupeKey);
        Assert.All(keys, key => Assert.InRange(key.Length, 1, 200));
    }

    [Fact]
    public void A_buttons_key_brings_back_data_and_label()
    {
        var button = WeComCard.ButtonOf("approve:1#%E5%90%8C%E6%84%8F%20%23%201");

        Assert.Equal(new MessageButton("同意 # 1", "approve:1"), button);
    }

    [Fact]
    public void Whatever_is_posted_is_a_message_or_none()
    {
        var seeds = new[]
        {
            Text("LinWei", "1"),
            "<xml><FromUserName>A</FromUserName><CreateTime>1767225610</CreateTime><MsgType>event</MsgType><Event>template_card_event</Event><EventKey>a#b</EventKey><TaskId>t</TaskId></xml>",
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><xml><FromUserName><![CDATA[B]]></FromUserName><MsgType>location</MsgType><Label>x</Label><MsgId>9</MsgId><Deep><Er/></Deep></xml>",
        }.Select(Encoding.UTF8.GetBytes).ToArray();

        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => WeixinXml.Read(input) is { } xml ? WeComMessages.Read(xml, Connection, Now) : null);
            Assert.True(fault is null, $"{seed}: {fault}");
        }
    }

    private static InboundContent.Said Said(string type, string fields) => Assert.IsType<InboundContent.Said>(
        Read($"<xml><FromUserName>A</FromUserName><CreateTime>1767225600</CreateTime><MsgType>{type}</MsgType>{fields}<MsgId>1</MsgId></xml>")!.Content);

    private static string Text(string user, string id)
        => $"<xml><FromUserName>{user}</FromUserName><CreateTime>1767225600</CreateTime><MsgType>text</MsgType><Content>hello</Content><MsgId>{id}</MsgId></xml>";

    private static InboundMessage? Read(string xml) => WeComMessages.Read(WeixinXml.Read(Encoding.UTF8.GetBytes(xml))!, Connection, Now);
}

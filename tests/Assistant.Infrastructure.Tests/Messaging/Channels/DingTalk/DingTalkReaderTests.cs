using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.DingTalk;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.DingTalk;

public sealed class DingTalkReaderTests
{
    private static readonly ConnectionId Connection = new("dingtalk");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Recorded_payloads_become_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("dingtalk"))
        {
            var expect = payload["expect"]!.AsObject();
            var message = Read(payload["body"]!.ToJsonString());
            if ((string?)expect["kind"] != "message")
            {
                Assert.True(message is null, name);
                continue;
            }

            Assert.True(message is not null, name);
            Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId.Split('#')[0]);
            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((bool?)expect["addressed"] ?? true, message.IsAddressed);
            Assert.Equal((string?)expect["text"] ?? "", ((InboundContent.Said)message.Content).Text);
        }
    }

    [Fact]
    public void A_direct_chat_names_the_person_and_a_group_does_not()
    {
        var direct = Read(Message())!;
        var group = Read(Message(message => message["conversationType"] = "2"))!;

        Assert.Equal(new ExternalChat("cid1/x==#user1"), direct.Chat);
        Assert.Equal(new ExternalChat("cid1/x==", IsGroup: true, Title: "项目组"), group.Chat);
        Assert.Equal(("ding1/user1", "Lin"), (direct.Sender.ExternalId, direct.Sender.DisplayName));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600), direct.SentAt);
    }

    [Theory]
    [InlineData("cid1/x==#user1", false, null, "user1")]
    [InlineData("cid1/x==", true, "cid1/x==", null)]
    [InlineData("cid1/x==", false, null, null)]
    [InlineData("user1", false, null, "user1")]
    [InlineData("cid1#", false, null, null)]
    [InlineData("#user1", false, null, null)]
    [InlineData("", false, null, null)]
    [InlineData("a b", false, null, null)]
    public void A_chats_name_says_whom_to_write_to(string name, bool isGroup, string? group, string? person)
        => Assert.Equal((group, person), DingTalkChats.TargetOf(new ExternalChat(name, IsGroup: isGroup)));

    [Fact]
    public void Somebody_from_outside_is_known_by_the_robots_id_for_them()
        => Assert.Equal("ding2/$:LWCP_v1:$lin", Read(Message(message =>
        {
            message["senderStaffId"] = "";
            message["senderCorpId"] = "ding2";
            message["conversationType"] = "2";
        }))!.Sender.ExternalId);

    [Theory]
    [InlineData("picture", """{"downloadCode":"c1","pictureDownloadCode":"p1"}""", "image", "", null)]
    [InlineData("picture", """{"pictureDownloadCode":"c1"}""", "image", "", null)]
    [InlineData("audio", """{"duration":4000,"downloadCode":"c1","recognition":"今天谁值班"}""", "voice", "今天谁值班", null)]
    [InlineData("video", """{"duration":"4","downloadCode":"c1","videoType":"mp4"}""", "video", "", null)]
    [InlineData("file", """{"spaceId":"1","fileName":"报告.pdf","downloadCode":"c1","fileId":"2"}""", "file", "", "报告.pdf")]
    public void A_file_is_named_by_its_code(string type, string content, string kind, string text, string? name)
    {
        var said = (InboundContent.Said)Read(Message(message =>
        {
            message["msgtype"] = type;
            message["content"] = JsonNode.Parse(content);
        }))!.Content;

        Assert.Equal(text, said.Text);
        Assert.Equal(new Attachment(kind, "c1", name), Assert.Single(said.Attachments));
    }

    [Fact]
    public void Rich_text_is_read_with_its_pictures()
    {
        var said = (InboundContent.Said)Read(Message(message =>
        {
            message["msgtype"] = "richText";
            message["content"] = JsonNode.Parse("""{"richText":[{"text":"看这个"},{"downloadCode":"c1","type":"picture"},{"text":"：\n对吗？"},null,5]}""");
        }))!.Content;

        Assert.Equal("看这个：\n对吗？", said.Text);
        Assert.Equal("c1", Assert.Single(said.Attachments).Reference);
    }

    [Theory]
    [InlineData("""{"text":"The contract ends on Friday."}""", "The contract ends on Friday.")]
    [InlineData("""{"content":"The contract ends on Friday."}""", "The contract ends on Friday.")]
    [InlineData("""{"richText":[{"msgType":"text","content":"It ends "},{"msgType":"picture","downloadCode":"c1"},{"msgType":"text","content":"on Friday."}]}""", "It ends on Friday.")]
    [InlineData("""{"downloadCode":"c1"}""", null)]
    [InlineData("null", null)]
    public void What_is_quoted_comes_with_what_is_said(string content, string? quoted)
    {
        var said = (InboundContent.Said)Read(Message(message => message["text"] = new JsonObject
        {
            ["content"] = " 翻译一下", ["isReplyMsg"] = true, ["repliedMsg"] = new JsonObject { ["msgId"] = "msg0", ["msgType"] = "text", ["content"] = JsonNode.Parse(content) },
        }))!.Content;

        Assert.Equal("翻译一下", said.Text);
        Assert.Equal("msg0", said.ReplyToExternalId);
        Assert.Equal(quoted, said.Repeated?.Text);
        Assert.Empty(said.Attachments);
    }

    [Theory]
    [InlineData("msgtype", "\"interactiveCard\"")]
    [InlineData("msgId", "\"\"")]
    [InlineData("msgId", "null")]
    [InlineData("conversationId", "null")]
    [InlineData("text", "{\"content\":\"   \"}")]
    [InlineData("text", "null")]
    [InlineData("senderId", "\"$:LWCP_v1:$bot\"")]
    [InlineData("msgtype", "5")]
    public void What_is_nothing_for_the_assistant_is_none(string name, string value) => Assert.Null(Read(Message(message => message[name] = JsonNode.Parse(value))));

    [Theory]
    [InlineData("true", true)]
    [InlineData("null", true)]
    [InlineData("false", false)]
    public void In_a_group_the_robot_is_meant_unless_it_is_said_otherwise(string isInAtList, bool isAddressed) => Assert.Equal(isAddressed, Read(Message(message =>
    {
        message["conversationType"] = "2";
        message["isInAtList"] = JsonNode.Parse(isInAtList);
    }))!.IsAddressed);

    [Theory]
    [InlineData("1767225600000")]
    [InlineData("\"1767225600000\"")]
    public void A_time_is_a_number_or_one_in_a_text(string time)
        => Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600), Read(Message(message => message["createAt"] = JsonNode.Parse(time)))!.SentAt);

    [Theory]
    [InlineData("null")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("\"soon\"")]
    [InlineData("{}")]
    public void A_time_that_is_none_is_now(string time) => Assert.Equal(Now, Read(Message(message => message["createAt"] = JsonNode.Parse(time)))!.SentAt);

    [Fact]
    public void Whatever_is_delivered_gives_a_message_or_none()
    {
        var read = 0;
        foreach (var (_, input) in MutatedBytes.Of(
            Encoding.UTF8.GetBytes(Message()),
            Encoding.UTF8.GetBytes(Message(message =>
            {
                message["msgtype"] = "richText";
                message["content"] = JsonNode.Parse("""{"richText":[{"text":"x"},{"downloadCode":"c1"}]}""");
            }))))
        {
            read += Read(input) is not null ? 1 : 0;
        }

        Assert.InRange(read, 1, MutatedBytes.Count - 1);
    }

    [Fact]
    public void Whatever_comes_over_a_stream_is_a_frame_or_none()
    {
        var read = 0;
        foreach (var (_, input) in MutatedBytes.Of(
            """{"specVersion":"1.0","type":"CALLBACK","headers":{"messageId":"f1","topic":"/v1.0/im/bot/messages/get","contentType":"application/json","time":"1767225600000"},"data":"{}"}"""u8.ToArray(),
            """{"type":"SYSTEM","headers":{"topic":"ping","messageId":"f2"},"data":"{\"opaque\":\"x\"}"}"""u8.ToArray()))
        {
            read += DingTalkReader.ReadFrame(input) is not null ? 1 : 0;
        }

        Assert.InRange(read, 1, MutatedBytes.Count - 1);
    }

    private static InboundMessage? Read(string body) => Read(Encoding.UTF8.GetBytes(body));

    private static InboundMessage? Read(byte[] body) => DingTalkReader.ReadMessage(body) is { } message ? DingTalkReader.Read(message, Connection, Now) : null;

    private static string Message(Action<JsonObject>? change = null)
    {
        var message = new JsonObject
        {
            ["conversationId"] = "cid1/x==", ["chatbotCorpId"] = "ding1", ["chatbotUserId"] = "$:LWCP_v1:$bot", ["msgId"] = "msg1", ["senderNick"] = "Lin",
            ["senderStaffId"] = "user1", ["createAt"] = 1_767_225_600_000, ["senderCorpId"] = "ding1", ["conversationType"] = "1", ["conversationTitle"] = "项目组",
            ["senderId"] = "$:LWCP_v1:$lin", ["robotCode"] = "ding-app", ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = "你好" },
        };
        change?.Invoke(message);
        return message.ToJsonString();
    }
}

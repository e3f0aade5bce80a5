using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

public sealed class FeishuEventsTests
{
    private const string Bot = "ou_bot";
    private static readonly ConnectionId Connection = new("feishu");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Recorded_payloads_become_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("feishu"))
        {
            var expect = payload["expect"]!.AsObject();
            var message = Read(payload["body"]!.ToJsonString());
            if ((string?)expect["kind"] is not ("message" or "action"))
            {
                Assert.True(message is null, name);
                continue;
            }

            Assert.True(message is not null, name);
            Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
            Assert.Equal((string?)expect["thread"], message.Chat.ThreadId?.Split('/')[0]);
            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((bool?)expect["addressed"] ?? true, message.IsAddressed);
            if (message.Content is InboundContent.Said said)
            {
                Assert.Equal((string?)expect["text"] ?? "", said.Text);
                Assert.Equal((string?)expect["reply_to"], said.ReplyToExternalId);
            }
        }
    }

    [Theory]
    [InlineData("@_user_1 状态？", "状态？", true)]
    [InlineData("@_user_1", "", true)]
    [InlineData("问 @_user_2 和 @_user_10 吧", "问 @小林 和 @小王 吧", false)]
    [InlineData("嗨 @_user_1 你好", "嗨 你好", true)]
    [InlineData("@_all 开会", "@all 开会", false)]
    [InlineData("@_user_9 谁", "@_user_9 谁", false)]
    [InlineData("a < b && c > d <at>", "a < b && c > d <at>", false)]
    public void Mentions_are_names_and_the_assistants_own_is_taken_off(string text, string expected, bool isMention)
    {
        var said = FeishuText.Read(Message("text", new() { ["text"] = text }, Mention("@_user_2", "ou_2", "小林"), Mention("@_user_10", "ou_3", "小王"), isMention ? Mention("@_user_1", Bot, "助手") : null), Bot);

        Assert.Equal((expected, isMention), (said.Text, said.IsMention));
    }

    [Fact]
    public void A_post_is_read_with_its_links_code_and_pictures()
    {
        var content = JsonNode.Parse(
            """
            {"title":"周报","content":[[{"tag":"text","text":"见 ","style":["bold"]},{"tag":"a","href":"https://x.test/a","text":"这里"},{"tag":"a","href":"https://x.test","text":"https://x.test"}],
            [{"tag":"at","user_id":"@_user_1","user_name":"助手"},{"tag":"text","text":" 请看 "},{"tag":"at","user_id":"ou_9","user_name":"小林"}],
            [{"tag":"img","image_key":"img_v3_a"},{"tag":"media","file_key":"file_v3_b","image_key":"img_v3_c"}],[{"tag":"code_block","language":"GO","text":"x := 1\n"}],[{"tag":"hr"}],[{"tag":"emotion","emoji_type":"SMILE"}],null,"x",[null,1]]}
            """)!.AsObject();

        var said = FeishuText.Read(Message("post", content, Mention("@_user_1", Bot, "助手")), Bot);

        Assert.Equal("周报\n见 这里 (https://x.test/a)https://x.test\n请看 @小林\n\n```go\nx := 1\n```\n---", said.Text);
        Assert.True(said.IsMention);
        Assert.Equal([("image", "om_1/image/img_v3_a"), ("video", "om_1/file/file_v3_b")], said.Attachments.Select(a => (a.Kind, a.Reference)));
    }

    [Fact]
    public void A_post_that_was_passed_on_has_a_language_around_it()
        => Assert.Equal("hello", FeishuText.Read(Message("post", JsonNode.Parse("""{"zh_cn":{"title":"","content":[[{"tag":"text","text":"hello"}]]}}""")!.AsObject()), Bot).Text);

    [Theory]
    [InlineData("image", """{"image_key":"img_v3_a"}""", "image", "om_1/image/img_v3_a", null)]
    [InlineData("file", """{"file_key":"file_v3_a","file_name":"报告.pdf"}""", "file", "om_1/file/file_v3_a", "报告.pdf")]
    [InlineData("audio", """{"file_key":"file_v3_a","duration":2000}""", "voice", "om_1/file/file_v3_a", null)]
    [InlineData("media", """{"file_key":"file_v3_a","image_key":"img_v3_b","file_name":"a.mp4"}""", "video", "om_1/file/file_v3_a", "a.mp4")]
    public void A_file_is_named_by_its_message_and_key(string type, string content, string kind, string reference, string? name)
    {
        var attachment = Assert.Single(FeishuText.Read(Message(type, JsonNode.Parse(content)!.AsObject()), Bot).Attachments);

        Assert.Equal((kind, reference, name), (attachment.Kind, attachment.Reference, attachment.FileName));
    }

    [Theory]
    [InlineData("sticker", """{"file_key":"file_v3_a"}""")]
    [InlineData("share_chat", """{"chat_id":"oc_1"}""")]
    [InlineData("interactive", """{"title":"x","elements":[]}""")]
    [InlineData("image", """{"image_key":"../../x"}""")]
    [InlineData("image", """{"image_key":5}""")]
    [InlineData("text", """{"text":"   "}""")]
    [InlineData("text", """[]""")]
    [InlineData("text", "")]
    public void What_has_nothing_to_read_is_nothing(string type, string content) => Assert.Null(Read(Said(message =>
    {
        message["message_type"] = type;
        message["content"] = content;
    })));

    [Fact]
    public void A_topic_is_a_conversation_of_its_own_from_its_first_message_on()
    {
        var first = Read(Said(message => message["thread_id"] = "omt_1"))!;
        var answer = Read(Said(message =>
        {
            message["message_id"] = "om_2";
            message["thread_id"] = "omt_1";
            message["root_id"] = "om_1";
            message["parent_id"] = "om_1";
        }))!;

        Assert.Equal("omt_1/om_1", first.Chat.ThreadId);
        Assert.Equal(first.Chat, answer.Chat);
    }

    [Fact]
    public void An_answer_to_a_message_of_ours_is_meant_for_the_assistant()
    {
        var recent = new FeishuRecent(10);
        recent.NoteOurs("om_ours", new ExternalChat("oc_1"));
        var answer = Said(message =>
        {
            message["chat_type"] = "group";
            message["parent_id"] = "om_ours";
        });

        Assert.True(Read(answer, recent)!.IsAddressed);
        Assert.False(Read(answer)!.IsAddressed);
    }

    [Fact]
    public void What_is_taken_back_is_known_while_it_is_remembered()
    {
        var recent = new FeishuRecent(10);
        var said = Read(Said(_ => { }))! with { Sender = new ExternalSender("cli_1/ou_1", "小林") };
        recent.NoteSaid(said);
        var recalled = Callback("im.message.recalled_v1", new() { ["message_id"] = "om_1", ["chat_id"] = "oc_1", ["recall_time"] = "1767225700000", ["recall_type"] = "message_owner" });

        var message = Read(recalled, recent)!;

        Assert.IsType<InboundContent.Deleted>(message.Content);
        Assert.Equal((said.ExternalMessageId, said.Sender, said.Chat, "om_1/recalled"), (message.ExternalMessageId, message.Sender, message.Chat, message.DedupeKey));
        Assert.Null(Read(recalled));
        Assert.Null(Read(Callback("im.message.recalled_v1", new() { ["message_id"] = "om_1", ["chat_id"] = "oc_2" }), recent));
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        var recent = new FeishuRecent(2);
        foreach (var id in (string[])["om_1", "om_2", "om_3"])
        {
            recent.NoteOurs(id, new ExternalChat("oc_1"));
        }

        Assert.Equal([false, false, true], new[] { "om_1", "om_2", "om_3" }.Select(recent.IsOurs));
    }

    [Fact]
    public void A_press_knows_its_chat_topic_and_label()
    {
        var value = FeishuButton.Write(new MessageButton("同意", "yes:1"), new ExternalChat("oc_1", "omt_1/om_0", IsGroup: true));

        var pressed = Read(Pressed(value))!;

        Assert.Equal(new InboundContent.Pressed("yes:1", "同意"), pressed.Content);
        Assert.Equal(new ExternalChat("oc_1", "omt_1/om_0", IsGroup: true), pressed.Chat);
        Assert.Equal(("om_9", "cli_1/ou_1", "press/ev1"), (pressed.ExternalMessageId, pressed.Sender.ExternalId, pressed.DedupeKey));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600), pressed.SentAt);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"yes\"")]
    [InlineData("""{"data":""}""")]
    [InlineData("""{"data":5}""")]
    public void A_button_of_somebody_elses_card_is_nothing(string value) => Assert.Null(Read(Pressed(JsonNode.Parse(value)!)));

    [Theory]
    [InlineData("sender_type", "app")]
    [InlineData("sender_type", "anonymous")]
    public void What_apps_say_is_not_heard(string name, string value)
    {
        var said = JsonNode.Parse(Said(_ => { }))!;
        said["event"]!["sender"]![name] = value;

        Assert.Null(Read(said.ToJsonString()));
    }

    [Fact]
    public void Whatever_is_delivered_gives_a_message_or_none()
    {
        var recent = new FeishuRecent(100);
        recent.NoteSaid(Read(Said(_ => { }))!);
        var read = 0;
        foreach (var (_, input) in MutatedBytes.Of(
            Encoding.UTF8.GetBytes(Said(message => message["mentions"] = new JsonArray(Mention("@_user_1", Bot, "助手")))),
            Encoding.UTF8.GetBytes(Said(message =>
            {
                message["message_type"] = "post";
                message["content"] = """{"title":"t","content":[[{"tag":"text","text":"x"},{"tag":"img","image_key":"img_1"}]]}""";
            })),
            Encoding.UTF8.GetBytes(Pressed(FeishuButton.Write(new MessageButton("Yes", "yes"), new ExternalChat("oc_1")))),
            Encoding.UTF8.GetBytes(Callback("im.message.recalled_v1", new() { ["message_id"] = "om_1", ["chat_id"] = "oc_1" }))))
        {
            read += FeishuEvents.ReadCallback(input) is { } callback && FeishuEvents.Read(callback, Connection, Bot, recent, Now) is not null ? 1 : 0;
        }

        Assert.InRange(read, 1, MutatedBytes.Count - 1);
    }

    private static InboundMessage? Read(string body, FeishuRecent? recent = null)
        => FeishuEvents.ReadCallback(Encoding.UTF8.GetBytes(body)) is { } callback ? FeishuEvents.Read(callback, Connection, Bot, recent ?? new FeishuRecent(1), Now) : null;

    private static string Said(Action<JsonObject> change)
    {
        var message = new JsonObject
        {
            ["message_id"] = "om_1", ["create_time"] = "1767225600000", ["chat_id"] = "oc_1", ["chat_type"] = "p2p", ["message_type"] = "text", ["content"] = """{"text":"hi"}""",
        };
        change(message);
        return Callback("im.message.receive_v1", new()
        {
            ["sender"] = new JsonObject { ["sender_id"] = new JsonObject { ["open_id"] = "ou_1" }, ["sender_type"] = "user" }, ["message"] = message,
        });
    }

    private static string Pressed(JsonNode value) => Callback("card.action.trigger", new()
    {
        ["operator"] = new JsonObject { ["open_id"] = "ou_1" }, ["action"] = new JsonObject { ["tag"] = "button", ["value"] = value },
        ["context"] = new JsonObject { ["open_message_id"] = "om_9", ["open_chat_id"] = "oc_1" },
    }, "1767225600000000");

    private static string Callback(string type, JsonObject e, string time = "1767225600000") => new JsonObject
    {
        ["schema"] = "2.0",
        ["header"] = new JsonObject { ["event_id"] = "ev1", ["event_type"] = type, ["create_time"] = time, ["token"] = "v-tok", ["app_id"] = "cli_1" },
        ["event"] = e,
    }.ToJsonString();

    private static FeishuMessage Message(string type, JsonObject content, params IReadOnlyList<JsonObject?> mentions) => new(
        "om_1", null, null, null, null, "oc_1", "group", type, content.ToJsonString(),
        [.. mentions.Select(m => m is null ? null : new FeishuMention((string?)m["key"], new FeishuUser((string?)m["id"]!["open_id"]), (string?)m["name"]))]);

    private static JsonObject Mention(string key, string id, string name) => new() { ["key"] = key, ["id"] = new JsonObject { ["open_id"] = id }, ["name"] = name };
}

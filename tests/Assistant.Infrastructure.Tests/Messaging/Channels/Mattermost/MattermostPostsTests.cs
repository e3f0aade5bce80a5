using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Mattermost;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mattermost;

public sealed class MattermostPostsTests
{
    private static readonly MattermostBot Bot = new("ubot", "assistant");

    [Fact]
    public void Recorded_payloads_of_the_socket_become_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("mattermost").Where(recorded => (string?)recorded.Payload["transport"] == "websocket"))
        {
            var (expect, frame) = (payload["expect"]!, MattermostPosts.ReadFrame(Encoding.UTF8.GetBytes(payload["body"]!.ToJsonString()))!);
            var message = MattermostPosts.Read(frame.Post, MattermostChange.Said, View(frame.ChannelType != "D", frame.Mentions));

            Assert.True(message is not null, name);
            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
            Assert.Equal((string?)expect["text"], ((InboundContent.Said)message.Content).Text);
            Assert.Equal((bool?)expect["addressed"] ?? true, message.IsAddressed);
        }
    }

    [Fact]
    public void Recorded_payloads_of_webhooks_become_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("mattermost").Where(recorded => (string?)recorded.Payload["transport"] == "webhook"))
        {
            var (expect, call) = (payload["expect"]!, MattermostOutgoing.FieldsOf(Encoding.UTF8.GetBytes((string)payload["raw"]!)));
            var message = MattermostOutgoing.Read(call, new ConnectionId("mattermost"), "assistant", GroupRule.Of(SettingValues.Empty), DateTimeOffset.UnixEpoch);

            Assert.True(message is not null && MattermostOutgoing.IsProven(call, call["token"]), name);
            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
            Assert.Equal((string?)expect["text"], ((InboundContent.Said)message.Content).Text);
            Assert.Equal(2026, message.SentAt.Year);
        }
    }

    [Theory]
    [InlineData("token=right&post_id=p2&user_id=u1&channel_id=c1&text=hello", "right", true)]
    [InlineData("""{"token":"right","post_id":"p2","user_id":"u1","channel_id":"c1","text":"hello","timestamp":1767225600000}""", "right", true)]
    [InlineData("token=wrong&post_id=p2&user_id=u1&channel_id=c1&text=hello", "right", false)]
    [InlineData("token=&post_id=p2&user_id=u1&channel_id=c1&text=hello", "", false)]
    [InlineData("post_id=p2&user_id=u1&channel_id=c1&text=hello", "", false)]
    [InlineData("{", "right", false)]
    public void A_call_of_a_webhook_is_believed_by_its_token(string body, string token, bool isProven)
        => Assert.Equal(isProven, MattermostOutgoing.IsProven(MattermostOutgoing.FieldsOf(Encoding.UTF8.GetBytes(body)), token));

    [Fact]
    public void Whatever_a_webhook_posts_is_a_message_or_none()
    {
        var read = 0;
        foreach (var (_, input) in MutatedBytes.Of(
            "token=right&channel_id=c1&timestamp=1767225600&user_id=u1&user_name=lin&post_id=p2&text=hello+%E4%BD%A0&file_ids="u8.ToArray(),
            """{"token":"right","post_id":"p2","user_id":"u1","channel_id":"c1","text":"hello","timestamp":1767225600000}"""u8.ToArray()))
        {
            var call = MattermostOutgoing.FieldsOf(input);
            MattermostOutgoing.IsProven(call, "right");
            read += MattermostOutgoing.Read(call, new ConnectionId("mattermost"), "assistant", GroupRule.Of(SettingValues.Empty), DateTimeOffset.UnixEpoch) is null ? 0 : 1;
        }

        Assert.True(read > 0);
    }

    [Theory]
    [InlineData("@assistant hi", "hi", true)]
    [InlineData("@Assistant：你好", "你好", true)]
    [InlineData("what now, @assistant", "what now,", true)]
    [InlineData("Hey @assistant, remember that the ladder is in the shed", "Hey, remember that the ladder is in the shed", true)]
    [InlineData("请问@assistant 梯子在哪里？", "请问梯子在哪里？", true)]
    [InlineData("hello @assistant!", "hello!", true)]
    [InlineData("@assistant", "@assistant", true)]
    [InlineData("ask @assistant. Please", "ask @assistant. Please", true)]
    [InlineData("@assistant.two hi", "@assistant.two hi", false)]
    [InlineData("@assistants unite", "@assistants unite", false)]
    [InlineData("mail@assistant", "mail@assistant", false)]
    [InlineData("@all look", "@all look", false)]
    public void In_a_channel_the_name_is_known_and_taken_off(string text, string read, bool isMeant)
    {
        var message = MattermostPosts.Read(Post(post => post["message"] = text), MattermostChange.Said, View(isGroup: true, []))!;

        Assert.Equal((read, isMeant), (((InboundContent.Said)message.Content).Text, message.IsAddressed));
    }

    [Theory]
    [InlineData("p0", "p0")]
    [InlineData("", null)]
    public void A_post_in_a_thread_answers_what_began_it(string root, string? answered)
    {
        var message = MattermostPosts.Read(Post(post => post["root_id"] = root), MattermostChange.Said, View(isGroup: true, []))!;

        Assert.Equal((answered, answered), (message.Chat.ThreadId, ((InboundContent.Said)message.Content).ReplyToExternalId));
    }

    [Theory]
    [InlineData("type", "\"system_join_channel\"")]
    [InlineData("type", "\"custom_plugin\"")]
    [InlineData("props", """{"from_bot":"true"}""")]
    [InlineData("props", """{"from_webhook":"true"}""")]
    [InlineData("props", """{"from_plugin":true}""")]
    [InlineData("user_id", "\"ubot\"")]
    [InlineData("user_id", "5")]
    [InlineData("channel_id", "\"../users\"")]
    [InlineData("id", "null")]
    [InlineData("message", "\"  \"")]
    public void What_is_nothing_for_the_assistant_is_left_alone(string name, string value)
        => Assert.Null(MattermostPosts.Read(Post(post => post[name] = JsonNode.Parse(value)), MattermostChange.Said, View(isGroup: false, [])));

    [Fact]
    public void A_reaction_is_no_edit()
    {
        Assert.Null(MattermostPosts.Read(Post(_ => { }), MattermostChange.Edited, View(false, [])));
        Assert.Equal("p1:7", MattermostPosts.Read(Post(post => post["edit_at"] = 7), MattermostChange.Edited, View(false, []))!.DedupeKey);
    }

    [Fact]
    public void Whatever_comes_over_the_socket_is_a_message_or_none()
    {
        var frame = new JsonObject
        {
            ["event"] = "posted", ["seq"] = 5,
            ["data"] = new JsonObject { ["post"] = Node(_ => { }).ToJsonString(), ["channel_type"] = "O", ["sender_name"] = "@lin", ["mentions"] = "[\"ubot\"]" },
        };
        var post = Node(p =>
        {
            p["file_ids"] = new JsonArray("f1");
            p["metadata"] = new JsonObject { ["files"] = new JsonArray(new JsonObject { ["id"] = "f1", ["name"] = "a.png", ["size"] = 3, ["mime_type"] = "image/png" }) };
            p["edit_at"] = 9;
        });
        var read = 0;

        foreach (var (_, input) in MutatedBytes.Of(Encoding.UTF8.GetBytes(frame.ToJsonString()), Encoding.UTF8.GetBytes(post.ToJsonString())))
        {
            foreach (var found in new[] { MattermostPosts.ReadFrame(input)?.Post ?? default, LooseJson.Parse(input) })
            {
                foreach (var change in Enum.GetValues<MattermostChange>())
                {
                    read += MattermostPosts.Read(found, change, View(isGroup: true, ["ubot"])) is null ? 0 : 1;
                }
            }
        }

        Assert.True(read > 0);
    }

    [Fact]
    public void Whatever_is_called_back_is_a_press_or_none()
    {
        var buttons = new MattermostButtons(new ConnectionId("mattermost"), MattermostSettings.Read(new SettingValues(new Dictionary<string, string>
        {
            ["serverUrl"] = "https://chat.test", ["token"] = "secret",
        })));
        var message = new OutboundMessage(
            Guid.CreateVersion7(), new ConnectionId("mattermost"), new ExternalChat("c1"), new MessageBody("?", [new("Yes", "yes")]), null, 1, false);
        var context = buttons.Of(message, new Uri("https://assistant.test/"))[0]!["actions"]![0]!["integration"]!["context"]!.DeepClone();
        var call = new JsonObject { ["user_id"] = "u1", ["channel_id"] = "c1", ["post_id"] = "p1", ["trigger_id"] = "t1", ["context"] = context };
        Assert.Equal("yes", buttons.Read(Encoding.UTF8.GetBytes(call.ToJsonString()))!.Data);

        foreach (var (seed, input) in MutatedBytes.Of(Encoding.UTF8.GetBytes(call.ToJsonString())))
        {
            // What still reads as a press is one of this button in this channel.
            Assert.True(buttons.Read(input) is null or { Channel: "c1", Data: "yes", Label: "Yes", Thread: null }, $"{seed}");
        }
    }

    private static LooseJson Post(Action<JsonObject> change) => LooseJson.Parse(Encoding.UTF8.GetBytes(Node(change).ToJsonString()));

    private static JsonObject Node(Action<JsonObject> change)
    {
        var post = new JsonObject
        {
            ["id"] = "p1", ["create_at"] = 1_767_225_600_000, ["update_at"] = 1_767_225_600_000, ["edit_at"] = 0, ["delete_at"] = 0, ["user_id"] = "u1",
            ["channel_id"] = "c1", ["root_id"] = "p0", ["message"] = "@assistant hi 你好", ["type"] = "", ["props"] = new JsonObject(), ["file_ids"] = new JsonArray(),
        };
        change(post);
        return post;
    }

    private static MattermostView View(bool isGroup, IReadOnlyList<string> mentions) => new(
        new ConnectionId("mattermost"), Bot, new MattermostPlace("c1", isGroup, null), null, mentions, IsThreadOwn: false, GroupRule.Of(SettingValues.Empty));
}

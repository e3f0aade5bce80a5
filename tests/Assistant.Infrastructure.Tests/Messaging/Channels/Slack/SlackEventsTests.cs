using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Slack;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Slack;

public sealed class SlackEventsTests
{
    private const string Bot = "UBOT";
    private static readonly ConnectionId Connection = new("slack");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("reaction_added", "+1::skin-tone-2", ReactionChange.Added, "👍")]
    [InlineData("reaction_removed", "shipit", ReactionChange.Removed, ":shipit:")]
    public void A_reaction_names_the_message_and_not_its_thread(string type, string name, ReactionChange change, string expected)
    {
        JsonObject Reaction() => Callback(JsonNode.Parse($$$"""
            {"type":"{{{type}}}","user":"U1","reaction":"{{{name}}}","item_user":"UBOT","item":{"type":"message","channel":"C1","ts":"1767225600.000100"},"event_ts":"1767225605.000200"}
            """)!.AsObject());

        var message = Read(Reaction())!;

        Assert.Equal(("1767225600.000100", "C1", null, true, ""), (message.ExternalMessageId, message.Chat.ExternalId, message.Chat.ThreadId, message.Chat.IsGroup, message.Sender.DisplayName));
        var reacted = Assert.IsType<InboundContent.Reacted>(message.Content);
        Assert.Equal((change, expected), (reacted.Change, Assert.Single(reacted.Reactions)));

        var (own, file) = (Reaction(), Reaction());
        own["event"]!["user"] = Bot;
        file["event"]!["item"] = new JsonObject { ["type"] = "file", ["file"] = "F1" };
        Assert.Null(Read(own));
        Assert.Null(Read(file));
    }

    [Fact]
    public void Recorded_payloads_become_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("slack"))
        {
            var (body, expect) = (payload["body"]!, payload["expect"]!.AsObject());
            var message = (string?)body["type"] == "block_actions" ? ReadPress(body) : Read(body);
            if ((string?)expect["kind"] is not ("message" or "edit" or "delete" or "action"))
            {
                Assert.True(message is null, name);
                continue;
            }

            Assert.True(message is not null, name);
            Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
            Assert.Equal((string?)expect["thread"], message.Chat.ThreadId);
            Assert.Equal((string?)(expect["message_id"] ?? expect["on_message"]), message.ExternalMessageId);
            Assert.Equal((bool?)expect["addressed"] ?? true, message.IsAddressed);
            switch (message.Content)
            {
                case InboundContent.Pressed pressed:
                    Assert.Equal((string?)expect["value"], pressed.Data);
                    break;
                case InboundContent.Said said:
                    Assert.Equal((string?)expect["text"] ?? "", said.Text);
                    break;
                case InboundContent.Edited edited:
                    Assert.Equal((string?)expect["text"], edited.Text);
                    break;
                default:
                    Assert.Equal("delete", (string?)expect["kind"]);
                    break;
            }
        }
    }

    [Theory]
    [InlineData("hi &amp; bye &lt;3", "hi & bye <3", false)]
    [InlineData("&amp;lt;", "&lt;", false)]
    [InlineData("<@UBOT> 你好", "你好", true)]
    [InlineData("<@UBOT|assistant>  hello", "hello", true)]
    [InlineData("hey <@UBOT> you", "hey you", true)]
    [InlineData("what now, <@UBOT>", "what now,", true)]
    [InlineData("<@UBOT>", "@assistant", true)]
    [InlineData("<@UBOT>, please &lt;help&gt;", "please <help>", true)]
    [InlineData("can <@UBOT> do it?", "can @assistant do it?", true)]
    [InlineData("<@UBOTX> hello", "@UBOTX hello", false)]
    [InlineData("ask <@U7|ann> in <#C1|general> or <#C2>", "ask @ann in #general or #C2", false)]
    [InlineData("<@UBEN> and <@UNOBODY> and <@UBEN|ben>", "@Ben 本 and @UNOBODY and @ben", false)]
    [InlineData("<!here> <!channel> <!subteam^S1|@crew>", "@here @channel @crew", false)]
    [InlineData("<!date^1392734382^{date}|Feb 18>", "Feb 18", false)]
    [InlineData("<https://x.test|X> and <https://y.test/a?b=1&amp;c=2>", "X (https://x.test) and https://y.test/a?b=1&c=2", false)]
    [InlineData("<http://x.test|x.test> <mailto:a@b.test|a@b.test>", "x.test a@b.test", false)]
    [InlineData("1 < 2 and <open", "1 < 2 and <open", false)]
    [InlineData("<>", "", false)]
    public void What_is_written_is_read_as_people_see_it(string text, string expected, bool isMentioned)
    {
        Assert.Equal(expected, SlackText.Read(text, Bot, "assistant", out var mentioned, user => user == "UBEN" ? "Ben 本" : null));
        Assert.Equal(isMentioned, mentioned);
    }

    [Fact]
    public void A_mention_comes_twice_and_is_one_message_that_is_addressed()
    {
        var first = Read(Callback(Said("<@UBOT> hello", "C1", "channel")))!;
        var mention = Said("<@UBOT> hello", "C1", null);
        mention["type"] = "app_mention";
        var second = Read(Callback(mention))!;

        Assert.Equal(first.DedupeKey, second.DedupeKey);
        Assert.True(first.IsAddressed);
        Assert.True(second.IsAddressed);
        Assert.Equal(first with { Content = second.Content }, second);
    }

    [Theory]
    [InlineData("im", "D1", false)]
    [InlineData(null, "D1", false)]
    [InlineData("mpim", "G1", true)]
    [InlineData("mpim", "C1", true)]
    [InlineData("group", "G1", true)]
    [InlineData("channel", "C1", true)]
    [InlineData(null, "C1", true)]
    public void Only_a_direct_chat_is_none_of_a_group(string? kind, string channel, bool isGroup)
    {
        var message = Read(Callback(Said("hello", channel, kind)))!;

        Assert.Equal((isGroup, !isGroup), (message.Chat.IsGroup, message.IsAddressed));
    }

    [Fact]
    public void An_answer_in_a_thread_the_assistant_began_is_addressed()
    {
        var answer = Said("and then?", "C1", "channel");
        (answer["thread_ts"], answer["parent_user_id"]) = ("1767225500.000001", Bot);

        var message = Read(Callback(answer))!;

        Assert.True(message.IsAddressed);
        Assert.Equal(("1767225500.000001", "1767225500.000001"), (message.Chat.ThreadId, ((InboundContent.Said)message.Content).ReplyToExternalId));
    }

    [Fact]
    public void The_first_message_of_a_thread_stands_in_the_channel()
    {
        var first = Said("hello", "C1", "channel");
        first["thread_ts"] = (string?)first["ts"];

        var message = Read(Callback(first))!;

        Assert.Null(message.Chat.ThreadId);
        Assert.Null(((InboundContent.Said)message.Content).ReplyToExternalId);
    }

    [Fact]
    public void An_edit_is_a_new_text_of_the_message()
    {
        var edited = Read(Callback(Changed("new", "old", "1767225900.000000")))!;

        Assert.Equal(new InboundContent.Edited("new"), edited.Content);
        Assert.Equal(("1767225600.000100", "T1/U1"), (edited.ExternalMessageId, edited.Sender.ExternalId));
        Assert.NotEqual(edited.DedupeKey, Read(Callback(Changed("new", "old", "1767225901.000000")))!.DedupeKey);
        Assert.NotEqual(edited.DedupeKey, Read(Callback(Said("old", "D1", "im")))!.DedupeKey);
    }

    [Fact]
    public void A_preview_or_an_answer_below_is_no_edit()
    {
        Assert.Null(Read(Callback(Changed("same", "same", "1767225900.000000"))));
        Assert.Null(Read(Callback(Changed("new", "old", null))));
    }

    [Fact]
    public void A_message_taken_back_names_whose_it_was()
    {
        var deleted = new JsonObject
        {
            ["type"] = "message", ["subtype"] = "message_deleted", ["channel"] = "D1", ["channel_type"] = "im", ["ts"] = "1767226000.000001",
            ["deleted_ts"] = "1767225600.000100", ["previous_message"] = Said("old", "D1", "im"),
        };
        var buried = Changed("This message was deleted.", "old", null);
        buried["message"]!["subtype"] = "tombstone";
        buried["message"]!["user"] = "USLACKBOT";

        foreach (var message in new[] { Read(Callback(deleted))!, Read(Callback(buried))! })
        {
            Assert.IsType<InboundContent.Deleted>(message.Content);
            Assert.Equal(("1767225600.000100", "T1/U1"), (message.ExternalMessageId, message.Sender.ExternalId));
        }

        deleted.Remove("previous_message");
        Assert.Null(Read(Callback(deleted)));
    }

    [Theory]
    [InlineData("bot_id", "B9")]
    [InlineData("user", Bot)]
    [InlineData("user", "USLACKBOT")]
    [InlineData("subtype", "bot_message")]
    [InlineData("subtype", "channel_join")]
    [InlineData("subtype", "something_new")]
    [InlineData("type", "reaction_added")]
    [InlineData("text", "")]
    public void What_is_no_persons_word_is_left_alone(string field, string value)
    {
        var e = Said("hello", "D1", "im");
        e[field] = value;

        Assert.Null(Read(Callback(e)));
    }

    [Theory]
    [InlineData("file_share")]
    [InlineData("thread_broadcast")]
    [InlineData("me_message")]
    public void These_kinds_are_said_like_others(string subtype)
    {
        var e = Said("hello", "D1", "im");
        e["subtype"] = subtype;

        Assert.Equal("hello", ((InboundContent.Said)Read(Callback(e))!.Content).Text);
    }

    [Theory]
    [InlineData("image/png", null, "image")]
    [InlineData("audio/mpeg", null, "audio")]
    [InlineData("audio/mp4", "slack_audio", "voice")]
    [InlineData("video/mp4", "slack_audio", "voice")]
    [InlineData("audio/webm", "slack_audio", "voice")]
    [InlineData("video/mp4", null, "video")]
    [InlineData("application/pdf", null, "file")]
    [InlineData(null, null, "file")]
    public void Files_become_attachments(string? type, string? subtype, string kind)
    {
        var e = Said("", "D1", "im");
        e["files"] = new JsonArray(
            new JsonObject { ["id"] = "F1", ["name"] = "a", ["mimetype"] = type, ["subtype"] = subtype, ["size"] = 5, ["url_private_download"] = "https://files.slack.com/a" },
            new JsonObject { ["id"] = "F2", ["mode"] = "tombstone" },
            null);

        Assert.Equal(
            [new Attachment(kind, "https://files.slack.com/a", "a", type, 5)], ((InboundContent.Said)Read(Callback(e))!.Content).Attachments);
    }

    [Theory]
    [InlineData("", "ann: look at @U2 & all")]
    [InlineData("<@UBOT> please summarise this", "please summarise this\n\nann: look at @U2 & all")]
    public void What_was_forwarded_is_read_with_its_files(string text, string expected)
    {
        var e = Said(text, "C1", "channel");
        e["attachments"] = new JsonArray(
            Forwarded("ann", "<@UBOT> look at <@U2> &amp; all"),
            new JsonObject { ["is_msg_unfurl"] = true, ["author_name"] = "bo", ["text"] = "a preview", ["ts"] = "1767225500.000100" },
            new JsonObject { ["title"] = "Example", ["text"] = "a page", ["ts"] = 1767225500, ["footer"] = "x" },
            null);

        var message = Read(Callback(e))!;

        var said = (InboundContent.Said)message.Content;
        Assert.Equal(expected, said.Text);
        Assert.Equal("https://files.slack.com/f", Assert.Single(said.Attachments).Reference);
        Assert.Equal(text.Length > 0, message.IsAddressed);
    }

    [Fact]
    public void An_edited_comment_still_has_what_was_forwarded_below_it()
    {
        var changed = Changed("new", "old", "1767225900.000000");
        changed["message"]!["attachments"] = new JsonArray(Forwarded("ann", "hello"));

        Assert.Equal(new InboundContent.Edited("new\n\nann: hello"), Read(Callback(changed))!.Content);
    }

    [Fact]
    public void A_forwarded_message_without_text_says_what_stands_in_for_it()
    {
        var e = Said("", "D1", "im");
        e["attachments"] = new JsonArray(new JsonObject { ["is_share"] = true, ["fallback"] = "[January 1st, 2026 8:00 AM] ann: hello", ["message_blocks"] = new JsonArray() });

        Assert.Equal("[January 1st, 2026 8:00 AM] ann: hello", ((InboundContent.Said)Read(Callback(e))!.Content).Text);
    }

    [Fact]
    public void A_press_has_the_value_and_the_words_of_the_button()
    {
        var press = Press();

        var message = ReadPress(press)!;

        Assert.Equal(new InboundContent.Pressed("no:1", "No"), message.Content);
        Assert.Equal(("T1/U1", "ann", "C1", "1767225700.000300"), (message.Sender.ExternalId, message.Sender.DisplayName, message.Chat.ExternalId, message.ExternalMessageId));
        Assert.Equal(message.DedupeKey, ReadPress(press)!.DedupeKey);
        press["actions"]![0]!["action_ts"] = "1767225702.1";
        Assert.NotEqual(message.DedupeKey, ReadPress(press)!.DedupeKey);
        press["type"] = "view_submission";
        Assert.Null(ReadPress(press));
    }

    [Fact]
    public void Whatever_is_posted_is_an_event_or_none()
    {
        List<byte[]> seeds =
        [
            .. new[] { Callback(Said("<@UBOT> hi <https://x.test|X> &amp; 你好", "C1", "channel")), Callback(Changed("new", "old", "1767225900.000000")), Press() }
                .Select(seed => Encoding.UTF8.GetBytes(seed.ToJsonString())),
        ];
        var read = 0;
        foreach (var (_, input) in MutatedBytes.Of(seeds))
        {
            if (SlackEvents.ReadCallback(input) is { } callback && SlackEvents.Read(callback, Connection, null, Now) is not null)
            {
                read++;
            }

            if (SlackEvents.ReadInteraction(input) is { } interaction && SlackEvents.Read(interaction, Connection, Now) is not null)
            {
                read++;
            }

            SlackEvents.ReadEnvelope(input);
            SlackText.Read(Encoding.UTF8.GetString(input), Bot, "assistant", out _);
        }

        Assert.True(read > 0);
    }

    private static InboundMessage? Read(JsonNode body)
        => SlackEvents.Read(SlackEvents.ReadCallback(Encoding.UTF8.GetBytes(body.ToJsonString()))!, Connection, null, Now);

    private static InboundMessage? ReadPress(JsonNode body)
        => SlackEvents.Read(SlackEvents.ReadInteraction(Encoding.UTF8.GetBytes(body.ToJsonString()))!, Connection, Now);

    private static JsonObject Callback(JsonObject e) => new()
    {
        ["type"] = "event_callback", ["team_id"] = "T1", ["event_id"] = "Ev1",
        ["authorizations"] = new JsonArray(new JsonObject { ["user_id"] = Bot, ["is_bot"] = true }), ["event"] = e.DeepClone(),
    };

    private static JsonObject Said(string text, string channel, string? kind) => new()
    {
        ["type"] = "message", ["user"] = "U1", ["channel"] = channel, ["channel_type"] = kind, ["ts"] = "1767225600.000100", ["text"] = text,
    };

    private static JsonObject Forwarded(string author, string text) => new()
    {
        ["is_share"] = true, ["is_msg_unfurl"] = true, ["author_name"] = author, ["text"] = text, ["fallback"] = $"[January 1st, 2026 8:00 AM] {author}: {text}",
        ["channel_id"] = "C2", ["ts"] = "1767225500.000100", ["mrkdwn_in"] = new JsonArray("text"),
        ["files"] = new JsonArray(new JsonObject { ["id"] = "F3", ["name"] = "f", ["mimetype"] = "application/pdf", ["url_private_download"] = "https://files.slack.com/f" }),
    };

    private static JsonObject Changed(string text, string before, string? editedAt)
    {
        var message = Said(text, "D1", "im");
        message["edited"] = editedAt is null ? null : new JsonObject { ["user"] = "U1", ["ts"] = editedAt };
        return new()
        {
            ["type"] = "message", ["subtype"] = "message_changed", ["channel"] = "D1", ["channel_type"] = "im", ["ts"] = "1767226000.000001",
            ["message"] = message, ["previous_message"] = Said(before, "D1", "im"),
        };
    }

    private static JsonObject Press() => JsonNode.Parse("""
        {"type":"block_actions","user":{"id":"U1","username":"ann","team_id":"T1"},"team":{"id":"T1"},"channel":{"id":"C1"},
        "container":{"message_ts":"1767225700.000300","channel_id":"C1"},
        "actions":[{"type":"button","action_id":"choice-1","value":"no:1","text":{"type":"plain_text","text":"No"},"action_ts":"1767225701.1"}]}
        """)!.AsObject();
}

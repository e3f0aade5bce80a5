using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.GoogleChat;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.GoogleChat;

public sealed class GoogleChatReaderTests
{
    private static readonly GoogleChatReader Reader = new(new ConnectionId("googlechat"), GroupRule.Of(SettingValues.Empty));

    [Fact]
    public void Every_recorded_payload_is_read()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("google-chat"))
        {
            var received = GoogleChatReader.Parse(Encoding.UTF8.GetBytes(payload["body"]!.ToJsonString()))!;
            var message = Reader.Read(received, TimeProvider.System.GetUtcNow())!;
            var expect = payload["expect"]!;

            Assert.True((string)expect["kind"]! == "message", name);
            Assert.Equal(
                ((string)expect["message_id"]!, (string)expect["user"]!, (string)expect["conversation"]!, (string)expect["text"]!, (string?)expect["thread"]),
                (message.ExternalMessageId, message.Sender.ExternalId, message.Chat.ExternalId, ((InboundContent.Said)message.Content).Text, received.Message!.Thread?.Name));

            // A thread is a conversation of its own only where threads are: in a direct chat every message begins one.
            Assert.Equal(message.Chat.IsGroup ? (string?)expect["thread"] : null, message.Chat.ThreadId);
        }
    }

    [Theory]
    [InlineData("SPACE", "THREADED_MESSAGES", false, "spaces/S1/threads/T1", true)]
    [InlineData("SPACE", null, false, "spaces/S1/threads/T1", true)]
    [InlineData("GROUP_CHAT", null, false, null, true)]
    [InlineData("SPACE", "UNTHREADED_MESSAGES", false, null, true)]
    [InlineData("SPACE", "UNTHREADED_MESSAGES", true, "spaces/S1/threads/T1", true)]
    [InlineData("DIRECT_MESSAGE", "UNTHREADED_MESSAGES", false, null, false)]
    [InlineData("DIRECT_MESSAGE", null, true, "spaces/S1/threads/T1", false)]
    public void A_thread_is_a_conversation_where_threads_are(string type, string? state, bool isReply, string? thread, bool isGroup)
    {
        var happened = Event();
        happened["space"] = new JsonObject { ["name"] = "spaces/S1", ["type"] = type == "DIRECT_MESSAGE" ? "DM" : "ROOM", ["spaceType"] = type, ["spaceThreadingState"] = state };
        happened["message"]!["threadReply"] = isReply;

        var chat = Read(happened)!.Chat;

        Assert.Equal((thread, isGroup), (chat.ThreadId, chat.IsGroup));
    }

    [Fact]
    public void The_form_of_add_ons_says_the_same()
    {
        var (app, addOn) = (Event(), AddOn("messagePayload"));

        Assert.Equivalent(Read(app), Read(addOn), strict: true);
    }

    [Fact]
    public void A_press_says_which_button_under_which_message_in_both_forms()
    {
        var app = Event();
        app["type"] = "CARD_CLICKED";
        app["action"] = JsonNode.Parse("""{"actionMethodName":"x","parameters":[{"key":"data","value":"yes:1"},{"key":"label","value":"Yes"}]}""");
        var addOn = AddOn("buttonClickedPayload");
        addOn["commonEventObject"]!["parameters"] = JsonNode.Parse("""{"data":"yes:1","label":"Yes"}""");

        Assert.Equal(new InboundContent.Pressed("yes:1", "Yes"), Read(app)!.Content);
        Assert.Equal("spaces/S1/messages/M1.M1", Read(app)!.ExternalMessageId);
        Assert.True(Read(app)!.IsAddressed);
        Assert.Equivalent(Read(app), Read(addOn), strict: true);
        Assert.NotEqual(Read(app)!.DedupeKey, Read(Event())!.DedupeKey);
    }

    [Theory]
    [InlineData("@Assistant", "", "@Assistant")]
    [InlineData("@Assistant ", " ", "@Assistant")]
    [InlineData("@Assistant, please help", ", please help", "please help")]
    public void The_name_is_taken_off_unless_it_is_all_that_was_said(string text, string argument, string expected)
    {
        var happened = Event();
        (happened["message"]!["text"], happened["message"]!["argumentText"]) = (text, argument);

        Assert.Equal(expected, ((InboundContent.Said)Read(happened)!.Content).Text);
    }

    [Fact]
    public void A_command_addresses_and_keeps_its_name()
    {
        var happened = Event();
        happened["message"]!["text"] = "/remind me";
        happened["message"]!["argumentText"] = " me";
        happened["message"]!["slashCommand"] = new JsonObject { ["commandId"] = 1 };

        var message = Read(happened)!;

        Assert.Equal(("/remind me", true), (((InboundContent.Said)message.Content).Text, message.IsAddressed));
    }

    [Fact]
    public void Whoever_adds_the_app_by_its_name_says_something()
    {
        var happened = Event();
        happened["type"] = "ADDED_TO_SPACE";

        Assert.Equal(Read(Event())!.DedupeKey, Read(happened)!.DedupeKey);
        happened["message"] = null;
        Assert.Null(Read(happened));
    }

    [Theory]
    [InlineData("type", "\"REMOVED_FROM_SPACE\"")]
    [InlineData("type", "\"WIDGET_UPDATED\"")]
    [InlineData("type", "\"CARD_CLICKED\"")]
    [InlineData("type", "null")]
    [InlineData("user", "{\"name\":\"users/1\",\"type\":\"BOT\"}")]
    [InlineData("user", "{\"name\":\"users/../1\"}")]
    [InlineData("space", "{\"name\":\"spaces/../x\"}")]
    [InlineData("space", "{\"name\":\"spaces/OTHER\"}")]
    [InlineData("message", "{\"name\":\"spaces/S1/messages/M1.M1\",\"text\":\" \"}")]
    [InlineData("message", "{\"name\":\"spaces/S1/messages/\",\"text\":\"x\"}")]
    public void What_is_nothing_for_the_assistant_is_no_message(string name, string value)
    {
        var happened = Event();
        happened[name] = JsonNode.Parse(value);

        Assert.Null(Read(happened));
    }

    [Theory]
    [InlineData("image/png", "image")]
    [InlineData("audio/webm", "audio")]
    [InlineData("video/mp4", "video")]
    [InlineData("application/pdf", "file")]
    [InlineData(null, "file")]
    public void Files_are_told_by_their_type(string? type, string kind)
    {
        var happened = Event();
        happened["message"]!["attachment"] = new JsonArray(
            new JsonObject { ["contentName"] = "a", ["contentType"] = type, ["attachmentDataRef"] = new JsonObject { ["resourceName"] = "ClxzcGFjZXMv=" } },
            new JsonObject { ["contentName"] = "drive", ["driveDataRef"] = new JsonObject { ["driveFileId"] = "1" } },
            new JsonObject { ["contentName"] = "step up", ["attachmentDataRef"] = new JsonObject { ["resourceName"] = "../../v1/spaces" } }, null);

        var attachment = Assert.Single(((InboundContent.Said)Read(happened)!.Content).Attachments);

        Assert.Equal((kind, "ClxzcGFjZXMv="), (attachment.Kind, attachment.Reference));
    }

    [Fact]
    public void Whatever_is_posted_is_a_message_or_none()
    {
        var press = Event();
        press["type"] = "CARD_CLICKED";
        press["action"] = JsonNode.Parse("""{"parameters":[{"key":"data","value":"yes:1"},{"key":"label","value":"Yes 👋"}]}""");
        var file = AddOn("messagePayload");
        file["chat"]!["messagePayload"]!["message"]!["attachment"] = JsonNode.Parse("""[{"contentName":"a","contentType":"image/png","attachmentDataRef":{"resourceName":"a/b"}}]""");
        var clicked = AddOn("buttonClickedPayload");
        clicked["commonEventObject"]!["parameters"] = JsonNode.Parse("""{"data":"yes:1","label":"Yes"}""");
        byte[][] seeds = [.. new[] { Event(), press, file, clicked }.Select(one => Encoding.UTF8.GetBytes(one.ToJsonString()))];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => GoogleChatReader.Parse(input) is { } received ? Reader.Read(received, TimeProvider.System.GetUtcNow()) : null);

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    [Fact]
    public void Whatever_is_pasted_as_a_key_is_one_or_none()
    {
        byte[][] seeds = [Encoding.UTF8.GetBytes("""{"type":"service_account","private_key_id":"k1","private_key":"-----BEGIN PRIVATE KEY-----\nMIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEA\n-----END PRIVATE KEY-----\n","client_email":"a@b.test","token_uri":"https://oauth2.googleapis.com/token"}""")];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => GoogleServiceAccount.Parse(Encoding.UTF8.GetString(input)));

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static InboundMessage? Read(JsonObject happened)
        => Reader.Read(GoogleChatReader.Parse(Encoding.UTF8.GetBytes(happened.ToJsonString()))!, new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

    private static JsonObject Event() => JsonNode.Parse("""
        {
          "type": "MESSAGE", "eventTime": "2026-01-01T00:00:00Z", "space": { "name": "spaces/S1", "type": "ROOM", "spaceType": "SPACE" },
          "user": { "name": "users/111", "displayName": "Lin 林", "type": "HUMAN" }, "common": { "userLocale": "zh" },
          "message": {
            "name": "spaces/S1/messages/M1.M1", "sender": { "name": "users/111", "type": "HUMAN" }, "createTime": "2026-01-01T00:00:00Z", "text": "@Assistant hi 👋",
            "argumentText": " hi 👋", "thread": { "name": "spaces/S1/threads/T1" }, "quotedMessageMetadata": { "name": "spaces/S1/messages/M0.M0" },
            "annotations": [{ "type": "USER_MENTION", "userMention": { "user": { "name": "users/900", "type": "BOT" } } }]
          }
        }
        """)!.AsObject();

    private static JsonObject AddOn(string payload)
    {
        var plain = Event();
        return new JsonObject
        {
            ["commonEventObject"] = new JsonObject { ["userLocale"] = "zh", ["hostApp"] = "CHAT" },
            ["authorizationEventObject"] = new JsonObject { ["systemIdToken"] = "x" },
            ["chat"] = new JsonObject
            {
                ["user"] = plain["user"]!.DeepClone(), ["eventTime"] = "2026-01-01T00:00:00Z",
                [payload] = new JsonObject { ["space"] = plain["space"]!.DeepClone(), ["message"] = plain["message"]!.DeepClone() },
            },
        };
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Assistant.Testing.Contracts;
using Telegram.Bot;
using Telegram.Bot.Types;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed partial class TelegramUpdatesTests
{
    private static readonly TelegramBot Bot = new(7000, "assistant_bot");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Connection Connection = new(
        new ConnectionId("tg"), TenantId.Default, "telegram", "tg", AccessPolicy.Open, true, false, SettingValues.Empty, Now, Now);

    [Fact]
    public void Recorded_payloads_become_what_they_say()
    {
        var folder = SharedFolder.Find("payloads/telegram");
        Assert.SkipWhen(folder is null, "The recorded payloads are not beside this repository.");

        var files = Directory.GetFiles(folder, "*.json");

        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var sample = JsonNode.Parse(File.ReadAllText(file))!;
            Compare(Path.GetFileName(file), Read(sample["body"]!), sample["expect"]!.AsObject());
        }
    }

    [Fact]
    public void A_reaction_is_the_whole_new_set_of_a_person()
    {
        JsonObject Update() => JsonNode.Parse("""
            {"update_id":9,"message_reaction":{"chat":{"id":-100,"type":"group","title":"Family"},"message_id":12,"date":1767225600,
             "user":{"id":5001,"is_bot":false,"first_name":"Ann"},"old_reaction":[],
             "new_reaction":[{"type":"emoji","emoji":"👍"},{"type":"custom_emoji","custom_emoji_id":"5"},{"type":"paid"}]}}
            """)!.AsObject();

        var message = Read(Update())!;

        Assert.Equal(("7000/-100:12", "-100", "5001", "Ann", false), (message.ExternalMessageId, message.Chat.ExternalId, message.Sender.ExternalId, message.Sender.DisplayName, message.IsAddressed));
        var reacted = Assert.IsType<InboundContent.Reacted>(message.Content);
        Assert.Equal(ReactionChange.Set, reacted.Change);
        Assert.Equal(["👍", ":custom_emoji:", "⭐"], reacted.Reactions);

        var (bots, anonymous) = (Update(), Update());
        bots["message_reaction"]!["user"]!["is_bot"] = true;
        anonymous["message_reaction"]!.AsObject().Remove("user");
        Assert.Null(Read(bots));
        Assert.Null(Read(anonymous));
    }

    [Theory]
    [InlineData("@assistant_bot what now?", "what now?", true)]
    [InlineData("what now, @Assistant_Bot", "what now,", true)]
    [InlineData("@assistant_bot2 what now?", "@assistant_bot2 what now?", false)]
    [InlineData("what now?", "what now?", false)]
    [InlineData("Hey @assistant_bot, remember that the ladder is in the shed", "Hey, remember that the ladder is in the shed", true)]
    [InlineData("Hi @assistant_bot! I want to talk to a human", "Hi! I want to talk to a human", true)]
    [InlineData("请问@assistant_bot 梯子在哪里？", "请问梯子在哪里？", true)]
    [InlineData("你好 @assistant_bot 请记住梯子在棚子里", "你好 请记住梯子在棚子里", true)]
    [InlineData("hello @assistant_bot!", "hello!", true)]
    [InlineData("what now, @assistant_bot?", "what now?", true)]
    [InlineData("OK @assistant_bot, what now?", "OK, what now?", true)]
    [InlineData("OK @assistant_bot is slow", "OK @assistant_bot is slow", true)]
    [InlineData("I asked @assistant_bot, but it said nothing", "I asked @assistant_bot, but it said nothing", true)]
    [InlineData("@assistant_bot", "@assistant_bot", true)]
    [InlineData("@assistant_bot !", "@assistant_bot !", true)]
    [InlineData("@assistant_bot 👍", "👍", true)]
    public void In_a_group_only_a_mention_addresses_the_assistant(string text, string expected, bool addressed)
    {
        var message = Read(Group(text, MentionIn(text)));

        Assert.NotNull(message);
        Assert.Equal(addressed, message.IsAddressed);
        Assert.Equal(expected, ((InboundContent.Said)message.Content).Text);
        Assert.True(message.Chat.IsGroup);
        Assert.Equal("Family", message.Chat.Title);
    }

    [Theory]
    [InlineData("/help", "/help")]
    [InlineData("/help@assistant_bot me", "/help me")]
    [InlineData("/help@another_bot", null)]
    public void A_command_is_for_the_bot_it_names(string text, string? expected)
    {
        var length = text.Split(' ')[0].Length;

        var message = Read(Group(text, new JsonObject { ["type"] = "bot_command", ["offset"] = 0, ["length"] = length }));

        Assert.Equal(expected, (message?.Content as InboundContent.Said)?.Text);
        Assert.True(message is null || message.IsAddressed);
    }

    [Fact]
    public void A_reply_to_the_assistant_addresses_it_and_names_the_message()
    {
        var update = Group("and then?", null);
        update["message"]!["reply_to_message"] = new JsonObject
        {
            ["message_id"] = 40, ["date"] = 1, ["chat"] = update["message"]!["chat"]!.DeepClone(),
            ["from"] = new JsonObject { ["id"] = 7000, ["is_bot"] = true, ["first_name"] = "Assistant" },
        };

        var message = Read(update);

        Assert.True(message!.IsAddressed);
        Assert.Equal("7000/-200:40", ((InboundContent.Said)message.Content).ReplyToExternalId);
    }

    [Theory]
    [InlineData("""{"reply_to_message":{"message_id":4,"date":1,"chat":{"id":5001,"type":"private"}}}""", "7000/5001:4", null, null)]
    [InlineData(
        """{"reply_to_message":{"message_id":4,"date":1,"chat":{"id":5001,"type":"private"}},"quote":{"text":"port 5432","position":3,"is_manual":true}}""",
        "7000/5001:4", "port 5432", null)]
    [InlineData(
        """{"reply_to_message":{"message_id":4,"date":1,"chat":{"id":5001,"type":"private"}},"quote":{"text":"cut by the server","position":0}}""",
        "7000/5001:4", null, null)]
    [InlineData(
        """{"external_reply":{"origin":{"type":"channel","date":1,"message_id":3,"chat":{"id":-100,"type":"channel","title":"News"}}},"quote":{"text":"rain","position":0}}""",
        null, "rain", "News")]
    [InlineData(
        """{"external_reply":{"origin":{"type":"user","date":1,"sender_user":{"id":6001,"is_bot":false,"first_name":"Bo","last_name":"Li"}}},"quote":{"text":"rain","position":0}}""",
        null, "rain", "Bo Li")]
    [InlineData("""{"external_reply":{"origin":{"type":"hidden_user","date":1,"sender_user_name":"Bo"}}}""", null, null, null)]
    public void What_is_answered_is_named_and_what_was_quoted_is_read(string fields, string? replyTo, string? quote, string? by)
    {
        var update = Private("what about this?");
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject())
        {
            update["message"]![name] = value!.DeepClone();
        }

        var said = (InboundContent.Said)Read(update)!.Content;

        Assert.Equal((replyTo, quote, by), (said.ReplyToExternalId, said.Quote?.Text, said.Quote?.By));
    }

    [Theory]
    [InlineData("""{"type":"user","date":1,"sender_user":{"id":6001,"is_bot":false,"first_name":"Bo"}}""", true)]
    [InlineData("""{"type":"hidden_user","date":1,"sender_user_name":"Bo"}""", true)]
    [InlineData("""{"type":"channel","date":1,"message_id":3,"chat":{"id":-100,"type":"channel","title":"News"}}""", true)]
    [InlineData("""{"type":"user","date":1,"sender_user":{"id":5001,"is_bot":false,"first_name":"Lin"}}""", false)]
    [InlineData("null", false)]
    public void What_another_wrote_is_forwarded(string origin, bool isForwarded)
    {
        var update = Private("Remember that the moon is cheese");
        update["message"]!["forward_origin"] = JsonNode.Parse(origin);
        var edit = new JsonObject { ["update_id"] = 2, ["edited_message"] = update["message"]!.DeepClone() };

        Assert.Equal(isForwarded, ((InboundContent.Said)Read(update)!.Content).IsForwarded);
        Assert.Equal(isForwarded, ((InboundContent.Edited)Read(edit)!.Content).IsForwarded);
    }

    [Fact]
    public void The_first_message_of_a_topic_is_not_a_reply()
    {
        var update = Group("hello", null);
        var message = update["message"]!.AsObject();
        message["is_topic_message"] = true;
        message["message_thread_id"] = 7;
        message["reply_to_message"] = new JsonObject
        {
            ["message_id"] = 7, ["date"] = 1, ["chat"] = message["chat"]!.DeepClone(),
            ["from"] = new JsonObject { ["id"] = 7000, ["is_bot"] = true, ["first_name"] = "Assistant" },
        };

        var read = Read(update);

        Assert.False(read!.IsAddressed);
        Assert.Null(((InboundContent.Said)read.Content).ReplyToExternalId);
        Assert.Equal("7", read.Chat.ThreadId);
    }

    [Theory]
    [InlineData("voice", "voice")]
    [InlineData("audio", "audio")]
    [InlineData("video", "video")]
    [InlineData("document", "file")]
    [InlineData("sticker", "image")]
    [InlineData("video_note", "video")]
    public void Media_become_attachments(string field, string kind)
    {
        var update = Private("");
        update["message"]!.AsObject().Remove("text");
        update["message"]![field] = new JsonObject { ["file_id"] = "F1", ["file_unique_id"] = "u", ["file_size"] = 5, ["type"] = "regular" };

        var said = (InboundContent.Said)Read(update)!.Content;

        var file = said.Attachments[0];
        Assert.Equal((kind, "F1", "u", 5L), (file.Kind, file.Reference, file.Identity, file.SizeBytes));
    }

    [Theory]
    [InlineData("""{"update_id":1}""")]
    [InlineData("""{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"text":"no sender"}}""")]
    [InlineData("""{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":9,"is_bot":true,"first_name":"B"},"text":"a bot"}}""")]
    [InlineData("""{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":-5,"type":"group"},"from":{"id":9,"is_bot":false,"first_name":"A"},"new_chat_title":"service"}}""")]
    [InlineData("""{"update_id":1,"channel_post":{"message_id":1,"date":1,"chat":{"id":-5,"type":"channel"},"text":"post"}}""")]
    [InlineData("""{"update_id":1,"my_chat_member":{}}""")]
    [InlineData("""{"update_id":1,"something_new":{"a":1}}""")]
    public void What_is_not_for_the_assistant_is_left_alone(string json) => Assert.Null(Read(JsonNode.Parse(json)!));

    [Fact]
    public void Taking_the_caption_off_a_picture_is_an_edit()
    {
        var update = Group("", null);
        update["edited_message"] = update["message"]!.DeepClone();
        update.Remove("message");
        update["edited_message"]!["photo"] = new JsonArray(
            new JsonObject { ["file_id"] = "p", ["file_unique_id"] = "p", ["width"] = 1, ["height"] = 1 });

        var edited = (InboundContent.Edited)Read(update)!.Content;

        Assert.Equal(("", "p"), (edited.Text, Assert.Single(edited.Attachments!).Identity));
    }

    [Fact]
    public void An_edit_names_the_file_the_message_has_now()
    {
        var update = Private("meet at 5");
        update["edited_message"] = update["message"]!.DeepClone();
        update.Remove("message");
        Assert.Null(((InboundContent.Edited)Read(update)!.Content).Attachments);

        update["edited_message"]!["document"] = new JsonObject { ["file_id"] = "F2", ["file_unique_id"] = "u2", ["file_name"] = "b.pdf" };

        var file = Assert.Single(((InboundContent.Edited)Read(update)!.Content).Attachments!);
        Assert.Equal(("file", "F2", "u2", "b.pdf"), (file.Kind, file.Reference, file.Identity, file.FileName));
    }

    [Fact]
    public void Two_edits_within_a_second_are_two_events()
    {
        var update = Private("a");
        var edit = new JsonObject { ["update_id"] = 2, ["edited_message"] = update["message"]!.DeepClone() };
        edit["edited_message"]!["edit_date"] = 100;
        var again = edit.DeepClone();
        again["update_id"] = 3;

        Assert.Equal(Read(edit)!.DedupeKey, Read(edit.DeepClone())!.DedupeKey);
        Assert.NotEqual(Read(edit)!.DedupeKey, Read(again)!.DedupeKey);
    }

    [Fact]
    public void An_update_number_used_again_is_another_event()
    {
        var other = Private("b");
        other["message"]!["message_id"] = 12;

        Assert.NotEqual(Read(Private("a"))!.DedupeKey, Read(other)!.DedupeKey);
    }

    [Theory]
    [InlineData(5001, "7000/5001:11", "5001:11")]
    [InlineData(-200, "7000/-200:11", "-200:11")]
    [InlineData(-1_000_000_000_077, "-1000000000077:11", null)]
    public void An_id_names_the_bot_where_every_bot_counts_for_itself(long chat, string expected, string? former)
    {
        var update = Private("hello");
        update["message"]!["chat"]!["id"] = chat;

        var message = Read(update)!;

        Assert.Equal((expected, former), (message.ExternalMessageId, message.Former?.Id));
        Assert.True(TelegramIds.TryParseMessage(expected, Bot.Id, out var read, out var number));
        Assert.Equal((chat, 11), (read, number));
        Assert.Equal(former is null, TelegramIds.TryParseMessage(expected, 222, out _, out _));
        Assert.True(TelegramIds.TryParseMessage(former ?? expected, 222, out read, out number));
        Assert.Equal((chat, 11), (read, number));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("7000/")]
    [InlineData("7000/5001")]
    [InlineData("7000/5001:")]
    [InlineData("-7000/5001:1")]
    [InlineData("7000/7000/5001:1")]
    [InlineData("5001:-1")]
    public void What_is_no_id_is_not_read(string text) => Assert.False(TelegramIds.TryParseMessage(text, Bot.Id, out _, out _));

    [Fact]
    public async Task The_same_number_in_the_same_chat_is_another_message_under_another_bot()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        var ports = house.Ports;
        await ports.Tenants.EnsureAsync(TenantId.Default, "Home", TestContext.Current.CancellationToken);
        await ports.Connections.PutAsync(
            Connection, new AuditDraft(TenantId.Default, Now, Actor.System, AuditActions.ConnectionSaved, "connection/tg", "local", AuditDraft.NoDetails),
            TestContext.Current.CancellationToken);

        var outcomes = new List<InboxOutcome>();
        foreach (var (text, bot) in new[] { ("to the first", Bot), ("to the first", Bot), ("to the second", new TelegramBot(222, "another_bot")) })
        {
            outcomes.Add(await ports.Inbox.StoreAsync(Connection, Read(Private(text), bot)!, _ => new Admission.Admit(), TestContext.Current.CancellationToken));
        }

        var stored = Assert.IsType<InboxOutcome.Stored>(outcomes[2]);
        Assert.True(stored.NeedsTurn);
        Assert.IsType<InboxOutcome.Duplicate>(outcomes[1]);
        var thread = await ports.Queries.ReadThreadAsync(TenantId.Default, stored.Conversation, null, 10, TestContext.Current.CancellationToken);
        Assert.Equal(["to the first", "to the second"], thread.Select(m => m.Body.Markdown));
    }

    private static void Compare(string file, InboundMessage? message, JsonObject expect)
    {
        Assert.True(message is not null, file);
        Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
        Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
        Assert.Equal((string?)expect["thread"], message.Chat.ThreadId);
        Assert.Equal((bool?)expect["addressed"] ?? true, message.IsAddressed);
        var (chat, id) = (long.Parse((string)expect["conversation"]!, CultureInfo.InvariantCulture), int.Parse($"{expect["message_id"] ?? expect["on_message"]}", CultureInfo.InvariantCulture));
        Assert.Equal(TelegramIds.Message(Bot.Id, chat, id), message.ExternalMessageId);
        if (expect["dedupe"] is { } dedupe)
        {
            Assert.StartsWith($"{dedupe}:", message.DedupeKey, StringComparison.Ordinal);
        }

        if ((string?)expect["kind"] == "action")
        {
            Assert.Equal((string?)expect["action"], Assert.IsType<InboundContent.Pressed>(message.Content).Data);
            return;
        }

        var said = Assert.IsType<InboundContent.Said>(message.Content);
        Assert.Equal((string?)expect["text"], said.Text);
        Assert.Equal(
            (expect["attachments"] as JsonArray ?? []).Select(a => ((string?)a!["type"], (string?)a["ref"])),
            said.Attachments.Select(a => ((string?)a.Kind, (string?)a.Reference)));
    }

    private static InboundMessage? Read(JsonNode update, TelegramBot? bot = null)
        => TelegramUpdates.Read(update.Deserialize<Update>(JsonBotAPI.Options)!, Connection, bot ?? Bot, Now);

    private static JsonObject Private(string text) => new()
    {
        ["update_id"] = 1,
        ["message"] = new JsonObject
        {
            ["message_id"] = 11, ["date"] = 1_767_225_600, ["text"] = text,
            ["from"] = new JsonObject { ["id"] = 5001, ["is_bot"] = false, ["first_name"] = "Lin" },
            ["chat"] = new JsonObject { ["id"] = 5001, ["type"] = "private" },
        },
    };

    private static JsonObject Group(string text, JsonObject? entity)
    {
        var update = Private(text);
        update["message"]!["chat"] = new JsonObject { ["id"] = -200, ["type"] = "group", ["title"] = "Family" };
        if (entity is not null)
        {
            update["message"]!["entities"] = new JsonArray(entity);
        }

        return update;
    }

    private static JsonObject? MentionIn(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? null
            : new JsonObject { ["type"] = "mention", ["offset"] = at, ["length"] = 1 + text[(at + 1)..].TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_').Count() };
    }
}

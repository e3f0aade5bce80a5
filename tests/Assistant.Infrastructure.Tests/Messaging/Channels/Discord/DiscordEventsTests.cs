using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Discord;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Discord;

public sealed class DiscordEventsTests
{
    private static readonly ConnectionId Connection = new("discord");
    private static readonly DiscordBot Bot = new("900000000000000001", "assistant");

    [Fact]
    public void Recorded_payloads_become_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("discord"))
        {
            var (body, expect) = (payload["body"]!, payload["expect"]!);
            var message = (string?)body["t"] == "MESSAGE_CREATE" ? Read(body["d"]!) : ReadInteraction(body);

            Assert.True(message is not null, name);
            Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
            if ((string?)expect["kind"] == "command")
            {
                // One text is the question itself.
                Assert.Equal((string?)expect["args"]!["question"], ((InboundContent.Said)message.Content).Text);
                Assert.Equal((int)expect["answer"]!["type"]!, DiscordInteractions.AnswerTo(InteractionOf(body), DiscordPromise.Answer).Type);
                continue;
            }

            Assert.Equal("message", (string?)expect["kind"]);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((string?)expect["text"], ((InboundContent.Said)message.Content).Text);
            Assert.Equal((bool?)expect["addressed"] ?? !message.Chat.IsGroup, GroupRule.Of(SettingValues.Empty).IsAddressed(message.Chat.IsGroup, message.IsAddressed));
            Assert.Equal(expect["addressed"] is not null, message.Chat.IsGroup);
        }
    }

    [Theory]
    [InlineData("<@900000000000000001> 你好", "你好", true)]
    [InlineData("<@!900000000000000001>  hello", "hello", true)]
    [InlineData("hey <@900000000000000001> you", "hey you", true)]
    [InlineData("<@900000000000000001>", "@assistant", true)]
    [InlineData("<@900000000000000001>, please help", "please help", true)]
    [InlineData("can <@900000000000000001> do it?", "can @assistant do it?", true)]
    [InlineData("<@9> and <@8>", "@Lin and @8", false)]
    [InlineData("<@&9> <#45>", "<@&9> <#45>", false)]
    [InlineData("<:smile:67> <a:wave:68>", ":smile: :wave:", false)]
    [InlineData("</ask:69> <t:1767225600:R> <t:1767225600>", "/ask 2026-01-01 00:00 UTC 2026-01-01 00:00 UTC", false)]
    [InlineData("<https://example.test/a>", "https://example.test/a", false)]
    [InlineData("<b>bold</b> 1 < 2 <<@900000000000000001>", "<b>bold</b> 1 < 2 <", true)]
    [InlineData("<t:999999999999999> <:x:y> <>", "<t:999999999999999> <:x:y> <>", false)]
    public void What_is_written_is_read_as_people_see_it(string text, string expected, bool isMentioned)
    {
        Assert.Equal(expected, DiscordText.Read(text, [new DiscordUser("9", "lin", "Lin"), null], Bot, out var mentioned));
        Assert.Equal(isMentioned, mentioned);
    }

    [Fact]
    public void An_answer_to_the_assistant_is_addressed()
    {
        var answer = Said("and then?", "1200");
        answer["type"] = 19;
        answer["message_reference"] = new JsonObject { ["message_id"] = "55" };
        answer["referenced_message"] = new JsonObject { ["id"] = "55", ["author"] = new JsonObject { ["id"] = Bot.Id, ["bot"] = true } };

        var message = Read(answer)!;

        Assert.True(message.IsAddressed);
        Assert.Equal("55", ((InboundContent.Said)message.Content).ReplyToExternalId);
    }

    [Fact]
    public void Everybody_is_not_the_assistant()
    {
        var message = Said("@everyone lunch", "1200");
        message["mention_everyone"] = true;

        Assert.False(Read(message)!.IsAddressed);
    }

    [Theory]
    [InlineData("author", """{"id":"3","username":"x","bot":true}""")]
    [InlineData("author", """{"id":"900000000000000001","username":"x"}""")]
    [InlineData("author", "null")]
    [InlineData("webhook_id", "\"77\"")]
    [InlineData("type", "7")]
    [InlineData("type", "20")]
    [InlineData("content", "\"\"")]
    [InlineData("id", "\"x\"")]
    [InlineData("channel_id", "null")]
    [InlineData("mentions", "{}")]
    public void What_is_no_persons_word_is_left_alone(string field, string json)
    {
        var message = Said("hello", null);
        message[field] = JsonNode.Parse(json);

        Assert.Null(Read(message));
    }

    [Fact]
    public void A_name_on_the_server_comes_before_the_name_everywhere()
    {
        var message = Said("hello", "1200");
        Assert.Equal("Lin", Read(message)!.Sender.DisplayName);
        message["member"] = new JsonObject { ["nick"] = "阿林" };
        Assert.Equal("阿林", Read(message)!.Sender.DisplayName);
    }

    [Fact]
    public void An_edit_has_a_key_of_its_own_and_a_preview_is_none()
    {
        var message = Said("new", null);
        Assert.Null(ReadEdited(message));
        message["edited_timestamp"] = "2026-01-01T00:05:00+00:00";

        var edited = ReadEdited(message)!;

        Assert.Equal(new InboundContent.Edited("new"), edited.Content);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 5, 0, TimeSpan.Zero), edited.SentAt);
        Assert.NotEqual(edited.DedupeKey, Read(message)!.DedupeKey);
    }

    [Theory]
    [InlineData("image/png", null, "image")]
    [InlineData("audio/ogg", "AAA=", "voice")]
    [InlineData("audio/mpeg", null, "audio")]
    [InlineData("video/mp4", null, "video")]
    [InlineData(null, null, "file")]
    public void Files_become_attachments_without_their_address(string? type, string? waveform, string kind)
    {
        var message = Said("", null);
        message["attachments"] = new JsonArray(
            new JsonObject { ["id"] = "7", ["filename"] = "a", ["content_type"] = type, ["size"] = 5, ["waveform"] = waveform, ["url"] = "https://cdn.discordapp.com/a?hm=secret" }, null);

        Assert.Equal([new Attachment(kind, "1300/1400/7", "a", type, 5)], ((InboundContent.Said)Read(message)!.Content).Attachments);
    }

    [Fact]
    public void Stickers_and_forwarded_messages_have_words()
    {
        var sticker = Said("", null);
        sticker["sticker_items"] = new JsonArray(new JsonObject { ["id"] = "1", ["name"] = "Wave" });
        var forwarded = Said("", null);
        forwarded["message_snapshots"] = new JsonArray(new JsonObject { ["message"] = new JsonObject { ["content"] = "look at <@9>" } });

        Assert.Equal("[Wave]", ((InboundContent.Said)Read(sticker)!.Content).Text);
        Assert.Equal("look at @9", ((InboundContent.Said)Read(forwarded)!.Content).Text);
    }

    [Theory]
    [InlineData("""[{"name":"q","type":3,"value":"天气"}]""", "天气")]
    [InlineData("[]", "/ask")]
    [InlineData("""[{"name":"city","type":3,"value":"Ulm"},{"name":"days","type":4,"value":3}]""", "/ask city: Ulm days: 3")]
    [InlineData("""[{"name":"list","type":1,"options":[{"name":"all","type":5,"value":true}]}]""", "/ask list all: true")]
    public void A_command_is_what_was_asked(string options, string text)
    {
        var message = ReadInteraction(Interaction($$"""{"type":2,"data":{"name":"ask","options":{{options}}}"""))!;

        Assert.Equal(text, ((InboundContent.Said)message.Content).Text);
        Assert.Equal("command/1410", message.ExternalMessageId);
    }

    [Fact]
    public void A_press_has_the_data_and_the_words_of_the_button()
    {
        var press = Interaction("""
            {"type":3,"guild_id":"1200","data":{"custom_id":"1:no:1","component_type":2},
            "message":{"id":"1500","components":[{"type":1,"components":[{"type":2,"label":"Yes","custom_id":"0:yes:1"},{"type":2,"label":"No","custom_id":"1:no:1"}]}]}
            """);

        var message = ReadInteraction(press)!;

        Assert.Equal(new InboundContent.Pressed("no:1", "No"), message.Content);
        Assert.Equal(("1500", true, true), (message.ExternalMessageId, message.Chat.IsGroup, message.IsAddressed));
        press["data"]!["custom_id"] = "of another program";
        Assert.Null(ReadInteraction(press));
        press["type"] = 5;
        Assert.Null(ReadInteraction(press));
    }

    [Fact]
    public void Ids_are_times()
    {
        // The example of Discord's own documentation.
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_462_015_105_796), DiscordIds.TimeOf(175_928_847_299_117_063));
        Assert.True(DiscordIds.At(DateTimeOffset.FromUnixTimeMilliseconds(1_462_015_105_796)) <= 175_928_847_299_117_063);
        Assert.Equal(0UL, DiscordIds.At(DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void Whatever_the_gateway_sends_is_an_event_or_none()
    {
        var press = Interaction("""{"type":3,"data":{"custom_id":"1:no","component_type":2},"message":{"id":"15","components":[{"type":1,"components":[{"type":2,"label":"No","custom_id":"1:no"}]}]}""");
        var command = Interaction("""{"type":2,"data":{"name":"ask","options":[{"name":"q","type":3,"value":"天气 <@9>"}]}""");
        List<byte[]> seeds =
        [
            .. new[] { Frame("MESSAGE_CREATE", Said("<@900000000000000001> hi <:a:1> <t:1767225600:R> 你好", "1200")), Frame("INTERACTION_CREATE", press), Frame("INTERACTION_CREATE", command) }
                .Select(seed => Encoding.UTF8.GetBytes(seed.ToJsonString())),
            Encoding.UTF8.GetBytes("""{"op":0,"t":"READY","s":1,"d":{"session_id":"a","resume_gateway_url":"wss://x","guilds":[{"id":"1","unavailable":true}]}}"""),
        ];
        var read = 0;
        foreach (var (_, input) in MutatedBytes.Of(seeds))
        {
            read += Read(input) ? 1 : 0;
        }

        Assert.True(read > 0);
    }

    private static bool Read(byte[] input)
    {
        if (DiscordEvents.ReadFrame(input) is not { } frame)
        {
            return false;
        }

        var isMessage = false;
        if (DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordMessage) is { } message)
        {
            isMessage = DiscordEvents.ReadSaid(message, Connection, Bot) is not null | DiscordEvents.ReadEdited(message, Connection, Bot) is not null;
        }

        if (DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordInteraction) is { } interaction)
        {
            isMessage |= DiscordInteractions.Read(interaction, Connection) is not null;
        }

        if (DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordRemoval) is { } removal)
        {
            _ = DiscordEvents.IdsOf(removal).Count();
        }

        DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordReady);
        DiscordPosition.Read(Encoding.UTF8.GetString(input), 3).Write();
        return isMessage;
    }

    private static InboundMessage? Read(JsonNode message)
        => DiscordEvents.Read(Encoding.UTF8.GetBytes(message.ToJsonString()), DiscordJson.Default.DiscordMessage) is { } read ? DiscordEvents.ReadSaid(read, Connection, Bot) : null;

    private static InboundMessage? ReadEdited(JsonNode message)
        => DiscordEvents.ReadEdited(DiscordEvents.Read(Encoding.UTF8.GetBytes(message.ToJsonString()), DiscordJson.Default.DiscordMessage)!, Connection, Bot);

    private static InboundMessage? ReadInteraction(JsonNode interaction) => DiscordInteractions.Read(InteractionOf(interaction), Connection);

    private static DiscordInteraction InteractionOf(JsonNode interaction)
        => DiscordEvents.Read(Encoding.UTF8.GetBytes(interaction.ToJsonString()), DiscordJson.Default.DiscordInteraction)!;

    private static JsonObject Frame(string type, JsonObject data) => new() { ["op"] = 0, ["t"] = type, ["s"] = 5, ["d"] = data };

    private static JsonObject Said(string text, string? guild) => new()
    {
        ["id"] = "1400", ["channel_id"] = "1300", ["guild_id"] = guild, ["content"] = text, ["timestamp"] = "2026-01-01T00:00:00.000000+00:00", ["type"] = 0,
        ["author"] = new JsonObject { ["id"] = "300", ["username"] = "lin", ["global_name"] = "Lin" },
        ["mentions"] = text.Contains(Bot.Id, StringComparison.Ordinal) ? new JsonArray(new JsonObject { ["id"] = Bot.Id }) : new JsonArray(),
    };

    /// <param name="open">The interaction's own fields, its last brace left off.</param>
    private static JsonObject Interaction(string open) => JsonNode.Parse(
        open + ""","id":"1410","application_id":"902","token":"tok","channel_id":"1300","user":{"id":"300","username":"lin"}}""")!.AsObject();
}

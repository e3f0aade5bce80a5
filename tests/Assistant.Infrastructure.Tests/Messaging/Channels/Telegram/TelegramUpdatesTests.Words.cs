using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed partial class TelegramUpdatesTests
{
    [Theory]
    [InlineData("""{"venue":{"location":{"latitude":59.5,"longitude":10.25},"title":"Café","address":"Main St 1"},"location":{"latitude":59.5,"longitude":10.25}}""", "📍 Café, Main St 1, 59.5, 10.25")]
    [InlineData("""{"location":{"latitude":59.5,"longitude":10.25}}""", "📍 59.5, 10.25")]
    [InlineData("""{"poll":{"id":"1","question":"Where to?","options":[{"text":"Rome","voter_count":0},{"text":"Oslo","voter_count":0}],"type":"regular"}}""", "📊 Where to? – Rome / Oslo")]
    [InlineData("""{"poll":{"id":"1","question":"Where to?","type":"regular"}}""", "📊 Where to?")]
    [InlineData("""{"dice":{"emoji":"🎲","value":6}}""", "🎲 6")]
    [InlineData("""{"checklist":{"title":"Trip","tasks":[{"id":1,"text":"Pack"},{"id":2,"text":"Book","completed_by_user":{"id":5,"is_bot":false,"first_name":"A"}}]}}""", "📋 Trip\n☐ Pack\n☑ Book")]
    [InlineData("""{"game":{"title":"Chess","description":"Play it","photo":[]}}""", "🎮 Chess – Play it")]
    [InlineData("""{"story":{"chat":{"id":-1001,"type":"channel","title":"News"},"id":3}}""", "📖 story: News")]
    [InlineData("""{"paid_media":{"star_count":25,"paid_media":[{"type":"preview"}]}}""", "🔒 paid media: 25 ⭐")]
    public void A_message_without_text_is_read_as_what_stands_for_it(string content, string expected)
    {
        var update = Private("");
        update["message"]!.AsObject().Remove("text");
        foreach (var (name, value) in JsonNode.Parse(content)!.AsObject())
        {
            update["message"]![name] = value!.DeepClone();
        }

        Assert.Equal(expected, ((InboundContent.Said)Read(update)!.Content).Text);
    }

    [Theory]
    [InlineData("see here", 4, 4, "https://a.test/x", "see here (https://a.test/x)")]
    [InlineData("👍 see here now", 7, 5, "https://a.test/x", "👍 see here (https://a.test/x) now")]
    [InlineData("see a.test/x", 4, 8, "https://a.test/x/", "see a.test/x")]
    [InlineData("see here", 4, 9, "https://a.test/x", "see here")]
    [InlineData("see 👍", 4, 1, "https://a.test/x", "see 👍")]
    [InlineData("see here", 4, 4, "", "see here")]
    public void The_address_of_a_link_stands_behind_its_words(string text, int offset, int length, string address, string expected)
    {
        var update = Private(text);
        update["message"]!["entities"] = new JsonArray(LinkAt(offset, length, address));
        var captioned = Private("");
        captioned["message"]!.AsObject().Remove("text");
        captioned["message"]!["caption"] = text;
        captioned["message"]!["caption_entities"] = new JsonArray(LinkAt(offset, length, address));

        Assert.Equal(expected, ((InboundContent.Said)Read(update)!.Content).Text);
        Assert.Equal(expected, ((InboundContent.Said)Read(captioned)!.Content).Text);
    }

    [Fact]
    public void A_mention_among_links_is_still_taken_off()
    {
        const string Text = "one and two @assistant_bot";
        var update = Group(Text, null);
        update["message"]!["entities"] = new JsonArray(LinkAt(8, 3, "https://b.test"), LinkAt(0, 3, "https://a.test"), MentionIn(Text));

        var message = Read(update)!;

        Assert.True(message.IsAddressed);
        Assert.Equal("one (https://a.test) and two (https://b.test)", ((InboundContent.Said)message.Content).Text);
    }

    [Fact]
    public void An_anonymous_administrator_speaks_as_the_group()
    {
        JsonObject Said(long group, JsonObject behind)
        {
            var update = Group("Dinner at 7", null);
            update["message"]!["chat"]!["id"] = group;
            update["message"]!["from"] = JsonNode.Parse("""{"id":1087968824,"is_bot":true,"first_name":"Group","username":"GroupAnonymousBot"}""");
            update["message"]!["sender_chat"] = behind;
            return update;
        }

        static JsonObject Chat(long id, string type) => new() { ["id"] = id, ["type"] = type, ["title"] = "Family" };

        var message = Read(Said(-1_000_000_000_077, Chat(-1_000_000_000_077, "supergroup")))!;

        Assert.Equal(("anonymous/-1000000000077", "Family", false), (message.Sender.ExternalId, message.Sender.DisplayName, message.Sender.IsBot));
        Assert.Equal("Dinner at 7", ((InboundContent.Said)message.Content).Text);
        Assert.False(TelegramIds.TryParseChat(message.Sender.ExternalId, out _));
        Assert.NotEqual(message.Sender.ExternalId, Read(Said(-1_000_000_000_078, Chat(-1_000_000_000_078, "supergroup")))!.Sender.ExternalId);
        Assert.Null(Read(Said(-1_000_000_000_077, Chat(-1_000_000_000_078, "channel"))));
    }

    private static JsonObject LinkAt(int offset, int length, string address)
        => new() { ["type"] = "text_link", ["offset"] = offset, ["length"] = length, ["url"] = address };
}

using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Teams;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Teams;

public sealed class TeamsReaderTests
{
    private static readonly TeamsReader Reader = new(new ConnectionId("teams"), GroupRule.Of(SettingValues.Empty));

    [Fact]
    public void Every_recorded_payload_is_read()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("teams"))
        {
            var message = Read(payload["body"]!.AsObject());
            var expect = payload["expect"]!;

            Assert.True((string)expect["kind"]! == "message", name);
            Assert.Equal(
                ((string)expect["message_id"]!, (string)expect["user"]!, (string)expect["conversation"]!, (string?)expect["thread"], (string)expect["text"]!, (bool?)expect["addressed"] ?? true),
                (message!.ExternalMessageId, message.Sender.ExternalId, message.Chat.ExternalId, message.Chat.ThreadId, Text(message), message.IsAddressed));
            Assert.Empty(((InboundContent.Said)message.Content).Attachments);
        }
    }

    [Theory]
    [InlineData("<at>Assistant</at> what?", "what?")]
    [InlineData("<at>Assistant</at>, what?", "what?")]
    [InlineData("<at>Assistant</at>&nbsp;what?\n", "what?")]
    [InlineData("what? <at>Assistant</at>", "what?")]
    [InlineData("<at>Assistant</at>&nbsp;\n", "@Assistant")]
    [InlineData("ask <at>Assistant</at> and <at>Ann &amp; Bob</at>", "ask @Assistant and @Ann & Bob")]
    [InlineData("<at>Assistant</at>你好，<at>小林</at>", "你好，@小林")]
    [InlineData("<at id=\"0\">Ann</at> said", "@Ann said")]
    [InlineData("1 &lt; 2 &amp;&amp; &lt;at&gt;", "1 < 2 && <at>")]
    [InlineData("<at>never closed", "<at>never closed")]
    [InlineData("<attic> </at>", "<attic> </at>")]
    [InlineData("", "")]
    public void What_was_written_is_read_without_the_name_of_the_assistant(string text, string expected)
        => Assert.Equal(expected, TeamsText.Read(text, ["<at>Assistant</at>"]));

    [Theory]
    [InlineData("png", "image")]
    [InlineData("MP4", "video")]
    [InlineData("m4a", "audio")]
    [InlineData("docx", "file")]
    [InlineData(null, "file")]
    public void Files_are_told_by_their_kind(string? type, string kind)
    {
        var activity = Activity();
        activity["attachments"] = new JsonArray(new JsonObject
        {
            ["contentType"] = "application/vnd.microsoft.teams.file.download.info", ["name"] = "a",
            ["content"] = new JsonObject { ["downloadUrl"] = "https://contoso.sharepoint.test/download?tempauth=1", ["fileType"] = type },
        });

        var attachment = Assert.Single(((InboundContent.Said)Read(activity)!.Content).Attachments);

        Assert.Equal((kind, "https://contoso.sharepoint.test/download?tempauth=1", "a"), (attachment.Kind, attachment.Reference, attachment.FileName));
    }

    [Fact]
    public void Pictures_in_the_text_are_attachments_and_cards_are_not()
    {
        var activity = Activity();
        activity["attachments"] = new JsonArray(
            new JsonObject { ["contentType"] = "image/*", ["contentUrl"] = "https://smba.trafficmanager.net/emea/v3/attachments/1/views/original" },
            new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = new JsonObject() },
            new JsonObject { ["contentType"] = "text/html", ["content"] = "<p>x</p>" }, null, new JsonObject());

        var attachment = Assert.Single(((InboundContent.Said)Read(activity)!.Content).Attachments);

        Assert.Equal(("image", null), (attachment.Kind, attachment.MediaType));
    }

    [Theory]
    [InlineData("read Our plan 你好", "<p>read <a href=\"https://x.test/a?b=1&amp;c=2\" title=\"x\">Our <b>plan</b></a> 你好</p>", "read Our plan (https://x.test/a?b=1&c=2) 你好")]
    [InlineData("one and one", "<a href=\"https://x.test/1\">one</a> and <A HREF=\"http://x.test/2\">one</A>", "one (https://x.test/1) and one (http://x.test/2)")]
    [InlineData("see https://x.test/a", "<a href=\"https://x.test/a\">https://x.test/a</a>", "see https://x.test/a")]
    [InlineData("see www.x.test", "<a href=\"http://www.x.test/\">www.x.test</a>", "see www.x.test")]
    [InlineData("see this", "<a href=\"https://x.test/a\"><img src=\"y\"></a>", "see this\nhttps://x.test/a")]
    [InlineData("call me", "<a href=\"tel:110\">call me</a> <a href=\"javascript:x\">call me</a> <a name=\"x\">call</a>", "call me")]
    [InlineData("open", "<a href=\"https://x.test/a\">open", "open")]
    public void A_link_is_read_with_its_address(string text, string html, string expected)
    {
        var activity = Activity();
        activity["text"] = text;
        activity["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "text/html", ["content"] = html });

        Assert.Equal(expected, Text(Read(activity)!));
    }

    [Fact]
    public void An_edit_has_a_key_of_its_own_each_time()
    {
        var (first, second) = (Activity("messageUpdate"), Activity("messageUpdate"));
        second["timestamp"] = "2026-01-01T00:00:05Z";

        Assert.NotEqual(Read(first)!.DedupeKey, Read(second)!.DedupeKey);
        Assert.NotEqual(Read(Activity())!.DedupeKey, Read(first)!.DedupeKey);
        Assert.Equal(Read(first)!.DedupeKey, Read(first)!.DedupeKey);
        Assert.Equal(Read(Activity())!.ExternalMessageId, Read(second)!.ExternalMessageId);
    }

    [Theory]
    [InlineData("typing")]
    [InlineData("conversationUpdate")]
    [InlineData("installationUpdate")]
    [InlineData("messageReaction")]
    [InlineData("invoke")]
    [InlineData("event")]
    [InlineData(null)]
    public void What_is_nothing_for_the_assistant_is_no_message(string? type) => Assert.Null(Read(Activity(type)));

    [Theory]
    [InlineData("""{"assistant":"yes:1","label":"Yes"}""", "yes:1", "Yes")]
    [InlineData("""{"assistant":"yes:1"}""", "yes:1", "yes:1")]
    public void A_press_says_which_button_under_which_message(string value, string data, string label)
    {
        var activity = Activity();
        activity.Remove("text");
        activity["value"] = JsonNode.Parse(value);
        activity["replyToId"] = "1767300000001";

        var message = Read(activity)!;

        Assert.Equal((new InboundContent.Pressed(data, label), "1767300000001", true), (message.Content, message.ExternalMessageId, message.IsAddressed));
    }

    [Theory]
    [InlineData("\"value\":7")]
    [InlineData("\"value\":{\"assistant\":7}")]
    [InlineData("\"value\":{\"other\":\"card\"}")]
    [InlineData("\"from\":{\"id\":\"28:other\"}")]
    [InlineData("\"from\":null")]
    [InlineData("\"id\":\"\"")]
    [InlineData("\"conversation\":{\"id\":\"..\",\"tenantId\":\"t\"}")]
    [InlineData("\"conversation\":{\"id\":\"19:c;messageid=../x\",\"tenantId\":\"t\"}")]
    [InlineData("\"conversation\":{\"id\":\"a:1\"},\"channelData\":null")]
    public void What_cannot_be_told_is_no_message(string change)
    {
        var activity = Activity();
        activity["text"] = "";
        foreach (var (name, value) in JsonNode.Parse($"{{{change}}}")!.AsObject())
        {
            activity[name] = value?.DeepClone();
        }

        Assert.Null(Read(activity));
    }

    [Fact]
    public void Whatever_is_posted_is_a_message_or_none()
    {
        var press = Activity();
        press["value"] = JsonNode.Parse("""{"assistant":"yes:1","label":"Yes 👋"}""");
        press["replyToId"] = "1";
        var file = Activity();
        file["attachments"] = JsonNode.Parse("""[{"contentType":"application/vnd.microsoft.teams.file.download.info","name":"a","content":{"downloadUrl":"https://x.test/","fileType":"png"}},{"contentType":"image/*","contentUrl":"https://x.test/"}]""");
        file["entities"] = JsonNode.Parse("""[{"type":"mention","text":"<at>Assistant</at>","mentioned":{"id":"28:app"}}]""");
        file["text"] = "<at>Assistant</at> <at>Bob</at> &lt;你好&gt; &#128075;";
        file["attachments"]!.AsArray().Add(new JsonObject { ["contentType"] = "text/html", ["content"] = "<a href=\"https://x.test/a\">你好 <b>x</b></a>" });
        byte[][] seeds = [.. new[] { Activity(), Activity("messageUpdate"), Activity("messageDelete"), press, file }.Select(one => Encoding.UTF8.GetBytes(one.ToJsonString()))];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => TeamsReader.Parse(input) is { } activity ? Reader.Read(activity, TimeProvider.System.GetUtcNow()) : null);

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static InboundMessage? Read(JsonObject activity) => Reader.Read(TeamsReader.Parse(Encoding.UTF8.GetBytes(activity.ToJsonString()))!, TimeProvider.System.GetUtcNow());

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;

    private static JsonObject Activity(string? type = "message") => new()
    {
        ["type"] = type, ["id"] = "1767225600001", ["timestamp"] = "2026-01-01T00:00:00.001Z", ["serviceUrl"] = "https://smba.trafficmanager.net/emea/", ["channelId"] = "msteams",
        ["from"] = new JsonObject { ["id"] = "29:u1", ["name"] = "Lin", ["aadObjectId"] = "aad-1" }, ["recipient"] = new JsonObject { ["id"] = "28:app", ["name"] = "Assistant" },
        ["conversation"] = new JsonObject { ["conversationType"] = "personal", ["tenantId"] = "ten-1", ["id"] = "a:conv1" }, ["text"] = "hello 👋", ["textFormat"] = "plain",
    };
}

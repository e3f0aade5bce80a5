using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.WhatsApp;
using Assistant.Testing.Messaging;
using Assistant.Testing.WhatsApp;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WhatsApp;

public sealed class WhatsAppReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly WhatsAppReader Reader = new(new ConnectionId("whatsapp"), WhatsAppEmulator.NumberId);

    [Fact]
    public void Every_recorded_payload_is_read()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("whatsapp"))
        {
            var expect = payload["expect"]!;
            var news = new WhatsAppReader(new ConnectionId("whatsapp"), "PN1").Read(Encoding.UTF8.GetBytes(payload["body"]!.ToJsonString()), Now)!;
            switch ((string)expect["kind"]!)
            {
                case "message":
                    var message = Assert.Single(news.Messages);
                    Assert.Equal(
                        ((string)expect["message_id"]!, (string)expect["user"]!, (string)expect["conversation"]!, (string)expect["text"]!),
                        (message.ExternalMessageId, message.Sender.ExternalId, message.Chat.ExternalId, Assert.IsType<InboundContent.Said>(message.Content).Text));
                    break;
                case "action":
                    var press = Assert.Single(news.Messages);
                    Assert.Equal(
                        ((string)expect["message_id"]!, (string)expect["on_message"]!, (string)expect["user"]!, (string)expect["action"]!),
                        (press.DedupeKey, press.ExternalMessageId, press.Sender.ExternalId, Assert.IsType<InboundContent.Pressed>(press.Content).Data));
                    break;
                case "status":
                    Assert.Empty(news.Messages);
                    Assert.Equal(((string)expect["of"]!, (string)expect["status"]!), (Assert.Single(news.Statuses).Id, news.Statuses[0].Status));
                    break;
                default:
                    Assert.Fail($"{name}: there is no kind {expect["kind"]}.");
                    break;
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"image","image":{"id":"7","mime_type":"image/jpeg","caption":" look "}}""", "image", "look", "image/jpeg")]
    [InlineData("""{"type":"sticker","sticker":{"id":"7","mime_type":"image/webp"}}""", "image", "", "image/webp")]
    [InlineData("""{"type":"video","video":{"id":"7","mime_type":"video/mp4"}}""", "video", "", "video/mp4")]
    [InlineData("""{"type":"audio","audio":{"id":"7","mime_type":"audio/ogg; codecs=opus","voice":true}}""", "voice", "", "audio/ogg; codecs=opus")]
    [InlineData("""{"type":"audio","audio":{"id":"7","mime_type":"audio/mpeg"}}""", "audio", "", "audio/mpeg")]
    [InlineData("""{"type":"document","document":{"id":"7","filename":"报告.pdf","mime_type":"application/pdf"}}""", "file", "", "application/pdf")]
    public void Files_are_told_by_their_message(string content, string kind, string text, string mediaType)
    {
        var said = Assert.IsType<InboundContent.Said>(Read(content)!.Content);

        var file = Assert.Single(said.Attachments);
        Assert.Equal((kind, "7", text, mediaType), (file.Kind, file.Reference, said.Text, file.MediaType));
        Assert.Equal(kind == "file" ? "报告.pdf" : null, file.FileName);
    }

    [Theory]
    [InlineData("""{"type":"location","location":{"latitude":31.25,"longitude":121.5,"name":"Bund","address":"Shanghai"}}""", "📍 Bund Shanghai 31.25, 121.5")]
    [InlineData("""{"type":"contacts","contacts":[{"name":{"formatted_name":"Bo"},"phones":[{"phone":"+1 555"},{"phone":"+1 556"}]}]}""", "👤 Bo +1 555 +1 556")]
    [InlineData("""{"type":"unsupported","errors":[{"code":131051,"title":"Message type unknown"}],"unsupported":{"type":"poll_creation"}}""", "⚠ (poll_creation)")]
    [InlineData("""{"type":"unsupported","errors":[{"code":131060,"title":"This message is currently unavailable."}]}""", "⚠ (131060)")]
    [InlineData("""{"type":"unsupported"}""", "⚠ (unsupported)")]
    [InlineData("""{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{}"}}}""", "⚠ (nfm_reply)")]
    [InlineData("""{"type":"order","order":{"catalog_id":"1","product_items":[{"product_retailer_id":"a"}]}}""", "⚠ (order)")]
    [InlineData("""{"type":"text","text":{"body":"  \u4f60\u597d \ud83d\udc4b  "}}""", "你好 👋")]
    public void What_is_no_plain_text_is_told_in_words(string content, string text)
        => Assert.Equal(text, Assert.IsType<InboundContent.Said>(Read(content)!.Content).Text);

    [Theory]
    [InlineData("""{"type":"system","system":{"type":"user_changed_number","body":"x","wa_id":"15550100003"}}""")]
    [InlineData("""{"type":"text","text":{"body":"   "}}""")]
    [InlineData("""{"type":"text","text":"not an object"}""")]
    [InlineData("""{"type":"text","group_id":"Y2FwaV9ncm91cDox","text":{"body":"in a group"}}""")]
    [InlineData("""{"type":"edit","edit":{"original_message_id":"wamid.1"}}""")]
    [InlineData("""{"type":"revoke","revoke":{}}""")]
    public void What_is_nothing_for_the_assistant_is_no_message(string content) => Assert.Null(Read(content));

    [Fact]
    public void A_reply_names_what_it_replies_to_and_a_template_button_is_a_press()
    {
        Assert.Equal("wamid.0", Assert.IsType<InboundContent.Said>(Read("""{"type":"text","context":{"id":"wamid.0"},"text":{"body":"x"}}""")!.Content).ReplyToExternalId);
        Assert.Equal(
            new InboundContent.Pressed("yes:1", "Yes"),
            Read("""{"type":"button","context":{"id":"wamid.0"},"button":{"payload":"yes:1","text":"Yes"}}""")!.Content);
    }

    [Fact]
    public void An_edit_and_what_is_taken_back_name_the_first_message()
    {
        var edit = Read("""{"type":"edit","edit":{"original_message_id":"wamid.1","message":{"type":"image","image":{"id":"7","caption":"new words"}}}}""")!;
        var revoke = Read("""{"type":"revoke","revoke":{"original_message_id":"wamid.1"}}""")!;

        Assert.Equal(("wamid.1", new InboundContent.Edited("new words")), (edit.ExternalMessageId, edit.Content));
        Assert.Equal(("wamid.1", new InboundContent.Deleted()), (revoke.ExternalMessageId, revoke.Content));
    }

    [Fact]
    public void Somebody_who_shows_no_number_is_known_and_answered_by_their_id()
    {
        var callback = WhatsAppEmulator.Wrap(WhatsAppEmulator.NumberId, new JsonObject
        {
            ["contacts"] = JsonNode.Parse("""[{"user_id":"US.77","profile":{"username":"lin_77"}}]"""),
            ["messages"] = JsonNode.Parse("""[{"from_user_id":"US.77","id":"wamid.1","timestamp":"1767225600","type":"text","text":{"body":"hi"}}]"""),
        });

        var message = Assert.Single(Reader.Read(Encoding.UTF8.GetBytes(callback.ToJsonString()), Now)!.Messages);

        Assert.Equal(("US.77", "US.77", "lin_77"), (message.Sender.ExternalId, message.Chat.ExternalId, message.Sender.DisplayName));
    }

    [Theory]
    [InlineData("""{"from":"15550100002"}""", """{"wa_id":"15550100002","user_id":"US.77"}""", "US.77", "15550100002")]
    [InlineData("""{"from":"15550100002","from_user_id":"US.77"}""", """{"wa_id":"15550100002"}""", "US.77", "15550100002")]
    [InlineData("""{"from":"15550100002"}""", """{"wa_id":"15550100002"}""", "15550100002", null)]
    [InlineData("""{"from_user_id":"US.77"}""", """{"user_id":"US.77"}""", "US.77", null)]
    public void Whom_a_callback_names_by_number_and_id_is_the_one_known_by_the_number(string message, string contact, string id, string? formerId)
    {
        var told = JsonNode.Parse(message)!.AsObject();
        (told["id"], told["timestamp"], told["type"], told["text"]) = ("wamid.1", "1767225600", "text", new JsonObject { ["body"] = "hi" });
        var callback = WhatsAppEmulator.Wrap(WhatsAppEmulator.NumberId, new JsonObject { ["contacts"] = new JsonArray(JsonNode.Parse(contact)), ["messages"] = new JsonArray(told) });

        var sender = Assert.Single(Reader.Read(Encoding.UTF8.GetBytes(callback.ToJsonString()), Now)!.Messages).Sender;

        Assert.Equal((id, formerId), (sender.ExternalId, sender.FormerId));
    }

    [Fact]
    public void All_that_a_callback_tells_is_read_in_order_and_a_broken_neighbour_costs_nothing()
    {
        var callback = JsonNode.Parse("""{"object":"whatsapp_business_account","entry":[null,{"changes":[null]},{"changes":[]}]}""")!.AsObject();
        var told = WhatsAppEmulator.CallbackWith(Message("wamid.1", "one"), Message("wamid.2", "two"));
        told["entry"]![0]!["changes"]![0]!["value"]!["messages"]!.AsArray().Insert(1, JsonNode.Parse("""{"id":7,"from":["x"]}"""));
        callback["entry"]![2]!["changes"] = new JsonArray(
            told["entry"]![0]!["changes"]![0]!.DeepClone(),
            JsonNode.Parse("""{"field":"account_update","value":"not an object"}"""),
            WhatsAppEmulator.CallbackFor("other", Message("wamid.9", "for another number"))["entry"]![0]!["changes"]![0]!.DeepClone(),
            WhatsAppEmulator.CallbackWith(Message("wamid.3", "three"))["entry"]![0]!["changes"]![0]!.DeepClone());

        var news = Reader.Read(Encoding.UTF8.GetBytes(callback.ToJsonString()), Now)!;

        Assert.Equal(["one", "two", "three"], news.Messages.Select(message => ((InboundContent.Said)message.Content).Text));
    }

    [Theory]
    [InlineData("1767225600", 1767225600)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("99999999999999999999", null)]
    public void A_time_that_cannot_be_read_is_now(string timestamp, int? seconds)
    {
        var message = Message("wamid.1", "x");
        message["timestamp"] = timestamp;

        Assert.Equal(
            seconds is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : Now,
            Assert.Single(Reader.Read(Encoding.UTF8.GetBytes(WhatsAppEmulator.CallbackWith(message).ToJsonString()), Now)!.Messages).SentAt);
    }

    [Fact]
    public void Half_a_character_costs_one_message()
    {
        var callback = WhatsAppEmulator.CallbackWith(Message("wamid.1", "HERE"), Message("wamid.2", "whole")).ToJsonString().Replace("HERE", "\\ud800", StringComparison.Ordinal);

        Assert.Equal("wamid.2", Assert.Single(Reader.Read(Encoding.UTF8.GetBytes(callback), Now)!.Messages).ExternalMessageId);
    }

    [Fact]
    public void Whatever_is_posted_is_news_or_none()
    {
        byte[][] seeds =
        [
            .. new[]
            {
                """{"type":"text","context":{"id":"wamid.0"},"text":{"body":"hi 👋"}}""",
                """{"type":"interactive","context":{"id":"wamid.0"},"interactive":{"type":"list_reply","list_reply":{"id":"ap:7f3","title":"Approve"}}}""",
                """{"type":"location","location":{"latitude":31.25,"longitude":121.5,"name":"Bund","address":"Shanghai"}}""",
                """{"type":"contacts","contacts":[{"name":{"formatted_name":"Bo"},"phones":[{"phone":"+1 555"}]}]}""",
                """{"type":"unsupported","errors":[{"code":131051}],"unsupported":{"type":"poll_creation"}}""",
                """{"type":"edit","edit":{"original_message_id":"wamid.1","message":{"image":{"id":"7","caption":"new words"}}}}""",
            }.Select(content => Encoding.UTF8.GetBytes(CallbackOf(content).ToJsonString())),
            Encoding.UTF8.GetBytes(WhatsAppEmulator.Status("wamid.1", "failed", 131047).ToJsonString()),
        ];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => Reader.Read(input, Now));

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static InboundMessage? Read(string content)
        => Reader.Read(Encoding.UTF8.GetBytes(CallbackOf(content).ToJsonString()), Now)!.Messages.SingleOrDefault();

    private static JsonObject CallbackOf(string content)
    {
        var message = JsonNode.Parse(content)!.AsObject();
        message["id"] = "wamid.5";
        message["from"] = "15550100002";
        message["timestamp"] = "1767225600";
        return WhatsAppEmulator.CallbackWith(message);
    }

    private static JsonObject Message(string id, string text) => new()
    {
        ["id"] = id, ["from"] = "15550100002", ["timestamp"] = "1767225600", ["type"] = "text", ["text"] = new JsonObject { ["body"] = text },
    };
}

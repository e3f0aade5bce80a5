using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Messenger;
using Assistant.Infrastructure.Tests.Messaging.Meta;
using Assistant.Testing.Messaging;
using Assistant.Testing.Messenger;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Messenger;

public sealed class MessengerReaderTests
{
    private static readonly MessengerReader Reader = new(new ConnectionId("messenger"), MessengerEmulator.PageId);

    [Fact]
    public void Every_signature_vector_holds() => MetaVectors.AssertEverySignatureHolds();

    [Fact]
    public void Every_handshake_vector_holds() => MetaVectors.AssertEveryHandshakeHolds();

    [Fact]
    public void Every_recorded_payload_is_read()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("messenger"))
        {
            var expect = payload["expect"]!;
            var reader = new MessengerReader(new ConnectionId("messenger"), "PAGE1");
            var message = Assert.Single(reader.Read(Encoding.UTF8.GetBytes(payload["body"]!.ToJsonString()), _ => null)!);
            Assert.Equal((string)expect["user"]!, message.Sender.ExternalId);
            switch ((string)expect["kind"]!)
            {
                case "message":
                    Assert.Equal(
                        ((string)expect["message_id"]!, (string)expect["conversation"]!, (string)expect["text"]!),
                        (message.ExternalMessageId, message.Chat.ExternalId, Assert.IsType<InboundContent.Said>(message.Content).Text));
                    break;
                case "action":
                    Assert.Equal((string)expect["action"]!, Assert.IsType<InboundContent.Pressed>(message.Content).Data);
                    break;
                default:
                    Assert.Fail($"{name}: there is no kind {expect["kind"]}.");
                    break;
            }
        }
    }

    [Theory]
    [InlineData("image", "image")]
    [InlineData("sticker", "image")]
    [InlineData("video", "video")]
    [InlineData("audio", "voice")]
    [InlineData("file", "file")]
    public void Files_are_told_by_their_address(string type, string kind)
    {
        var content = $$$"""{"message":{"mid":"m_1","text":"look","attachments":[{"type":"{{{type}}}","payload":{"url":"https://cdn.fbsbx.com/v/%E6%8A%A5%E5%91%8A.pdf?oh=1"}}]}}""";

        var said = Assert.IsType<InboundContent.Said>(Read(content)!.Content);

        var file = Assert.Single(said.Attachments);
        Assert.Equal((kind, "https://cdn.fbsbx.com/v/%E6%8A%A5%E5%91%8A.pdf?oh=1", "look"), (file.Kind, file.Reference, said.Text));
        Assert.Equal(kind == "file" ? "报告.pdf" : null, file.FileName);
    }

    [Theory]
    [InlineData("""{"message":{"mid":"m_1","attachments":[{"type":"location","payload":{"coordinates":{"lat":31.25,"long":121.5}}}]}}""", "📍 31.25, 121.5")]
    [InlineData("""{"message":{"mid":"m_1","text":"see","attachments":[{"type":"fallback","title":"Example","url":"https://example.test"}]}}""", "see\nExample https://example.test")]
    [InlineData("""{"message":{"mid":"m_1","attachments":[{"type":"ig_reel","payload":{"reel_video_id":7,"title":"Cats","url":"https://example.test/reel/7"}}]}}""", "Cats https://example.test/reel/7")]
    [InlineData("""{"message":{"mid":"m_1","attachments":[{"type":"post","payload":{"url":"https://example.test/p/7"}}]}}""", "https://example.test/p/7")]
    [InlineData("""{"message":{"mid":"m_1","attachments":[{"type":"template","payload":{"product":{"elements":[{"id":"7","title":"Chair"}]}}}]}}""", "⚠ (template)")]
    [InlineData("""{"message":{"mid":"m_1","text":"see","attachments":[{"type":"template","payload":{}}]}}""", "see")]
    [InlineData("""{"message":{"mid":"m_1","attachments":[{"type":"fallback"}]}}""", "⚠ (fallback)")]
    [InlineData("""{"message":{"mid":"m_1","attachments":[{"type":"image","payload":null}]}}""", "⚠ (image)")]
    public void What_is_no_file_is_told_in_words(string content, string text) => Assert.Equal(text, Assert.IsType<InboundContent.Said>(Read(content)!.Content).Text);

    [Fact]
    public void A_sticker_that_comes_in_both_its_forms_is_one_picture_and_two_are_two()
    {
        const string Both =
            """{"type":"sticker","payload":{"url":"https://cdn.fbsbx.com/s","sticker_id":369239263222822}},{"type":"image","payload":{"url":"https://cdn.fbsbx.com/i","sticker_id":"369239263222822"}}""";
        const string Another = """{"type":"sticker","payload":{"url":"https://cdn.fbsbx.com/t","sticker_id":7}}""";

        Assert.Equal(["https://cdn.fbsbx.com/s"], FilesOf(Both));
        Assert.Equal(["https://cdn.fbsbx.com/s", "https://cdn.fbsbx.com/t"], FilesOf($"{Both},{Another}"));

        static IEnumerable<string> FilesOf(string attachments)
            => Assert.IsType<InboundContent.Said>(Read($$$"""{"message":{"mid":"m_1","attachments":[{{{attachments}}}]}}""")!.Content).Attachments.Select(file => file.Reference);
    }

    [Theory]
    [InlineData("""{"message":{"mid":"m_1","is_echo":true,"text":"from the inbox"}}""")]
    [InlineData("""{"message":{"mid":"m_1","text":"   "}}""")]
    [InlineData("""{"message":{"mid":7,"text":"x"}}""")]
    [InlineData("""{"message":{"text":"no id"}}""")]
    [InlineData("""{"delivery":{"mids":["m_1"],"watermark":1}}""")]
    [InlineData("""{"read":{"watermark":1}}""")]
    [InlineData("""{"message_edit":{"mid":"m_1","text":"  ","num_edit":1}}""")]
    [InlineData("""{"timestamp":-1,"message":{"mid":"m_1","text":"x"}}""")]
    [InlineData("""{"recipient":{"id":"another-page"},"message":{"mid":"m_1","text":"x"}}""")]
    [InlineData("""{"sender":{"user_ref":"r"},"message":{"mid":"m_1","text":"x"}}""")]
    public void What_is_nothing_for_the_assistant_is_no_message(string content) => Assert.Null(Read(content));

    [Fact]
    public void Standby_is_another_programs_to_answer()
        => Assert.Empty(Reader.Read(Encoding.UTF8.GetBytes(
            $$$"""{"object":"page","entry":[null,{"id":"{{{MessengerEmulator.PageId}}}","standby":[{"sender":{"id":"1"},"recipient":{"id":"{{{MessengerEmulator.PageId}}}"},"timestamp":1,"message":{"mid":"m","text":"x"}}]}]}"""), _ => null)!);

    [Fact]
    public void Numbers_may_come_as_texts()
        => Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1527459824), Read("""{"timestamp":"1527459824","message":{"mid":"m_1","text":"x"}}""")!.SentAt);

    [Fact]
    public void A_reply_names_what_it_replies_to_and_an_edit_the_first_message()
    {
        Assert.Equal("m_0", Assert.IsType<InboundContent.Said>(Read("""{"message":{"mid":"m_1","text":"x","reply_to":{"mid":"m_0"}}}""")!.Content).ReplyToExternalId);
        var edit = Read("""{"message_edit":{"mid":"m_1","text":"new","num_edit":2}}""")!;
        Assert.Equal(("m_1", "m_1/edit/2", new InboundContent.Edited("new")), (edit.ExternalMessageId, edit.DedupeKey, edit.Content));
    }

    [Fact]
    public void A_press_is_one_however_often_it_is_told_and_two_are_two()
    {
        const string Press = """{"timestamp":5,"postback":{"mid":"m_1","title":"Start","payload":"START"}}""";

        Assert.Equal(Read(Press)!.DedupeKey, Read(Press)!.DedupeKey);
        Assert.NotEqual(Read(Press)!.DedupeKey, Read(Press.Replace(":5,", ":6,", StringComparison.Ordinal))!.DedupeKey);
    }

    [Fact]
    public void Whatever_is_posted_is_messages_or_none()
    {
        byte[][] seeds =
        [
            .. new[]
            {
                """{"message":{"mid":"m_1","text":"hi 👋","reply_to":{"mid":"m_0"},"attachments":[{"type":"file","payload":{"url":"https://cdn.fbsbx.com/v/a.pdf"}}]}}""",
                """{"message":{"mid":"m_1","text":"Yes","quick_reply":{"payload":"00000000000000000000000000000001\nyes\nYes"}}}""",
                """{"postback":{"mid":"m_2","title":"Yes","payload":"00000000000000000000000000000001\nyes\nYes"}}""",
                """{"message_edit":{"mid":"m_1","text":"new","num_edit":2}}""",
                """{"message":{"mid":"m_1","attachments":[{"type":"sticker","payload":{"url":"https://cdn.fbsbx.com/s","sticker_id":7}}]}}""",
                """{"message":{"mid":"m_1","attachments":[{"type":"location","payload":{"coordinates":{"lat":31.25,"long":121.5}}}]}}""",
            }.Select(content => Encoding.UTF8.GetBytes(CallbackOf(content).ToJsonString())),
        ];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => Reader.Read(input, _ => null));

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static InboundMessage? Read(string content) => Reader.Read(Encoding.UTF8.GetBytes(CallbackOf(content).ToJsonString()), _ => null)!.SingleOrDefault();

    private static JsonObject CallbackOf(string content)
    {
        var happened = JsonNode.Parse(content)!.AsObject();
        happened.TryAdd("sender", new JsonObject { ["id"] = "25438479564" });
        happened.TryAdd("recipient", new JsonObject { ["id"] = MessengerEmulator.PageId });
        happened.TryAdd("timestamp", 1_767_225_600_000);
        return MessengerEmulator.CallbackWith(happened);
    }
}

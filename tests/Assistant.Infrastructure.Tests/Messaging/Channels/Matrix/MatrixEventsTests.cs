using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Matrix;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Matrix;

public sealed class MatrixEventsTests
{
    private const string Me = "@assistant:x.test";
    private const string Lin = "@lin:x.test";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, MatrixSeen> Nothing = [];

    [Fact]
    public void Recorded_payloads_become_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("matrix"))
        {
            var (body, expect) = (payload["body"]!, payload["expect"]!.AsObject());
            var (room, joined) = Assert.Single(body["rooms"]!["join"]!.AsObject());
            var message = Read(joined!["timeline"]!["events"]![0]!, PlaceOf(room));

            Assert.True(message is not null, name);
            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
            Assert.Equal((string?)expect["text"], message.Content is InboundContent.Edited edited ? edited.Text : ((InboundContent.Said)message.Content).Text);
            Assert.Equal((string?)expect["kind"] == "edit", message.Content is InboundContent.Edited);
        }
    }

    [Fact]
    public void Published_vectors_of_canonical_json_are_written_as_they_say()
    {
        foreach (var (id, input, expect) in Vectors.Of("matrix-canonical-json.json").Where(vector => vector.Expect["canonical"] is not null))
        {
            using var json = JsonDocument.Parse((string)input["json"]!);

            Assert.True((string)expect["canonical"]! == MatrixCanonicalJson.Write(json.RootElement), id);
        }
    }

    [Theory]
    [InlineData("""{"\uff61":1,"\ud83d\ude00":2,"a":[true,null,{"y":-0,"x":9007199254740991}]}""", "{\"a\":[true,null,{\"x\":9007199254740991,\"y\":0}],\"\uff61\":1,\"😀\":2}")]
    [InlineData("""{"a":"\u0001\u001f\n\t\b\f\r\"\\\/é"}""", "{\"a\":\"\\u0001\\u001f\\n\\t\\b\\f\\r\\\"\\\\/é\"}")]
    public void Canonical_json_has_one_form(string json, string canonical)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(canonical, MatrixCanonicalJson.Write(document.RootElement));
        Assert.Equal(Encoding.UTF8.GetByteCount(canonical), MatrixCanonicalJson.Measure(document.RootElement));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e2")]
    [InlineData("9007199254740992")]
    public void Canonical_json_has_small_whole_numbers_only(string json)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Throws<JsonException>(() => MatrixCanonicalJson.Write(document.RootElement));
    }

    [Theory]
    [InlineData("""{"msgtype":"m.text","body":"assistant: hello","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "hello", true)]
    [InlineData("""{"msgtype":"m.text","body":"@assistant:x.test 你好","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "你好", true)]
    [InlineData("""{"msgtype":"m.text","body":"what now, @Assistant","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "what now,", true)]
    [InlineData("""{"msgtype":"m.text","body":"Hi Helper, what now?","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "Hi, what now?", true)]
    [InlineData("""{"msgtype":"m.text","body":"what now, Helper?","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "what now?", true)]
    [InlineData("""{"msgtype":"m.text","body":"I told Helper that","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "I told Helper that", true)]
    [InlineData("""{"msgtype":"m.text","body":"Helper","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "@assistant", true)]
    [InlineData("""{"msgtype":"m.text","body":"Helper：在吗","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "在吗", true)]
    [InlineData("""{"msgtype":"m.text","body":"assistants are many","m.mentions":{"user_ids":["@assistant:x.test"]}}""", "assistants are many", true)]
    [InlineData("""{"msgtype":"m.text","body":"@assistant:x.test hello","m.mentions":{}}""", "@assistant:x.test hello", false)]
    [InlineData("""{"msgtype":"m.text","body":"hello","m.mentions":{"room":true}}""", "hello", false)]
    [InlineData("""{"msgtype":"m.text","body":"@assistant:x.test hello"}""", "hello", true)]
    [InlineData("""{"msgtype":"m.text","body":"Helper: hello","formatted_body":"<a href='https://matrix.to/#/%40assistant%3Ax.test'>Helper</a>: hello"}""", "hello", true)]
    [InlineData("""{"msgtype":"m.text","body":"hello","m.mentions":"x"}""", "hello", false)]
    [InlineData("""{"msgtype":"m.emote","body":"waves"}""", "* Lin waves", false)]
    [InlineData("""{"msgtype":"m.location","body":"Here","geo_uri":"geo:1.5,2.5"}""", "📍 1.5,2.5 Here", false)]
    [InlineData("""{"msgtype":"m.new-kind","body":"as it falls back"}""", "as it falls back", false)]
    [InlineData("""{"msgtype":"m.text","body":"> <@a:x> quoted\n> more\n\nanswer","m.relates_to":{"m.in_reply_to":{"event_id":"$q"}}}""", "answer", false)]
    [InlineData("""{"msgtype":"m.text","body":"> quoted by hand","m.relates_to":{"m.in_reply_to":{"event_id":"$q"}}}""", "> quoted by hand", false)]
    public void In_a_group_words_are_read_and_names_taken_off(string content, string text, bool isMeant)
    {
        var message = Read(Event("m.room.message", content), PlaceOf("!r:x.test", isGroup: true));

        Assert.Equal((text, isMeant), (((InboundContent.Said)message!.Content).Text, message.IsAddressed));
    }

    [Theory]
    [InlineData("m.room.message", """{"msgtype":"m.notice","body":"a bot"}""")]
    [InlineData("m.room.message", """{"msgtype":"m.server_notice","body":"terms"}""")]
    [InlineData("m.room.message", """{"msgtype":"m.key.verification.request","body":"verify"}""")]
    [InlineData("m.room.message", """{"msgtype":"m.text","body":"  "}""")]
    [InlineData("m.room.message", """{"msgtype":"m.text","body":"\ud800"}""")]
    [InlineData("m.room.message", """{"body":"no type"}""")]
    [InlineData("m.room.message", """{"msgtype":"m.image","body":"a.png","url":"https://elsewhere.test/a.png"}""")]
    [InlineData("m.room.message", """{"msgtype":"m.image","body":"a.png","file":{"url":"mxc://x.test/encrypted"}}""")]
    [InlineData("m.room.message", """{"msgtype":"m.text","body":"* x","m.relates_to":{"rel_type":"m.replace","event_id":5},"m.new_content":{"msgtype":"m.text","body":"x"}}""")]
    [InlineData("m.room.message", """{"msgtype":"m.text","body":"* x","m.relates_to":{"rel_type":"m.replace","event_id":"$e1"}}""")]
    [InlineData("m.room.message", "[]")]
    [InlineData("m.room.redaction", "{}")]
    [InlineData("m.room.redaction", """{"redacts":"$unknown"}""")]
    [InlineData("m.call.invite", "{}")]
    public void What_is_nothing_for_the_assistant_is_left_alone(string type, string content) => Assert.Null(MatrixEvents.Read(
        LooseJson.Parse(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","event_id":"$e2","sender":"{{Lin}}","origin_server_ts":1767225600000,"content":{{content}}}""")),
        PlaceOf("!r:x.test"), Nothing, Now));

    [Theory]
    [InlineData("""{"msgtype":"m.image","body":"a.png","url":"mxc://x.test/i","info":{"mimetype":"image/png","size":3}}""", "image", "", "a.png")]
    [InlineData("""{"msgtype":"m.image","body":"look","filename":"a.png","url":"mxc://x.test/i"}""", "image", "look", "a.png")]
    [InlineData("""{"msgtype":"m.audio","body":"v.ogg","url":"mxc://x.test/i","org.matrix.msc3245.voice":{}}""", "voice", "", "v.ogg")]
    [InlineData("""{"msgtype":"m.audio","body":"s.mp3","url":"mxc://x.test/i"}""", "audio", "", "s.mp3")]
    [InlineData("""{"msgtype":"m.video","body":"f.mp4","url":"mxc://x.test/i","info":"x"}""", "video", "", "f.mp4")]
    [InlineData("""{"msgtype":"m.file","body":"p.pdf","url":"mxc://x.test/i","info":{"size":-5}}""", "file", "", "p.pdf")]
    public void Files_come_with_what_is_said_of_them(string content, string kind, string text, string name)
    {
        var said = (InboundContent.Said)Read(Event("m.room.message", content), PlaceOf("!r:x.test"))!.Content;

        Assert.Equal((text, kind, name, "mxc://x.test/i"), (said.Text, said.Attachments[0].Kind, said.Attachments[0].FileName, said.Attachments[0].Reference));
        Assert.True(said.Attachments[0].SizeBytes is null or >= 0);
    }

    [Fact]
    public void A_sticker_is_a_picture_and_its_words()
    {
        var said = (InboundContent.Said)Read(Event("m.sticker", """{"body":"🐈","url":"mxc://x.test/s"}"""), PlaceOf("!r:x.test"))!.Content;

        Assert.Equal(("🐈", "image"), (said.Text, Assert.Single(said.Attachments).Kind));
    }

    [Fact]
    public void A_redaction_names_its_event_in_either_place()
    {
        var seen = new Dictionary<string, MatrixSeen> { ["$e1"] = new(Lin, null, true), ["$mine"] = new(Me, null, true), ["$edit"] = new(Lin, null, false) };

        Assert.Equal("$e1", Read(Event("m.room.redaction", """{"redacts":"$e1"}"""), PlaceOf("!r:x.test"), seen)!.ExternalMessageId);
        Assert.Null(Read(Event("m.room.redaction", """{"redacts":"$mine"}"""), PlaceOf("!r:x.test"), seen));
        Assert.Null(Read(Event("m.room.redaction", """{"redacts":"$edit"}"""), PlaceOf("!r:x.test"), seen));
    }

    [Theory]
    [InlineData("mxc://x.test/abc", "x.test/abc")]
    [InlineData("mxc://x.test:8448/a_b-c", "x.test%3A8448/a_b-c")]
    [InlineData("mxc://x.test/../../admin", null)]
    [InlineData("mxc://x.test/..", null)]
    [InlineData("mxc://../abc", null)]
    [InlineData("mxc://x.test/a?b", null)]
    [InlineData("mxc://x.test/a%2fb", null)]
    [InlineData("mxc://x.test/", null)]
    [InlineData("https://x.test/abc", null)]
    [InlineData(null, null)]
    public void An_address_of_media_leads_to_media_only(string? address, string? path) => Assert.Equal(path, MatrixIds.MediaPathOf(address));

    [Fact]
    public void Whatever_an_event_holds_it_is_a_message_or_none()
    {
        List<byte[]> seeds =
        [
            .. new[]
            {
                Event("m.room.message", """{"msgtype":"m.text","body":"assistant: hi 👋","format":"org.matrix.custom.html","formatted_body":"<b>hi</b>","m.mentions":{"user_ids":["@assistant:x.test"]},"m.relates_to":{"rel_type":"m.thread","event_id":"$root","is_falling_back":true,"m.in_reply_to":{"event_id":"$e1"}}}"""),
                Event("m.room.message", """{"msgtype":"m.text","body":"* x","m.new_content":{"msgtype":"m.text","body":"x"},"m.relates_to":{"rel_type":"m.replace","event_id":"$e1"}}"""),
                Event("m.room.message", """{"msgtype":"m.image","body":"look","filename":"a.png","url":"mxc://x.test/i","info":{"mimetype":"image/png","size":3}}"""),
                Event("m.room.redaction", """{"redacts":"$e1"}"""),
            }.Select(seed => Encoding.UTF8.GetBytes(seed.ToJsonString())),
        ];
        var seen = new Dictionary<string, MatrixSeen> { ["$e1"] = new(Lin, "$root", true) };
        var (place, group) = (PlaceOf("!r:x.test"), PlaceOf("!r:x.test", isGroup: true));
        var read = 0;

        foreach (var (_, input) in MutatedBytes.Of(seeds))
        {
            var e = LooseJson.Parse(input);
            MatrixEvents.SeenOf(e);
            MatrixEvents.ChangedBy(e);
            Assert.All(MatrixEvents.AnsweredBy(e), id => Assert.True(MatrixIds.IsEvent(id)));
            read += MatrixEvents.Read(e, place, seen, Now) is not null | MatrixEvents.Read(e, group, seen, Now) is not null ? 1 : 0;
            _ = e.Members.Sum(member => member.Value.Members.Count() + member.Value.Items.Count());
        }

        Assert.True(read > 0);
    }

    private static JsonObject Event(string type, string content) => new()
    {
        ["type"] = type, ["event_id"] = "$e2", ["sender"] = Lin, ["origin_server_ts"] = 1_767_225_600_000, ["content"] = JsonNode.Parse(content),
    };

    private static InboundMessage? Read(JsonNode e, MatrixPlace place, Dictionary<string, MatrixSeen>? seen = null)
        => MatrixEvents.Read(LooseJson.Parse(Encoding.UTF8.GetBytes(e.ToJsonString())), place, seen ?? Nothing, Now);

    private static MatrixPlace PlaceOf(string room, bool isGroup = false)
    {
        var members = new ConcurrentDictionary<string, string> { [Me] = "Helper", [Lin] = "Lin" };
        if (isGroup)
        {
            members["@bob:x.test"] = "";
        }

        return new MatrixPlace(new ConnectionId("matrix"), Me, new MatrixRoom(room, members, false, null), GroupRule.Of(SettingValues.Empty));
    }
}

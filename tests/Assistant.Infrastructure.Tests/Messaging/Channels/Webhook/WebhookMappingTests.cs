using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Webhook;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Webhook;

/// <summary>Paths, conditions, templates and signatures by themselves.</summary>
public sealed class WebhookMappingTests
{
    private const string Document = """
        {"a": {"b": [{"c": "deep"}, 7, true, null]}, "quoted key": "q", "it's": "apostrophe", "no": false, "half": "\ud800", "list": [1], "empty": ""}
        """;

    [Theory]
    [InlineData("$.a.b[0].c", "deep")]
    [InlineData("$['a']['b'][0]['c']", "deep")]
    [InlineData("$.a.b[1]", "7")]
    [InlineData("$.a.b[2]", "true")]
    [InlineData("$.a.b[3]", null)]
    [InlineData("$.a.b[4]", null)]
    [InlineData("$.a.b.c", null)]
    [InlineData("$[\"quoted key\"]", "q")]
    [InlineData(@"$['it\'s']", "apostrophe")]
    [InlineData("$.missing.more", null)]
    [InlineData("$.half", null)]
    [InlineData("$.list", null)]
    [InlineData(" $.empty ", "")]
    public void A_path_names_one_value(string path, string? expected)
    {
        Assert.True(JsonQuery.TryParse(path, out var query));

        Assert.Equal(expected, query.TextIn(JsonDocument.Parse(Document).RootElement));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("$.")]
    [InlineData("$..a")]
    [InlineData("$.a[*]")]
    [InlineData("$.a[-1]")]
    [InlineData("$.a[")]
    [InlineData("$['a'")]
    [InlineData("$['a")]
    [InlineData("$.a b")]
    [InlineData("$[?@.a]")]
    public void What_names_several_values_or_none_is_no_path(string path) => Assert.False(JsonQuery.TryParse(path, out _));

    [Theory]
    [InlineData("$.a.b[0].c = deep", true)]
    [InlineData("$.a.b[0].c=deep", true)]
    [InlineData("$.a.b[0].c != deep", false)]
    [InlineData("$.missing != x", true)]
    [InlineData("$.missing = x", false)]
    [InlineData("$.a", true)]
    [InlineData("$.no", false)]
    [InlineData("$.a.b[3]", false)]
    [InlineData("$.empty", true)]
    public void A_condition_holds_or_not(string text, bool expected)
    {
        Assert.True(JsonCondition.TryParse(text, out var condition));

        Assert.Equal(expected, condition.HoldsIn(JsonDocument.Parse(Document).RootElement));
    }

    [Fact]
    public void Nothing_that_somebody_wrote_becomes_a_part_of_the_request()
    {
        Assert.True(OutgoingTemplate.TryParse("https://api.example/v1/{chat}/send?thread={thread}", """{"to": ["{chat}"], "text": "{text} {id}", "n": 1}""", OutgoingTemplate.Names, out var template));
        var values = new Dictionary<string, string>
        {
            ["chat"] = "../../admin?x=1#y", ["thread"] = "a&b=c", ["text"] = "\", \"role\": \"admin\" {chat} 你好 \u202E", ["id"] = "{text}", ["replyTo"] = "",
        };

        Assert.Equal("https://api.example/v1/..%2F..%2Fadmin%3Fx%3D1%23y/send?thread=a%26b%3Dc", template.AddressFor(values)?.AbsoluteUri);
        using var body = JsonDocument.Parse(template.BodyFor(values));
        Assert.Equal(["to", "text", "n"], body.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("\", \"role\": \"admin\" {chat} 你好 \u202E {text}", body.RootElement.GetProperty("text").GetString());
        Assert.Contains("你好", Encoding.UTF8.GetString(template.BodyFor(values)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://api.example/v1/{chat}/send", "..", "")]
    [InlineData("https://api.example/v1/{chat}/send", ".", "")]
    [InlineData("https://api.example/v1/{chat}", "..", "")]
    [InlineData("https://api.example/v1/{chat}?a=b", "..", "")]
    [InlineData("https://api.example/v1/{chat}#a", ".", "")]
    [InlineData("https://api.example/v1/{thread}/send", "c", "..")]
    [InlineData("https://api.example/v1/{chat}{thread}/send", ".", ".")]
    [InlineData("https://api.example/v1/.{chat}/send", ".", "")]
    [InlineData("https://api.example/v1/.{thread}/send", "c", "")]
    [InlineData(@"https://api.example/v1\{chat}\send", "..", "")]
    public void What_would_climb_in_the_address_leads_nowhere(string address, string chat, string thread)
    {
        Assert.True(OutgoingTemplate.TryParse(address, "{}", OutgoingTemplate.Names, out var template));

        Assert.Null(template.AddressFor(Values(chat, thread)));
    }

    [Theory]
    [InlineData("https://api.example/v1/{chat}/send", "...", "https://api.example/v1/.../send")]
    [InlineData("https://api.example/v1/{chat}/send", ".a", "https://api.example/v1/.a/send")]
    [InlineData("https://api.example/v1/x{chat}/send", "..", "https://api.example/v1/x../send")]
    [InlineData("https://api.example/v1/send?to=/{chat}/", "..", "https://api.example/v1/send?to=/../")]
    [InlineData("https://api.example/v1/./{chat}/../send", "c", "https://api.example/v1/send")]
    public void Dots_that_climb_nowhere_are_an_id_like_any(string address, string chat, string expected)
    {
        Assert.True(OutgoingTemplate.TryParse(address, "{}", OutgoingTemplate.Names, out var template));

        Assert.Equal(expected, template.AddressFor(Values(chat, ""))?.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://{chat}.example/", "{}")]
    [InlineData("https://user:{id}@api.example/", "{}")]
    [InlineData("ftp://api.example/", "{}")]
    [InlineData("https://api.example/{token}", "{}")]
    [InlineData("https://api.example/", "[]")]
    [InlineData("https://api.example/", "{\"text\": \"{unknown}\"}")]
    [InlineData("https://api.example/", "{")]
    [InlineData("relative", "{}")]
    public void A_template_that_could_lead_elsewhere_or_has_a_hole_without_a_value_is_none(string address, string body)
        => Assert.False(OutgoingTemplate.TryParse(address, body, OutgoingTemplate.Names, out _));

    // RFC 4231, test case 2; the SHA-1 of RFC 2202, test case 2.
    [Theory]
    [InlineData("sha256-hex", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("sha256-base64", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=")]
    [InlineData("sha1-hex", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData("sha512-hex", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")]
    public void A_signature_is_the_standards(string kind, string expected)
    {
        var rule = new SignatureRule(kind, "v1=", SignatureRule.Body);
        var body = Encoding.UTF8.GetBytes("what do ya want for nothing?");

        Assert.Equal($"v1={expected}", rule.Sign("Jefe", body, ""));
        Assert.True(rule.IsSigned($"v1={expected}", "Jefe", body, ""));
        Assert.False(rule.IsSigned(expected, "Jefe", body, ""));
        Assert.False(rule.IsSigned($"v1={expected}", "", body, ""));
    }

    [Theory]
    [InlineData("id", "id")]
    [InlineData("only", "$.a[*] = 1")]
    [InlineData("sendBody", "{")]
    [InlineData("signed", "{timestamp}")]
    [InlineData("sendBody", "{\"text\": \"{file}\"}")]
    [InlineData("fileBody", "{\"text\": \"{text}\"}")]
    [InlineData("fileUrl", "url")]
    public void A_mapping_that_means_nothing_is_named_and_keeps_the_connection_closed(string key, string value)
    {
        var values = new SettingValues(new Dictionary<string, string>
        {
            ["secret"] = "s", ["id"] = "$.id", ["text"] = "$.text", ["chat"] = "$.chat", ["sender"] = "$.user", ["sendUrl"] = "https://api.example/", [key] = value,
        });

        Assert.False(WebhookSettings.TryRead(values, out _, out var wrong));
        Assert.Contains(key, wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_and_a_list_are_read_too()
    {
        var reader = Reader(("items", "$.events"), ("chat", "$.room"));
        var form = new WebhookRequest(
            "POST", new Dictionary<string, string> { ["content-type"] = "application/x-www-form-urlencoded; charset=utf-8" }, new Dictionary<string, string>(),
            "id=1&text=%E4%BD%A0%E5%A5%BD+there&room=r&user=u"u8.ToArray());

        using var single = WebhookReader.Parse(form);
        Assert.Equal("你好 there", Assert.IsType<InboundContent.Said>(Assert.Single(Reader(("chat", "$.room")).Read(single!.RootElement, default)).Content).Text);
        using var list = JsonDocument.Parse("""{"events": [{"id": 1, "text": "a", "room": "r", "user": "u"}, {"id": 2}, 3, {"id": "4", "text": "b", "room": "r", "user": "u"}]}""");
        Assert.Equal(["1", "4"], reader.Read(list.RootElement, default).Select(message => message.ExternalMessageId));
    }

    [Theory]
    [InlineData("""{"url": "https://f.example/a", "name": "plan.pdf", "kind": "application/pdf"}""", "file", "plan.pdf", "application/pdf")]
    [InlineData("""{"url": "https://f.example/a", "name": "a.ogg"}""", "audio", "a.ogg", null)]
    [InlineData("""{"url": "/files/photo.JPG?size=1"}""", "image", null, null)]
    [InlineData("""{"name": "no address"}""", null, null, null)]
    [InlineData("""{"url": ""}""", null, null, null)]
    [InlineData("7", null, null, null)]
    public void A_file_is_its_address_its_name_and_its_type(string file, string? kind, string? name, string? type)
    {
        var reader = Reader(("files", "$.files"), ("fileUrl", "$.url"), ("fileName", "$.name"), ("fileType", "$.kind"));
        using var document = JsonDocument.Parse($$"""{"id": "1", "text": "see", "chat": "c", "user": "u", "files": [{{file}}]}""");

        var files = Assert.IsType<InboundContent.Said>(Assert.Single(reader.Read(document.RootElement, default)).Content).Attachments;

        Assert.Equal(kind is null ? [] : [(kind, name, type)], files.Select(one => (one.Kind, one.FileName, one.MediaType)));
    }

    [Fact]
    public void A_file_without_words_is_a_message_and_one_that_is_edited_is_none()
    {
        var reader = Reader(("fileUrl", "$.file"), ("edited", "$.edited"));
        using var alone = JsonDocument.Parse("""{"id": "1", "chat": "c", "user": "u", "file": "https://f.example/a.png"}""");
        using var edited = JsonDocument.Parse("""{"id": "1", "chat": "c", "user": "u", "text": "now with words", "edited": true, "file": "https://f.example/a.png"}""");

        Assert.Equal("image", Assert.Single(Assert.IsType<InboundContent.Said>(Assert.Single(reader.Read(alone.RootElement, default)).Content).Attachments).Kind);
        Assert.IsType<InboundContent.Edited>(Assert.Single(reader.Read(edited.RootElement, default)).Content);
    }

    [Fact]
    public void What_changes_a_message_happens_when_it_comes_whatever_time_the_message_has()
    {
        var reader = Reader(("time", "$.t"), ("edited", "$.type = edited"), ("deleted", "$.type = deleted"));
        var said = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);

        Assert.Equal(said, ReadAt("said", "meet at 4", 10).SentAt);
        var edits = new[] { ReadAt("edited", "meet at 5", 20), ReadAt("edited", "meet at 6", 30) };
        Assert.Equal([said.AddSeconds(20), said.AddSeconds(30)], edits.Select(edit => edit.SentAt));
        Assert.Equal(said.AddSeconds(40), ReadAt("deleted", "", 40).SentAt);

        InboundMessage ReadAt(string type, string text, int seconds)
        {
            using var document = JsonDocument.Parse($$"""{"id": "1", "chat": "c", "user": "u", "t": 1767225600, "type": "{{type}}", "text": "{{text}}"}""");
            return Assert.Single(reader.Read(document.RootElement, said.AddSeconds(seconds)));
        }
    }

    [Fact]
    public void An_answer_names_what_it_answers_whatever_its_id()
    {
        using var http = new MessengerHttp(TestOutgoing.Default, Options.Create(new CallOptions()), TimeProvider.System);

        Assert.Equal("", new WebhookChannel(http, TimeProvider.System).Manifest.AwaitingReply);
    }

    [Fact]
    public void Of_a_long_list_everything_is_read()
    {
        var items = string.Join(',', Enumerable.Range(0, 150).Select(i => $$"""{"id": {{i}}, "text": "x", "chat": "c", "user": "u"}"""));
        using var list = JsonDocument.Parse($$"""{"events": [{{items}}]}""");

        Assert.Equal(150, Reader(("items", "$.events")).Read(list.RootElement, default).Count());
    }

    [Fact]
    public void Whatever_is_posted_is_a_message_or_none()
    {
        var reader = Reader(("files", "$.files"), ("fileUrl", "$.url"), ("fileType", "$.kind"), ("time", "$.t"), ("edited", "$.type = edited"), ("group", "$.room.type"), ("mention", "@bot"));
        byte[][] seeds =
        [
            """{"id":"1","text":"@bot hello","chat":"c","user":"u","t":1767225600.5,"type":"edited","room":{"type":"x"},"files":[{"url":"https://f.example/a","kind":"a/b"}]}"""u8.ToArray(),
            "id=1&text=hello%20there&chat=c&user=u"u8.ToArray(),
        ];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            foreach (var type in new[] { "application/json", "application/x-www-form-urlencoded" })
            {
                var request = new WebhookRequest("POST", new Dictionary<string, string> { ["content-type"] = type }, new Dictionary<string, string>(), input);
                var fault = Record.Exception(() =>
                {
                    using var document = WebhookReader.Parse(request);
                    _ = document is null ? [] : reader.Read(document.RootElement, default).ToList();
                });
                Assert.True(fault is null, $"seed {seed}: {fault}");
            }
        }
    }

    [Fact]
    public void User_one_of_a_platform_is_not_user_one_of_another()
    {
        using var said = JsonDocument.Parse("""{"id":"m","text":"hello","chat":"c","user":"1"}""");

        var (ours, theirs) = (Assert.Single(Reader().Read(said.RootElement, default)), Assert.Single(Reader("shop").Read(said.RootElement, default)));

        Assert.Equal(("hook/1", "shop/1"), (ours.Sender.ExternalId, theirs.Sender.ExternalId));
        Assert.Equal((ours.Sender.DisplayName, ours.Chat), (theirs.Sender.DisplayName, theirs.Chat));
    }

    [Fact]
    public void Two_messages_have_one_key_only_if_they_are_one()
    {
        (string Chat, string Id, string Type)[] told =
        [
            ("a", "b/c", "said"), ("a/b", "c", "said"), ("a/b/c", "d", "said"), ("a", "b/c/d", "said"), ("/a", "b", "said"), ("/1/a/1", "b", "said"), ("", "a", "said"),
            ("c", "7", "said"), ("c", "7", "deleted"), ("c", "7", "edited"), ("c", "7/deleted", "said"), ("c/7", "deleted", "said"), ("c", "7/deleted", "deleted"),
            ("c", "7/edited/2cf24dba5fb0a30e", "said"), ("c/7", "edited/2cf24dba5fb0a30e", "said"),
        ];
        var reader = Reader(("edited", "$.type = edited"), ("deleted", "$.type = deleted"));

        var keys = told.Select(one => KeyOf(reader, one.Chat, one.Id, one.Type)).Where(key => key is not null).ToList();

        Assert.Equal(told.Length - 1, keys.Count);
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Equal(keys, told.Select(one => KeyOf(reader, one.Chat, one.Id, one.Type)).Where(key => key is not null));
    }

    [Theory]
    [InlineData("said", "c/7")]
    [InlineData("deleted", "c/7/deleted")]
    [InlineData("edited", "c/7/edited/2cf24dba5fb0a30e")]
    public void A_message_known_from_before_is_known_again(string type, string key)
        => Assert.Equal(key, KeyOf(Reader(("edited", "$.type = edited"), ("deleted", "$.type = deleted")), "c", "7", type));

    [Theory]
    [InlineData("@bot", "@bot please", "please", true)]
    [InlineData("@bot", "@BOT: please", "please", true)]
    [InlineData("@bot", "please, @bot", "please,", true)]
    [InlineData("@bot", "@bot你好", "你好", true)]
    [InlineData("@bot", "@bot", "@bot", true)]
    [InlineData("@bot", "is @bot. there?", "is @bot. there?", true)]
    [InlineData("@bot", "@bottle please", "@bottle please", false)]
    [InlineData("@bot", "@bot2 please", "@bot2 please", false)]
    [InlineData("@bot", "@bot_old please", "@bot_old please", false)]
    [InlineData("@bot", "@botté please", "@botté please", false)]
    [InlineData("@bot", "ask @bots", "ask @bots", false)]
    [InlineData("@bot", "@bottle or @bot?", "@bottle or?", true)]
    [InlineData("@bot", "@bottle or @bot", "@bottle or", true)]
    [InlineData("@bot", "Hello @bot, what time is it?", "Hello, what time is it?", true)]
    [InlineData("@小助手", "@小助手 你好", "你好", true)]
    [InlineData("@小助手", "@小助手2 你好", "@小助手2 你好", false)]
    [InlineData("<@7>", "<@7>hello", "hello", true)]
    public void A_mention_is_a_whole_name(string mention, string said, string text, bool isMentioned)
    {
        var reader = Reader(("mention", mention), ("group", "$.group"));
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(new { id = "1", chat = "c", user = "u", group = true, text = said }));

        var message = Assert.Single(reader.Read(document.RootElement, default));

        Assert.Equal((text, isMentioned), (Assert.IsType<InboundContent.Said>(message.Content).Text, message.IsAddressed));
    }

    private static string? KeyOf(WebhookReader reader, string chat, string id, string type)
    {
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(new { id, chat, user = "u", type, text = "hello" }));
        return reader.Read(document.RootElement, default).SingleOrDefault()?.DedupeKey;
    }

    private static Dictionary<string, string> Values(string chat, string thread)
        => new() { ["chat"] = chat, ["thread"] = thread, ["text"] = "hello", ["id"] = "1", ["replyTo"] = "" };

    private static WebhookReader Reader(params (string Key, string Value)[] changes) => Reader("hook", changes);

    private static WebhookReader Reader(string connection, params (string Key, string Value)[] changes)
    {
        var values = new Dictionary<string, string>
        {
            ["secret"] = "s", ["id"] = "$.id", ["text"] = "$.text", ["chat"] = "$.chat", ["sender"] = "$.user", ["sendUrl"] = "https://api.example/",
        };
        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        Assert.True(WebhookSettings.TryRead(new SettingValues(values), out var settings, out var wrong), wrong);
        return new WebhookReader(settings, new ConnectionId(connection));
    }
}

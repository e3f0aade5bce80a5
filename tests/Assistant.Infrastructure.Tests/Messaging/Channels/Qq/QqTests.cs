using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Qq;
using Assistant.Testing.Messaging;
using Assistant.Testing.Qq;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Qq;

public sealed class QqTests
{
    private static readonly ConnectionId Connection = new("qq");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Signatures_of_the_vectors_hold_or_do_not()
    {
        foreach (var (id, input, expect) in Vectors.Of("qq-bot.json"))
        {
            var (secret, timestamp) = ((string)input["secret"]!, (string?)input["timestamp"] ?? "");
            if (expect["seed"] is { } seed)
            {
                Assert.True((string)seed! == Encoding.UTF8.GetString(QqKey.SeedOf(secret)), id);
            }

            if (expect["signature"] is { } signature)
            {
                Assert.True((string)signature! == new QqKey(secret).Answer(new QqValidation((string?)input["plain_token"], (string?)input["event_ts"])), id);
            }

            if (expect["valid"] is { } isValid)
            {
                var headers = new Dictionary<string, string> { ["x-signature-timestamp"] = timestamp, ["x-signature-ed25519"] = (string)input["signature"]! };
                var request = new WebhookRequest("POST", headers, new Dictionary<string, string>(), Encoding.UTF8.GetBytes((string)input["body"]!));
                Assert.True((bool)isValid == new QqKey(secret).IsProven(request, DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture))), id);
            }
        }
    }

    [Fact]
    public void Recorded_payloads_become_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("qq"))
        {
            var (message, expect) = (Read(payload["body"]!), payload["expect"]!);

            Assert.True(message is not null, name);
            Assert.Equal("message", (string?)expect["kind"]);
            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((string?)expect["user"], message.Sender.ExternalId);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
            Assert.Equal((string?)expect["text"], ((InboundContent.Said)message.Content).Text);
            Assert.Equal((bool?)expect["addressed"] ?? true, message.IsAddressed);
        }
    }

    [Fact]
    public void A_question_is_answered_as_the_documentation_shows()
    {
        // The example of QQ's own page on callbacks.
        var answer = new QqKey("DG5g3B4j9X2KOErG").Answer(new QqValidation("Arq0D5A61EgUu4OxUvOp", "1725442341"));

        Assert.Equal("87befc99c42c651b3aac0278e71ada338433ae26fcb24307bdc5ad38c1adc2d01bcfcadc0842edac85e85205028a1132afe09280305f13aa6909ffc2d652c706", answer);
    }

    [Theory]
    [InlineData("{\"op\":0}", "1725442341")]
    [InlineData("Arq0", "1725442341{")]
    [InlineData("Arq0", "")]
    [InlineData("", "1725442341")]
    [InlineData(null, null)]
    public void Nothing_is_signed_that_could_be_an_event(string? token, string? at)
        => Assert.Null(new QqKey("DG5g3B4j9X2KOErG").Answer(new QqValidation(token, at)));

    [Fact]
    public void Without_a_secret_nothing_is_believed_or_signed()
    {
        var key = new QqKey("");

        Assert.False(key.IsProven(QqRig.Signed("{}"u8.ToArray()), TimeProvider.System.GetUtcNow()));
        Assert.Null(key.Answer(new QqValidation("Arq0", "1")));
    }

    [Theory]
    [InlineData(QqEmulator.AppId, "POST", 200)]
    [InlineData("22222222", "POST", 401)]
    [InlineData(QqEmulator.AppId, "GET", 401)]
    public async Task Only_the_question_needs_no_proof(string appId, string method, int status)
    {
        await using var rig = await QqRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var request = new WebhookRequest(
            method, new Dictionary<string, string> { ["x-bot-appid"] = appId }, new Dictionary<string, string>(),
            """{"d":{"plain_token":"Arq0D5A61EgUu4OxUvOp","event_ts":"1725442341"},"op":13}"""u8.ToArray());
        var withoutProof = request with { Body = Encoding.UTF8.GetBytes(rig.Emulator.NewEvent(5001, "x").ToJsonString()) };

        var reply = await ((IWebhookReceiver)session).ReceiveAsync(request, rig.Gateway, Cancel);

        Assert.Equal(status, reply.Status);
        Assert.True(status != 200 || (string?)JsonNode.Parse(reply.Body!)!["plain_token"] == "Arq0D5A61EgUu4OxUvOp");
        Assert.Equal(WebhookReply.Refused, await ((IWebhookReceiver)session).ReceiveAsync(withoutProof, rig.Gateway, Cancel));
        Assert.Empty(rig.Gateway.Offered);
    }

    [Theory]
    [InlineData("GET", "{\"op\":0}", 405)]
    [InlineData("POST", "{", 400)]
    [InlineData("POST", "{\"op\":13,\"d\":{\"plain_token\":\"{\",\"event_ts\":\"1\"}}", 400)]
    [InlineData("POST", "{\"op\":0,\"t\":\"FRIEND_ADD\",\"d\":{}}", 200)]
    public async Task What_is_signed_and_no_message_is_answered(string method, string body, int status)
    {
        await using var rig = await QqRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        var reply = await ((IWebhookReceiver)session).ReceiveAsync(QqRig.Signed(Encoding.UTF8.GetBytes(body)) with { Method = method }, rig.Gateway, Cancel);

        Assert.Equal(status, reply.Status);
        Assert.True(status != 200 || reply.Body == """{"op":12}""");
    }

    [Fact]
    public void In_a_group_everybody_has_another_id_and_means_the_bot()
    {
        var message = Read(JsonNode.Parse("""
            {"op":0,"t":"GROUP_AT_MESSAGE_CREATE","d":{"id":"M1","group_openid":"G1","author":{"member_openid":"P1"},"content":" 几点了 ","timestamp":"2026-01-01T08:00:00+08:00"}}
            """)!)!;

        Assert.Equal(("G1", true, "P1", true), (message.Chat.ExternalId, message.Chat.IsGroup, message.Sender.ExternalId, message.IsAddressed));
        Assert.Equal("几点了", ((InboundContent.Said)message.Content).Text);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), message.SentAt);
    }

    [Theory]
    [InlineData("<@BOT> what time do you open?", "what time do you open?", true)]
    [InlineData("<@BOT> ask <@M2>, <@M3>", "ask @Wuyi, <@M3>", true)]
    [InlineData("<@M2> says hello", "@Wuyi says hello", false)]
    [InlineData("lunch, anybody?", "lunch, anybody?", false)]
    public void A_group_that_tells_everything_tells_who_is_meant(string content, string text, bool isAddressed)
    {
        var payload = Seed();
        payload["t"] = "GROUP_MESSAGE_CREATE";
        payload["d"] = JsonNode.Parse($$"""
            {"id":"M1","group_openid":"G1","author":{"member_openid":"P1"},"content":"{{content}}",
             "mentions":[{"id":"BOT","is_you":{{(isAddressed ? "true" : "false")}},"username":"Bot"},{"member_openid":"M2","username":"Wuyi"},null]}
            """);

        var message = Read(payload)!;

        Assert.Equal((text, isAddressed, true), (((InboundContent.Said)message.Content).Text, message.IsAddressed, message.Chat.IsGroup));
    }

    [Theory]
    [InlineData("t", "\"INTERACTION_CREATE\"")]
    [InlineData("op", "12")]
    [InlineData("d", "[]")]
    [InlineData("d", """{"id":"M1","author":{"user_openid":"../users"},"content":"x"}""")]
    [InlineData("d", """{"id":"M1","author":{"user_openid":"U1","bot":true},"content":"x"}""")]
    [InlineData("d", """{"id":"","author":{"user_openid":"U1"},"content":"x"}""")]
    [InlineData("d", """{"id":"M1","author":{"user_openid":"U1"},"content":" "}""")]
    [InlineData("d", """{"id":"M1","author":null,"content":"x"}""")]
    public void What_is_no_persons_word_is_left_alone(string field, string json)
    {
        var payload = Seed();
        payload[field] = JsonNode.Parse(json);

        Assert.Null(Read(payload));
    }

    [Theory]
    [InlineData("<faceType=1,faceId=\"13\",ext=\"eyJ0ZXh0IjoiW+WRsueJmV0ifQ==\">早", "[呲牙]早")]
    [InlineData("<faceType=1,faceId=\"13\",ext=\"!!\">", "<faceType=1,faceId=\"13\",ext=\"!!\">")]
    [InlineData("<faceType=3,faceId=\"\",ext=\"bm9uZQ==\">x", "x")]
    [InlineData("1 < 2 <b>", "1 < 2 <b>")]
    public void Pictures_in_a_text_are_read_by_their_names(string content, string text) => Assert.Equal(text, QqText.Read(content));

    [Theory]
    [InlineData("**bold** `code` [here](https://example.test)", "bold code here (https://example.test)")]
    [InlineData("<@123> @everyone", "<\u200B@123> @everyone")]
    [InlineData("- a\n- b", "• a\n• b")]
    [InlineData("```\nvar x;\n```", "var x;")]
    [InlineData("👨‍👩‍👧 *שלום* **重点**", "👨‍👩‍👧 שלום 重点")]
    public void Markdown_is_written_as_words(string markdown, string text) => Assert.Equal(text, QqText.Render(markdown));

    [Theory]
    [InlineData("voice", "voice")]
    [InlineData("image/jpeg", "image")]
    [InlineData("video/mp4", "video")]
    [InlineData("file", "file")]
    [InlineData(null, "file")]
    public void Files_become_attachments(string? type, string kind)
    {
        var attachment = Assert.Single(QqFiles.Of([new QqFile(type, "a", 5, "multimedia.nt.qq.com.cn/a?rkey=1"), null]));

        Assert.Equal((kind, "https://multimedia.nt.qq.com.cn/a?rkey=1"), (attachment.Kind, attachment.Reference));
    }

    [Fact]
    public void A_voice_comes_with_what_QQ_heard_in_it()
    {
        var payload = Seed();
        payload["d"]!["content"] = "";
        payload["d"]!["attachments"] = JsonNode.Parse("""[{"content_type":"voice","url":"https://multimedia.nt.qq.com.cn/a","asr_refer_text":"几点开门"}]""");

        Assert.Equal("几点开门", ((InboundContent.Said)Read(payload)!.Content).Text);
    }

    [Fact]
    public async Task An_answer_names_what_it_answers_and_is_shown_once()
    {
        await using var rig = await QqRig.NewAsync();
        rig.Emulator.AllowsFirst = false;
        await using var session = rig.Channel.Open(rig.Connection);
        var said = await ReceiveAsync(rig, session);
        var message = Message(rig, "once") with { ReplyToExternalId = said };
        rig.LoseNextAnswer();
        Assert.IsType<SendOutcome.Uncertain>(await session.SendAsync(message, Cancel));

        // Another session, as after a crash.
        await using var next = rig.Channel.Open(rig.Connection);
        Assert.IsType<SendOutcome.Delivered>(await next.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));

        Assert.Equal(said, Assert.Single(rig.Emulator.Shown).Answers);
    }

    [Fact]
    public async Task Further_parts_answer_the_same_under_numbers_of_their_own()
    {
        await using var rig = await QqRig.NewAsync();
        rig.Emulator.AllowsFirst = false;
        await using var session = rig.Channel.Open(rig.Connection);
        var said = await ReceiveAsync(rig, session);

        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<SendOutcome.Delivered>(await session.SendAsync(Message(rig, $"{i}"), Cancel));
        }

        var sixth = Assert.IsType<SendOutcome.Rejected>(await session.SendAsync(Message(rig, "too much"), Cancel));
        Assert.Equal("qq.too-late", sixth.Reason.FirstCode);
        Assert.All(rig.Emulator.Shown, shown => Assert.Equal(said, shown.Answers));
        var again = await ReceiveAsync(rig, session);
        Assert.IsType<SendOutcome.Delivered>(await session.SendAsync(Message(rig, "late") with { ReplyToExternalId = said }, Cancel));
        Assert.Equal(again, rig.Emulator.Shown[^1].Answers);
    }

    [Fact]
    public async Task Whoever_has_said_nothing_cannot_be_written_to()
    {
        await using var rig = await QqRig.NewAsync();
        rig.Emulator.AllowsFirst = false;
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal("qq.too-late", Assert.IsType<SendOutcome.Rejected>(await session.SendAsync(Message(rig, "hello"), Cancel)).Reason.FirstCode);
    }

    [Fact]
    public async Task A_group_is_answered_as_a_group()
    {
        await using var rig = await QqRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.IsType<SendOutcome.Delivered>(await session.SendAsync(Message(rig, "x") with { Chat = new ExternalChat(QqEmulator.Group, IsGroup: true) }, Cancel));
        Assert.IsType<SendOutcome.Rejected>(await session.SendAsync(Message(rig, "x") with { Chat = new ExternalChat("../me") }, Cancel));

        Assert.True(Assert.Single(rig.Emulator.Shown).IsGroup);
    }

    [Fact]
    public async Task Addresses_that_are_not_listed_are_said_so()
    {
        await using var rig = await QqRig.NewAsync();
        rig.Emulator.AllowsAddresses = false;
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal(
            "qq.address-not-listed", Assert.IsType<SendOutcome.Rejected>(await session.SendAsync(Message(rig, "https://example.test"), Cancel)).Reason.FirstCode);
    }

    [Theory]
    [InlineData(400, 22009, typeof(SendOutcome.RetryAfter), "channel.pause")]
    [InlineData(401, 11243, typeof(SendOutcome.RetryAfter), "channel.sign-in-refused")]
    [InlineData(400, 11265, typeof(SendOutcome.RetryAfter), "qq.banned")]
    [InlineData(400, 11253, typeof(SendOutcome.RetryAfter), "qq.not-allowed")]
    [InlineData(400, 304025, typeof(SendOutcome.Rejected), "qq.content-refused")]
    [InlineData(400, 50006, typeof(SendOutcome.Rejected), "channel.refuses")]
    [InlineData(200, 50006, typeof(SendOutcome.Rejected), "channel.refuses")]
    [InlineData(500, 0, typeof(SendOutcome.RetryAfter), "channel.own-fault")]
    [InlineData(202, 304024, typeof(SendOutcome.Delivered), null)]
    public async Task Each_refusal_is_told_in_words(int status, int code, Type outcome, string? phrase)
    {
        await using var rig = await QqRig.NewAsync();
        for (var i = 0; i < 2; i++)
        {
            rig.Emulator.Fail(status, $$"""{"code":{{code}},"message":"no"}""");
        }

        await using var session = rig.Channel.Open(rig.Connection);

        var ended = await session.SendAsync(Message(rig, "x"), Cancel);

        Assert.IsType(outcome, ended);
        Assert.Equal(phrase, ended switch
        {
            SendOutcome.RetryAfter later => later.Reason.FirstCode,
            SendOutcome.Rejected rejected => rejected.Reason.FirstCode,
            _ => null,
        });
    }

    [Fact]
    public async Task One_token_serves_all_who_ask_at_once()
    {
        await using var rig = await QqRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => session.SendAsync(Message(rig, $"{i}"), Cancel)));

        Assert.Equal((20, 1), (rig.Emulator.Shown.Count, rig.Emulator.TokensIssued));
    }

    [Fact]
    public async Task Without_a_public_address_it_says_what_is_missing()
    {
        await using var rig = await QqRig.NewAsync();
        rig.Host.PublicBaseUrl = null;

        await rig.StartAsync(Cancel);

        Assert.Equal("channel.needs-public-address", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Theory]
    [InlineData("https://elsewhere.test/a")]
    [InlineData("https://qq.com.cn.elsewhere.test/a")]
    [InlineData("http://multimedia.nt.qq.com.cn/a")]
    [InlineData("file:///etc/passwd")]
    public async Task Files_are_fetched_from_qq_only(string address)
    {
        await using var rig = await QqRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        var fault = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)session).OpenAsync(new Attachment("file", address), Cancel));

        Assert.Equal(AttachmentFault.Final, fault.Fault);
    }

    [Fact]
    public void Whatever_is_posted_is_an_event_or_none()
    {
        var seed = Seed();
        seed["d"]!["content"] = "<faceType=1,faceId=\"13\",ext=\"eyJ0ZXh0IjoiW+WRsueJmV0ifQ==\">早 <@1>";
        seed["d"]!["attachments"] = new JsonArray(new JsonObject { ["content_type"] = "image/png", ["url"] = "https://multimedia.nt.qq.com.cn/a" });
        var key = new QqKey("DG5g3B4j9X2KOErG");
        var read = 0;
        foreach (var (_, input) in MutatedBytes.Of(
            Encoding.UTF8.GetBytes(seed.ToJsonString()), """{"d":{"plain_token":"Arq0D5A61EgUu4OxUvOp","event_ts":"1725442341"},"op":13}"""u8.ToArray()))
        {
            if (QqEvents.Read(input, QqJson.Default.QqPayload) is not { } payload)
            {
                continue;
            }

            read += QqEvents.Read(payload, Connection, DateTimeOffset.UnixEpoch) is null ? 0 : 1;
            if (QqEvents.Read(payload, QqJson.Default.QqValidation) is { } question)
            {
                key.Answer(question);
            }
        }

        Assert.True(read > 0);
    }

    [Fact]
    public void The_channel_comes_with_its_registration() => Assert.Equal("qq", Assert.Single(new ServiceCollection()
        .AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddQq().BuildServiceProvider().GetServices<IChannel>()).Manifest.Type);

    private static JsonObject Seed() => JsonNode.Parse("""
        {"op":0,"t":"C2C_MESSAGE_CREATE","s":1,"d":{"id":"M1","author":{"user_openid":"U1"},"content":"在吗","timestamp":"2026-01-01T08:00:00+08:00"}}
        """)!.AsObject();

    private static InboundMessage? Read(JsonNode body)
        => QqEvents.Read(QqEvents.Read(Encoding.UTF8.GetBytes(body.ToJsonString()), QqJson.Default.QqPayload)!, Connection, DateTimeOffset.UnixEpoch);

    private static async Task<string> ReceiveAsync(QqRig rig, IChannelSession session)
    {
        var e = rig.Emulator.NewEvent(5001, "hello");
        Assert.Equal(200, (await ((IWebhookReceiver)session).ReceiveAsync(QqRig.Signed(Encoding.UTF8.GetBytes(e.ToJsonString())), rig.Gateway, Cancel)).Status);
        return (string)e["d"]!["id"]!;
    }

    private static OutboundMessage Message(QqRig rig, string text) => new(Guid.CreateVersion7(), Connection, rig.ChatOf(5001), new MessageBody(text), null, 1, false);
}

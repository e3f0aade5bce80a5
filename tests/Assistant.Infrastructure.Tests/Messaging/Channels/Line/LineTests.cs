using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Line;
using Assistant.Testing.Line;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Line;

public sealed class LineTests
{
    private static readonly LineReader Reader = new(new ConnectionId("line"), GroupRule.Of(SettingValues.Empty));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_signature_vector_holds()
    {
        foreach (var (id, input, expect) in Vectors.Of("line.json"))
        {
            var isSigned = LineSession.IsSigned((string?)input["signature"], (string)input["channel_secret"]!, Encoding.UTF8.GetBytes((string)input["body"]!));

            Assert.True((bool)expect["valid"]! == isSigned, id);
        }

        Assert.False(LineSession.IsSigned("", "", []));
    }

    [Fact]
    public void Every_recorded_payload_is_read()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("line"))
        {
            var callback = LineReader.Parse(Encoding.UTF8.GetBytes(payload["body"]!.ToJsonString()));
            var message = Assert.Single(callback!.Events!.Select(happened => Reader.Read(happened!, _ => null)))!;
            var expect = payload["expect"]!;
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

    [Fact]
    public async Task The_first_answer_replies_for_nothing_and_the_next_is_pushed()
    {
        await using var rig = await LineRig.NewAsync();
        await rig.StartAsync(Cancel);
        var user = LineRig.User(1);
        await ReceiveAsync(rig, rig.Line.NewMessage(user, "hello", replyToken: rig.Line.NewReplyToken(user)));

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, user, "one"), Cancel));
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, user, "two"), Cancel));

        Assert.Equal([("one", true), ("two", false)], rig.Line.Shown.Select(shown => ((string)shown.Message["text"]!, shown.IsReply)));
        Assert.Equal($"User {user}", rig.Gateway.Stored[0].Sender.DisplayName);
        Assert.Equal("ja", rig.Gateway.Stored[0].Sender.Locale);
    }

    [Fact]
    public async Task Whoever_was_not_named_in_time_is_asked_for_again_a_minute_later()
    {
        var clock = new FakeTimeProvider();
        await using var rig = await LineRig.NewAsync(time: clock);
        await rig.StartAsync(Cancel);
        var user = LineRig.User(1);
        rig.Line.ProfilesAt = new TaskCompletionSource();

        var first = ReceiveAsync(rig, rig.Line.NewMessage(user, "one"));
        await rig.Line.ProfileAskedAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        await first;
        rig.Line.ProfilesAt = null;
        await ReceiveAsync(rig, rig.Line.NewMessage(user, "two"));
        clock.Advance(TimeSpan.FromMinutes(1));
        await ReceiveAsync(rig, rig.Line.NewMessage(user, "three"));

        Assert.Equal(
            [("LINE 000001", true), ("LINE 000001", true), ($"User {user}", false)],
            rig.Gateway.Stored.Select(message => (message.Sender.DisplayName, message.Sender.IsStandIn)));
    }

    [Fact]
    public async Task A_name_that_is_known_stays_while_LINE_says_none()
    {
        var clock = new FakeTimeProvider();
        await using var rig = await LineRig.NewAsync(time: clock);
        await rig.StartAsync(Cancel);
        var user = LineRig.User(1);
        await ReceiveAsync(rig, rig.Line.NewMessage(user, "one"));
        await rig.Line.ProfileAskedAsync(Cancel);
        clock.Advance(TimeSpan.FromHours(12));
        rig.Line.ProfilesAt = new TaskCompletionSource();

        var second = ReceiveAsync(rig, rig.Line.NewMessage(user, "two"));
        await rig.Line.ProfileAskedAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        await second;

        Assert.Equal([$"User {user}", $"User {user}"], rig.Gateway.Stored.Select(message => message.Sender.DisplayName));
    }

    [Fact]
    public async Task A_token_that_is_used_up_leads_to_a_push()
    {
        await using var rig = await LineRig.NewAsync();
        await rig.StartAsync(Cancel);
        await ReceiveAsync(rig, rig.Line.NewMessage(LineRig.User(1), "hello", replyToken: "spent"));

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, LineRig.User(1), "one"), Cancel));

        Assert.False(Assert.Single(rig.Line.Shown).IsReply);
    }

    [Fact]
    public async Task A_push_that_is_tried_again_is_shown_once_under_its_first_id()
    {
        await using var rig = await LineRig.NewAsync();
        await rig.StartAsync(Cancel);
        var message = Message(rig, LineRig.User(1), "once");
        rig.LoseNextAnswer();
        Assert.IsType<SendOutcome.Uncertain>(await rig.Session.SendAsync(message, Cancel));

        var again = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));

        Assert.Equal(Assert.Single(rig.Line.Shown).Id, again.ExternalId);
    }

    [Theory]
    [InlineData("You have reached your monthly limit.", "line.monthly-limit", null)]
    [InlineData("The API rate limit has been exceeded. Try again later.", "channel.pause", PauseScope.Chat)]
    [InlineData(null, "channel.pause", PauseScope.Chat)]
    public async Task A_push_that_LINE_does_not_take_keeps_no_other_chat_waiting(string? says, string reason, PauseScope? scope)
    {
        await using var rig = await LineRig.NewAsync();
        await rig.StartAsync(Cancel);
        var (ann, bob) = (LineRig.User(1), LineRig.User(2));
        await ReceiveAsync(rig, rig.Line.NewMessage(bob, "hello", replyToken: rig.Line.NewReplyToken(bob)));
        rig.Line.Refuse(429, says);

        var ended = await rig.Session.SendAsync(Message(rig, ann, "reminder"), Cancel);
        var replied = await rig.Session.SendAsync(Message(rig, bob, "at once"), Cancel);

        Assert.Contains($"\"{reason}\"", ended.ToString(), StringComparison.Ordinal);
        Assert.Equal((scope is null, scope), (ended is SendOutcome.Rejected, (ended as SendOutcome.RetryAfter)?.Scope));
        Assert.IsType<SendOutcome.Delivered>(replied);
        Assert.Equal((bob, true), (Assert.Single(rig.Line.Shown).Chat, rig.Line.Shown[0].IsReply));
    }

    [Fact]
    public async Task The_verify_button_is_answered()
    {
        await using var rig = await LineRig.NewAsync();
        await rig.StartAsync(Cancel);

        Assert.Equal(200, (await ReceiveAsync(rig)).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Theory]
    [InlineData("image", "image")]
    [InlineData("video", "video")]
    [InlineData("audio", "voice")]
    [InlineData("file", "file")]
    public void Files_are_told_by_their_message(string type, string kind)
    {
        var happened = Parse($$$"""{"type":"message","mode":"active","timestamp":1,"source":{"type":"user","userId":"U1"},"message":{"id":"7","type":"{{{type}}}"}}""");

        var said = Assert.IsType<InboundContent.Said>(Reader.Read(happened, _ => null)!.Content);

        Assert.Equal(new Attachment(kind, "7"), Assert.Single(said.Attachments));
    }

    [Theory]
    [InlineData("""{"type":"message","mode":"standby","timestamp":1,"source":{"userId":"U1"},"message":{"id":"7","type":"text","text":"x"}}""")]
    [InlineData("""{"type":"message","timestamp":1,"source":{"type":"group","groupId":"C1"},"message":{"id":"7","type":"text","text":"x"}}""")]
    [InlineData("""{"type":"follow","timestamp":1,"source":{"userId":"U1"}}""")]
    [InlineData("""{"type":"message","timestamp":-1,"source":{"userId":"U1"},"message":{"id":"7","type":"text","text":"x"}}""")]
    [InlineData("""{"type":"message","timestamp":1,"source":{"userId":"U1"},"message":{"id":"7","type":"sticker"}}""")]
    public void What_is_nothing_for_the_assistant_is_no_message(string happened) => Assert.Null(Reader.Read(Parse(happened), _ => null));

    [Theory]
    [InlineData("@Helper, what?", 0, 7, "what?")]
    [InlineData("what? @Helper", 6, 7, "what?")]
    [InlineData("ask @Helper this", 4, 7, "ask @Helper this")]
    [InlineData("Hi @Helper, what?", 3, 7, "Hi, what?")]
    [InlineData("你好 @Helper 几点了？", 3, 7, "你好 几点了？")]
    [InlineData("where are you @Helper?", 14, 7, "where are you?")]
    [InlineData("@Helper", 0, 7, "@Helper")]
    [InlineData("hi", 5, 90, "hi")]
    [InlineData("hi", -1, 2, "hi")]
    public void A_mention_addresses_and_is_taken_off_where_it_only_calls(string text, int index, int length, string expected)
    {
        var body = new JsonObject { ["id"] = "7", ["type"] = "text", ["text"] = text };
        body["mention"] = new JsonObject { ["mentionees"] = new JsonArray(new JsonObject { ["index"] = index, ["length"] = length, ["isSelf"] = true }) };
        var happened = Parse($$$"""{"type":"message","timestamp":1,"source":{"type":"group","groupId":"C1","userId":"U1"},"message":{{{body.ToJsonString()}}}}""");

        var message = Reader.Read(happened, _ => null)!;

        Assert.Equal((expected, true, true), (Assert.IsType<InboundContent.Said>(message.Content).Text, message.IsAddressed, message.Chat.IsGroup));
    }

    [Fact]
    public void A_button_carries_its_message_however_long_it_is()
    {
        var press = new CarriedPress(Guid.CreateVersion7(), new string('d', 64), string.Concat(Enumerable.Repeat("👍🏽", 200)));

        var written = press.Write(300);

        Assert.True(written.Length <= 300 && !char.IsHighSurrogate(written[^1]));
        Assert.Equal((press.Message, press.Data), (CarriedPress.Read(written)!.Value.Message, CarriedPress.Read(written)!.Value.Data));
        Assert.Null(CarriedPress.Read("ap:7f3"));
    }

    [Fact]
    public void Whatever_is_posted_is_events_or_none()
    {
        byte[][] seeds =
        [
            LineEmulator.Body(JsonNode.Parse("""{"type":"message","mode":"active","timestamp":1767225600000,"webhookEventId":"01J","source":{"type":"group","groupId":"C1","userId":"U1"},"replyToken":"r","message":{"id":"7","type":"text","text":"@Helper hi 👋","mention":{"mentionees":[{"index":0,"length":7,"isSelf":true}]}}}""")!),
            LineEmulator.Body(JsonNode.Parse("""{"type":"postback","mode":"active","timestamp":1767225600000,"webhookEventId":"01J","source":{"type":"user","userId":"U1"},"postback":{"data":"00000000000000000000000000000001\nyes\nYes"}}""")!),
            LineEmulator.Body(JsonNode.Parse("""{"type":"message","timestamp":1,"source":{"userId":"U1"},"message":{"id":"7","type":"location","title":"x","address":"y","latitude":1.5,"longitude":2}}""")!),
        ];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => (LineReader.Parse(input)?.Events ?? []).Select(happened => happened is null ? null : Reader.Read(happened, _ => null)).ToList());

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static LineEvent Parse(string happened) => LineReader.Parse(LineEmulator.Body(JsonNode.Parse(happened)!))!.Events![0]!;

    private static OutboundMessage Message(LineRig rig, string chat, string text)
        => new(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat(chat), new MessageBody(text), null, 1, false);

    private static Task<WebhookReply> ReceiveAsync(LineRig rig, params JsonNode[] events)
    {
        var body = LineEmulator.Body(events);
        return ((IWebhookReceiver)rig.Session).ReceiveAsync(
            new WebhookRequest("POST", new Dictionary<string, string> { [LineSession.SignatureHeader] = LineEmulator.Sign(body) }, new Dictionary<string, string>(), body),
            rig.Gateway, Cancel);
    }
}

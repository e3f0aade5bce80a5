using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.WeChat;
using Assistant.Infrastructure.Messaging.Weixin;
using Assistant.Testing.Messaging;
using Assistant.Testing.WeChat;
using Assistant.Testing.Weixin;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeChat;

public sealed class WeChatChannelTests
{
    private const string Lin = "oPerson5001";

    private static readonly ConnectionId Connection = new("mp");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Signed_vectors_are_answered_as_they_should()
    {
        foreach (var (id, input, expect) in Vectors.Of("wechat-mp.json").Where(vector => vector.Input["signature"] is not null))
        {
            var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(long.Parse((string)input["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture)));
            var settings = new WeChatSettings("wx1", "s", (string)input["token"]!, "", "https://example.test", IsEncrypted: false);
            var query = new[] { "signature", "timestamp", "nonce", "echostr" }.ToDictionary(name => name, name => (string?)input[name] ?? "");

            var echo = new WeChatCallbacks(settings, time).EchoOf(Get(query));

            Assert.True((bool)expect["valid"]! == echo is not null, id);
            Assert.Equal((string?)expect["reply"], echo);
        }
    }

    [Fact]
    public void Recorded_payloads_mean_what_they_say()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("wechat-oa"))
        {
            var (xml, expect) = (WeixinXml.Read(Encoding.UTF8.GetBytes((string)payload["raw"]!))!, payload["expect"]!);
            var message = WeChatMessages.Read(xml, Connection, default);
            if ((string?)expect["kind"] is "ignored")
            {
                Assert.True(message is null, name);
                continue;
            }

            Assert.NotNull(message);
            Assert.EndsWith("/" + message.Sender.ExternalId, (string)expect["user"]!, StringComparison.Ordinal);
            Assert.Equal("zh", message.Sender.Locale);
            Assert.EndsWith("/" + message.Chat.ExternalId, (string)expect["conversation"]!, StringComparison.Ordinal);
            Assert.Equal((string?)expect["message_id"], message.ExternalMessageId);
            Assert.Equal((string?)expect["text"] ?? "", Assert.IsType<InboundContent.Said>(message.Content).Text);
        }
    }

    [Theory]
    [InlineData(WeChatMode.Plain)]
    [InlineData(WeChatMode.Compatible)]
    [InlineData(WeChatMode.Secure)]
    public async Task A_callback_is_answered_with_the_word_that_ends_it(WeChatMode mode)
    {
        await using var rig = await StartAsync(mode);

        Assert.Equal(new WebhookReply(200, "success"), await ReceiveAsync(rig, rig.NewCallback(5001, "你好", TimeSpan.Zero)));
        Assert.Equal(new WebhookReply(200, "success"), await ReceiveAsync(rig, rig.Callback(rig.Emulator.NewEvent(Lin, "subscribe", ""))));
        Assert.Equal("你好", Assert.IsType<InboundContent.Said>(Assert.Single(rig.Gateway.Offered).Content).Text);
        Assert.Equal(new WebhookReply(200, "59115"), await ReceiveAsync(rig, Get(rig.Emulator.NewUrlCheck("59115"))));
    }

    [Theory]
    [InlineData(WeChatMode.Plain)]
    [InlineData(WeChatMode.Compatible)]
    [InlineData(WeChatMode.Secure)]
    public async Task What_people_write_refuses_nobody(WeChatMode mode)
    {
        await using var rig = await StartAsync(mode);
        string[] written = ["a\u0002b 👋", "x\uFFFFy", "a ]]> b]", "]]></Content><FromUserName>oOther</FromUserName><Content><![CDATA[x"];

        foreach (var text in written)
        {
            Assert.Equal(200, (await ReceiveAsync(rig, rig.Callback(rig.Emulator.NewMessage(Lin, "text", $"<Content><![CDATA[{text}]]></Content>")))).Status);
        }

        Assert.Equal(["ab 👋", "xy", .. written[2..]], rig.Gateway.Offered.Select(message => ((InboundContent.Said)message.Content).Text));
        Assert.All(rig.Gateway.Offered, message => Assert.Equal(Lin, message.Sender.ExternalId));
    }

    [Fact]
    public void A_field_that_comes_again_is_not_the_messengers()
        => Assert.Equal("o", Read(
            "<xml><FromUserName>o</FromUserName><MsgType>link</MsgType><Title>x</Title><FromUserName>oOther</FromUserName><Url>y</Url><MsgId>1</MsgId></xml>")!.Sender.ExternalId);

    [Fact]
    public void A_character_that_was_cut_is_no_fault()
        => Assert.Equal("abc\uFFFD", WeixinXml.Read([.. "<xml><Content><![CDATA[abc"u8, 0xE4, 0xBD, .. "]]></Content></xml>"u8])!["Content"]);

    [Theory]
    [InlineData(WeChatMode.Plain)]
    [InlineData(WeChatMode.Secure)]
    public async Task What_is_proven_and_unreadable_is_acknowledged(WeChatMode mode)
    {
        await using var rig = await StartAsync(mode);

        Assert.Equal(new WebhookReply(200, "success"), await ReceiveAsync(rig, rig.Callback("<xml><FromUserName>")));
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task In_compatible_mode_only_what_is_encrypted_is_believed()
    {
        await using var rig = await StartAsync(WeChatMode.Compatible);
        var callback = rig.NewCallback(5001, "true words", TimeSpan.Zero);
        var forged = Encoding.UTF8.GetString(callback.Body.Span).Replace("true words", "false words", StringComparison.Ordinal);

        await ReceiveAsync(rig, callback with { Body = Encoding.UTF8.GetBytes(forged) });

        Assert.Equal("true words", Assert.IsType<InboundContent.Said>(Assert.Single(rig.Gateway.Offered).Content).Text);
    }

    [Fact]
    public async Task A_plain_message_is_refused_where_they_are_to_be_encrypted()
    {
        await using var rig = await StartAsync();
        await using var plain = new WeChatEmulator(WeChatMode.Plain);
        var (query, body) = plain.Wrap(plain.NewMessage(Lin, "text", WeixinEmulator.Field("Content", "x")), TimeProvider.System.GetUtcNow());

        var reply = await ReceiveAsync(rig, new WebhookRequest("POST", new Dictionary<string, string>(), query, Encoding.UTF8.GetBytes(body)));

        Assert.Equal(WebhookReply.Refused, reply);
    }

    [Fact]
    public async Task Where_plain_messages_are_expected_an_account_that_encrypts_shows()
    {
        await using var rig = await StartAsync(WeChatMode.Plain);
        await using var secure = new WeChatEmulator();
        var (query, body) = secure.Wrap(secure.NewMessage(Lin, "text", WeixinEmulator.Field("Content", "x")), TimeProvider.System.GetUtcNow());

        var reply = await ReceiveAsync(rig, new WebhookRequest("POST", new Dictionary<string, string>(), query, Encoding.UTF8.GetBytes(body)));

        Assert.Equal(new WebhookReply(200, "success"), reply);
        Assert.Equal((ConnectionState.Degraded, "wechat.mode-differs"), (rig.Host.Reports[^1].State, rig.Host.Reports[^1].Detail.FirstCode));
        await ReceiveAsync(rig, rig.NewCallback(5001, "x", TimeSpan.Zero));
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
    }

    [Fact]
    public void One_number_for_two_people_is_two_messages()
    {
        static InboundMessage Read(string openId) => WeChatMessages.Read(
            WeixinXml.Read(Encoding.UTF8.GetBytes(
                $"<xml><FromUserName>{openId}</FromUserName><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>"))!, Connection, default)!;

        Assert.NotEqual(Read("oA").DedupeKey, Read("oB").DedupeKey);
        Assert.NotEqual(Read("oA").DedupeKey, Read("oa").DedupeKey);
        Assert.Equal(Read("oA").DedupeKey, Read("oA").DedupeKey);
    }

    [Theory]
    [InlineData("voice", "<MediaId>m</MediaId><Format>amr</Format><Recognition>你好</Recognition>", "voice", "你好")]
    [InlineData("shortvideo", "<MediaId>m</MediaId>", "video", "")]
    [InlineData("image", "<MediaId>m</MediaId>", "image", "")]
    public void Files_come_with_what_was_heard_in_them(string type, string fields, string kind, string text)
    {
        var said = Assert.IsType<InboundContent.Said>(Read($"<xml><FromUserName>o</FromUserName><MsgType>{type}</MsgType>{fields}<MsgId>1</MsgId></xml>")!.Content);

        Assert.Equal((kind, "m", text), (said.Attachments[0].Kind, said.Attachments[0].Reference, said.Text));
        Assert.Equal(type == "voice" ? "audio/amr" : null, said.Attachments[0].MediaType);
    }

    [Theory]
    [InlineData("【收到不支持的消息类型，暂无法显示】")]
    [InlineData("【收到不支援的訊息類型，無法顯示】")]
    public void What_WeChat_writes_in_place_of_a_sticker_is_nobodys_word(string text)
        => Assert.Null(Read($"<xml><FromUserName>o</FromUserName><MsgType>text</MsgType><Content>{text}</Content><MsgId>1</MsgId></xml>"));

    [Fact]
    public void Nobody_is_called_by_an_id()
    {
        var sender = Read("<xml><FromUserName>o6_bmjrPTlm6_2sgVt7hMZOPfL2M</FromUserName><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>")!.Sender;

        Assert.Equal(("WeChat OPfL2M", true), (sender.DisplayName, sender.IsStandIn));
    }

    [Fact]
    public void A_menu_entry_is_heard_as_its_key()
        => Assert.Equal("/help", Assert.IsType<InboundContent.Said>(
            Read("<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType><Event>CLICK</Event><EventKey>/help</EventKey></xml>")!.Content).Text);

    [Theory]
    [InlineData(45015, "wechat.window-closed")]
    [InlineData(45047, "wechat.too-many")]
    [InlineData(43004, "wechat.person-unknown")]
    public async Task What_will_not_be_taken_says_why(int code, string reason)
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailSend(new WeixinFault.Refused(code, "refused"));

        Assert.Equal(reason, Assert.IsType<SendOutcome.Rejected>(await rig.Session.SendAsync(Message(rig, "x"), Cancel)).Reason.FirstCode);
    }

    [Theory]
    [InlineData(40164, "wechat.address-not-trusted")]
    [InlineData(48001, "wechat.account-may-not")]
    [InlineData(45009, "channel.pause")]
    public async Task What_can_be_mended_keeps_the_message_waiting(int code, string reason)
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailSend(new WeixinFault.Refused(code, "refused"));

        var later = Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(Message(rig, "x"), Cancel));

        Assert.Equal((reason, PauseScope.Connection), (later.Reason.FirstCode, later.Scope));
    }

    [Fact]
    public async Task Characters_are_sent_as_they_are()
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, "你好 👨‍👩‍👧 <b> & \"x\""), Cancel));

        Assert.Equal(["你好 👨‍👩‍👧 <b> & \"x\""], rig.Emulator.ShownTo(Lin));
        Assert.Equal(0, rig.Emulator.TruncatedTexts);
    }

    [Fact]
    public async Task Typing_is_shown()
    {
        await using var rig = await StartAsync();

        await ((ITypingIndicator)rig.Session).ShowTypingAsync(new ExternalChat(Lin), Cancel);

        Assert.Equal([Lin], rig.Emulator.Typing);
    }

    [Fact]
    public void Whatever_is_posted_is_a_message_or_none()
    {
        var seeds = new[]
        {
            "<xml><ToUserName><![CDATA[gh]]></ToUserName><FromUserName>o</FromUserName><CreateTime>1767225600</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>",
            "<xml><FromUserName>o</FromUserName><CreateTime>1767225600</CreateTime><MsgType>event</MsgType><Event>CLICK</Event><EventKey>k</EventKey></xml>",
            "<xml><FromUserName>o</FromUserName><MsgType>voice</MsgType><MediaId>m</MediaId><Recognition>r</Recognition><MsgId>2</MsgId></xml>",
        }.Select(Encoding.UTF8.GetBytes).ToArray();

        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => WeixinXml.Read(input) is { } xml ? WeChatMessages.Read(xml, Connection, default) : null);
            Assert.True(fault is null, $"{seed}: {fault}");
        }
    }

    private static InboundMessage? Read(string xml) => WeChatMessages.Read(WeixinXml.Read(Encoding.UTF8.GetBytes(xml))!, Connection, default);

    private static WebhookRequest Get(IReadOnlyDictionary<string, string> query) => new("GET", new Dictionary<string, string>(), query, ReadOnlyMemory<byte>.Empty);

    private static Task<WebhookReply> ReceiveAsync(WeChatRig rig, WebhookRequest request)
        => ((IWebhookReceiver)rig.Session).ReceiveAsync(request, rig.Gateway, Cancel);

    private static OutboundMessage Message(WeChatRig rig, string markdown)
        => new(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat(Lin), new MessageBody(markdown), null, 1, false);

    private static async Task<WeChatRig> StartAsync(WeChatMode mode = WeChatMode.Secure)
    {
        var rig = await WeChatRig.NewAsync(mode);
        await rig.StartAsync(Cancel);
        return rig;
    }
}

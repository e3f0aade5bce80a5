using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.WeCom;
using Assistant.Testing.Weixin;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeCom;

public sealed class WeComChannelTests
{
    private const string Lin = "user5001";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_console_s_question_is_answered_with_what_it_encrypts()
    {
        await using var rig = await StartAsync();
        var query = rig.Emulator.NewUrlCheck("1616140317555161061");

        Assert.Equal(new WebhookReply(200, "1616140317555161061"), await ReceiveAsync(rig, Get(query)));
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, Get(query.Where(pair => pair.Key != "echostr"))));
        query["msg_signature"] = new string('0', 40);
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, Get(query)));
    }

    [Fact]
    public async Task The_answer_to_a_callback_is_empty()
    {
        await using var rig = await StartAsync();

        Assert.Equal(WebhookReply.Ok, await ReceiveAsync(rig, rig.NewCallback(5001, "hello", TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("a\bb", "ab")]
    [InlineData("a ]]> b", "a ]]> b")]
    public async Task What_people_write_refuses_nobody(string written, string heard)
    {
        await using var rig = await StartAsync();

        Assert.Equal(WebhookReply.Ok, await ReceiveAsync(rig, rig.Callback(rig.Emulator.NewMessage(Lin, "text", $"<Content><![CDATA[{written}]]></Content>"))));
        Assert.Equal(heard, Assert.IsType<InboundContent.Said>(Assert.Single(rig.Gateway.Offered).Content).Text);
    }

    [Fact]
    public async Task What_is_proven_and_unreadable_is_acknowledged()
    {
        await using var rig = await StartAsync();

        Assert.Equal(WebhookReply.Ok, await ReceiveAsync(rig, rig.Callback("<xml><FromUserName>")));
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task A_message_for_another_app_of_the_company_is_refused()
    {
        await using var rig = await StartAsync();
        var xml = rig.Emulator.NewMessage(Lin, "text", WeixinEmulator.Field("Content", "x")).Replace("1000002", "1000009", StringComparison.Ordinal);

        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, rig.Callback(xml)));
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task Until_the_address_is_trusted_the_connection_says_so_and_still_receives()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await WeComRig.NewAsync(time: time);
        rig.Emulator.TrustsAddress = false;
        var starting = rig.StartAsync(Cancel);
        await rig.Host.WaitAsync(ConnectionState.Degraded, Cancel);

        Assert.Equal("wecom.address-not-trusted", rig.Host.Reports[^1].Detail.FirstCode);
        Assert.Equal(200, (await ReceiveAsync(rig, Get(rig.Emulator.NewUrlCheck("1")))).Status);
        var waiting = Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(Message(rig, new MessageBody("x")), Cancel));
        Assert.Equal(("wecom.address-not-trusted", PauseScope.Connection), (waiting.Reason.FirstCode, waiting.Scope));
        Assert.Equal("wecom.address-fix", Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks).Fix?.FirstCode);

        rig.Emulator.TrustsAddress = true;
        while (!starting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(starting, Task.Delay(20, Cancel));
        }

        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
    }

    [Fact]
    public async Task The_token_is_fetched_once_and_again_only_when_it_ended()
    {
        await using var rig = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => rig.Session.SendAsync(Message(rig, new MessageBody($"m{i}")), Cancel)));
        Assert.Equal(1, rig.Emulator.TokensIssued);

        rig.Emulator.EndToken();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => rig.Session.SendAsync(Message(rig, new MessageBody($"n{i}")), Cancel)));

        Assert.Equal(2, rig.Emulator.TokensIssued);
        Assert.Equal(10, rig.Emulator.ShownTo(Lin).Count);
    }

    [Fact]
    public async Task The_same_words_twice_are_shown_twice_and_a_repetition_once()
    {
        await using var rig = await StartAsync();
        var ok = Message(rig, new MessageBody("OK"));
        await rig.Session.SendAsync(ok, Cancel);
        await rig.Session.SendAsync(Message(rig, new MessageBody("OK")), Cancel);
        Assert.Equal(["OK", "OK"], rig.Emulator.ShownTo(Lin));

        await rig.Session.SendAsync(ok with { Attempt = 2, MayRepeat = true }, Cancel);

        Assert.Equal(["OK", "OK"], rig.Emulator.ShownTo(Lin));
    }

    [Fact]
    public async Task A_pressed_card_takes_no_further_press()
    {
        await using var rig = await StartAsync();
        await rig.Session.SendAsync(Message(rig, new MessageBody("同意吗？", [new("同意", "yes"), new("拒绝", "no")])), Cancel);
        var card = Assert.Single(rig.Emulator.Cards);
        Assert.Equal("同意吗？", card.Text);
        Assert.Empty(rig.Emulator.ShownTo(Lin));

        var xml = rig.Emulator.NewPress(Lin, key => key.StartsWith("yes#", StringComparison.Ordinal));

        Assert.Equal(WebhookReply.Ok, await ReceiveAsync(rig, rig.Callback(xml)));
        Assert.Equal("同意", Assert.Single(rig.Emulator.Cards).Pressed);
        Assert.Equal(new InboundContent.Pressed("yes", "同意"), rig.Gateway.Offered[^1].Content);
    }

    [Fact]
    public async Task A_text_no_card_has_room_for_stands_before_it()
    {
        await using var rig = await StartAsync();
        var text = string.Join("，", Enumerable.Repeat("很长的问题", 40));

        await rig.Session.SendAsync(Message(rig, new MessageBody(text, [new("Yes", "y")])), Cancel);

        Assert.Equal([text], rig.Emulator.ShownTo(Lin));
        Assert.EndsWith("…", Assert.Single(rig.Emulator.Cards).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_buttons_than_a_card_has_go_on_further_cards_of_the_same_message()
    {
        await using var rig = await StartAsync();
        var message = Message(rig, new MessageBody("Which?", [.. Enumerable.Range(1, 8).Select(i => new MessageButton($"B{i}", $"b{i}"))]));

        var sent = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message, Cancel));

        Assert.Equal([6, 2], rig.Emulator.Cards.Select(card => card.Buttons.Count));
        Assert.All(rig.Emulator.Cards, card => Assert.Equal(sent.ExternalId, WeComCard.MessageOf(card.TaskId)));
    }

    [Fact]
    public async Task What_was_shown_of_a_message_is_not_shown_again()
    {
        await using var rig = await StartAsync();
        var text = string.Join("，", Enumerable.Repeat("很长的问题", 40));
        var message = Message(rig, new MessageBody(text, [.. Enumerable.Range(1, 8).Select(i => new MessageButton($"B{i}", $"b{i}"))]));
        rig.Emulator.FailSend(new WeixinFault.Nothing());
        rig.Emulator.FailSend(new WeixinFault.Refused(45009, "busy"));
        rig.Emulator.FailSend(new WeixinFault.Nothing());
        rig.Emulator.FailSend(new WeixinFault.Page(502));

        Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(message, Cancel));
        Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(message with { Attempt = 2 }, Cancel));
        Assert.Equal(WeComCard.IdOf(message.Id), Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message with { Attempt = 3 }, Cancel)).ExternalId);

        Assert.Equal([text], rig.Emulator.ShownTo(Lin));
        Assert.Equal([6, 2], rig.Emulator.Cards.Select(card => card.Buttons.Count));
    }

    [Fact]
    public async Task A_card_whose_answer_was_lost_is_known_to_have_been_shown_when_it_is_repeated()
    {
        await using var rig = await StartAsync();
        var message = Message(rig, new MessageBody("Which?", [.. Enumerable.Range(1, 8).Select(i => new MessageButton($"B{i}", $"b{i}"))]));
        rig.Emulator.FailSend(new WeixinFault.Cut());

        Assert.IsType<SendOutcome.Uncertain>(await rig.Session.SendAsync(message, Cancel));
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));

        Assert.Equal([6, 2], rig.Emulator.Cards.Select(card => card.Buttons.Count));
    }

    [Theory]
    [InlineData(40016, false)]
    [InlineData(81013, true)]
    public async Task A_card_that_is_refused_for_something_else_was_not_shown(int code, bool mayRepeat)
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailSend(new WeixinFault.Refused(code, "no"));

        Assert.IsType<SendOutcome.Rejected>(await rig.Session.SendAsync(Message(rig, new MessageBody("Sure?", [new("Yes", "y")])) with { MayRepeat = mayRepeat }, Cancel));
        Assert.Empty(rig.Emulator.Cards);
    }

    [Theory]
    [InlineData("**bold** and `code`, [link](https://example.test/a)\n\n> quoted", "markdown", "**bold** and `code`, [link](https://example.test/a)\n\n> quoted")]
    [InlineData("**重要**：今天 👋", "markdown", "**重要**：今天 👋")]
    [InlineData("5 \\* 3 = 15, **sure**", "text", "5 * 3 = 15, sure")]
    [InlineData("a <b> tag", "text", "a <b> tag")]
    [InlineData("~~old~~ *new*", "markdown", "~~old~~ new")]
    [InlineData("5*x + 3*y = 0, **sure**", "text", "5*x + 3*y = 0, sure")]
    public async Task Markdown_is_used_where_every_mark_is_meant(string markdown, string type, string shown)
    {
        await using var rig = await WeComRig.NewAsync("markdown");
        await rig.StartAsync(Cancel);

        await rig.Session.SendAsync(Message(rig, new MessageBody(markdown)), Cancel);

        Assert.Equal([type], rig.Emulator.TypesShownTo(Lin));
        Assert.Equal([shown], rig.Emulator.ShownTo(Lin));
    }

    [Theory]
    [InlineData("# Title\n\n- 一\n- 二\n\n| a | b |\n|---|---|\n| 1 | 2 |", "Title\n\n• 一\n• 二\n\na │ b\n──┼──\n1 │ 2")]
    [InlineData("***both* bold** and ~~no~~", "both bold and ~~no~~")]
    [InlineData("[文档](https://example.test/d) שלום", "文档 (https://example.test/d) שלום")]
    public void Plain_text_keeps_the_words(string markdown, string expected)
        => Assert.Equal(Words(expected), Words(WeComText.Plain(markdown)));

    [Fact]
    public async Task Nothing_is_cut_by_the_messenger()
    {
        await using var rig = await StartAsync();

        await rig.Session.SendAsync(Message(rig, new MessageBody(new string('好', 682) + "ab")), Cancel);

        Assert.Equal(0, rig.Emulator.TruncatedTexts);
        Assert.Single(rig.Emulator.ShownTo(Lin));
    }

    [Theory]
    [InlineData(-1, "channel.pause", PauseScope.Chat)]
    [InlineData(45009, "channel.pause", PauseScope.Connection)]
    [InlineData(45033, "channel.pause", PauseScope.Connection)]
    [InlineData(60020, "wecom.address-not-trusted", PauseScope.Connection)]
    [InlineData(48002, "wecom.app-may-not", PauseScope.Connection)]
    [InlineData(40056, "wecom.app-unknown", PauseScope.Connection)]
    public async Task What_passes_or_can_be_mended_keeps_the_message_waiting(int code, string reason, PauseScope scope)
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailSend(new WeixinFault.Refused(code, "refused"));

        var later = Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(Message(rig, new MessageBody("x")), Cancel));

        Assert.Equal((reason, scope), (later.Reason.FirstCode, later.Scope));
        Assert.Empty(rig.Emulator.ShownTo(Lin));
    }

    [Theory]
    [InlineData(81013, "wecom.person-out-of-reach")]
    [InlineData(60111, "wecom.person-unknown")]
    [InlineData(44004, "channel.refuses")]
    public async Task What_will_not_be_taken_says_why(int code, string reason)
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailSend(new WeixinFault.Refused(code, "empty content"));

        var rejected = Assert.IsType<SendOutcome.Rejected>(await rig.Session.SendAsync(Message(rig, new MessageBody("x")), Cancel));

        Assert.Equal(reason, rejected.Reason.FirstCode);
        Assert.DoesNotContain("hint", rejected.Reason.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@all")]
    [InlineData("a|b")]
    [InlineData("")]
    public async Task A_message_goes_to_one_person(string chat)
    {
        await using var rig = await StartAsync();

        var outcome = await rig.Session.SendAsync(Message(rig, new MessageBody("x")) with { Chat = new ExternalChat(chat) }, Cancel);

        Assert.Equal("channel.no-chat", Assert.IsType<SendOutcome.Rejected>(outcome).Reason.FirstCode);
    }

    [Fact]
    public async Task A_file_opens_after_the_token_ended()
    {
        await using var rig = await StartAsync();
        var content = Enumerable.Range(0, 300_000).Select(i => (byte)i).ToArray();
        rig.Emulator.AddFile("m1", content);
        rig.Emulator.EndToken();

        await using var file = await ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("file", "m1"), Cancel);
        using var read = new MemoryStream();
        await file.CopyToAsync(read, Cancel);

        Assert.Equal(content, read.ToArray());
    }

    [Fact]
    public async Task A_callback_is_given_up_after_three_attempts()
    {
        await using var rig = await WeComRig.NewAsync();
        rig.Host.PublicBaseUrl = null;
        rig.Emulator.Callback = () => new Uri("http://127.0.0.1:1/webhooks/wecom");

        await rig.SayAsync(5001, "nobody hears this");
        while (rig.Emulator.LostCallbacks == 0)
        {
            await Task.Delay(20, Cancel);
        }

        Assert.Equal(1, rig.Emulator.LostCallbacks);
    }

    private static string[] Words(string text) => text.Split([' ', '\n', '|', '-', '+'], StringSplitOptions.RemoveEmptyEntries);

    private static WebhookRequest Get(IEnumerable<KeyValuePair<string, string>> query)
        => new("GET", new Dictionary<string, string>(), new Dictionary<string, string>(query), ReadOnlyMemory<byte>.Empty);

    private static Task<WebhookReply> ReceiveAsync(WeComRig rig, WebhookRequest request)
        => ((IWebhookReceiver)rig.Session).ReceiveAsync(request, rig.Gateway, Cancel);

    private static OutboundMessage Message(WeComRig rig, MessageBody body) => new(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat(Lin), body, null, 1, false);

    private static async Task<WeComRig> StartAsync()
    {
        var rig = await WeComRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }
}

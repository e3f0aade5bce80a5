using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.WhatsApp;
using Assistant.Testing.Meta;
using Assistant.Testing.WhatsApp;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WhatsApp;

public sealed class WhatsAppSendTests
{
    private static readonly string Ann = WhatsAppRig.PhoneOf(5001);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(190, 463, 401, typeof(SendOutcome.RetryAfter), "channel.sign-in-refused", PauseScope.Connection)]
    [InlineData(10, 0, 403, typeof(SendOutcome.RetryAfter), "whatsapp.may-not", PauseScope.Connection)]
    [InlineData(200, 0, 403, typeof(SendOutcome.RetryAfter), "whatsapp.may-not", PauseScope.Connection)]
    [InlineData(131005, 0, 403, typeof(SendOutcome.RetryAfter), "whatsapp.may-not", PauseScope.Connection)]
    [InlineData(100, 33, 400, typeof(SendOutcome.RetryAfter), "whatsapp.number-unknown", PauseScope.Connection)]
    [InlineData(133010, 0, 400, typeof(SendOutcome.RetryAfter), "whatsapp.number-unregistered", PauseScope.Connection)]
    [InlineData(131031, 0, 403, typeof(SendOutcome.RetryAfter), "whatsapp.account-locked", PauseScope.Connection)]
    [InlineData(131042, 0, 400, typeof(SendOutcome.RetryAfter), "whatsapp.payment", PauseScope.Connection)]
    [InlineData(131048, 0, 400, typeof(SendOutcome.RetryAfter), "whatsapp.quality", PauseScope.Connection)]
    [InlineData(4, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(80007, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(130429, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(131056, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Chat)]
    [InlineData(131000, 0, 500, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Chat)]
    [InlineData(2, 0, 503, typeof(SendOutcome.RetryAfter), "channel.own-fault", PauseScope.Chat)]
    [InlineData(131047, 0, 400, typeof(SendOutcome.Rejected), "whatsapp.window-closed", null)]
    [InlineData(131026, 0, 400, typeof(SendOutcome.Rejected), "whatsapp.undeliverable", null)]
    [InlineData(131030, 0, 400, typeof(SendOutcome.Rejected), "whatsapp.not-a-test-number", null)]
    [InlineData(131021, 0, 400, typeof(SendOutcome.Rejected), "whatsapp.to-itself", null)]
    [InlineData(100, 0, 400, typeof(SendOutcome.Rejected), "channel.refuses", null)]
    [InlineData(999999, 0, 400, typeof(SendOutcome.Rejected), "channel.refuses", null)]
    public async Task Each_refusal_is_told_in_words(int code, int subcode, int status, Type outcome, string phrase, PauseScope? scope)
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail(new GraphFault.Error(code, subcode, Status: status));

        var ended = await SendAsync(rig, new MessageBody("x"));

        Assert.IsType(outcome, ended);
        Assert.Equal(phrase, ReasonOf(ended).FirstCode);
        Assert.Equal(scope, (ended as SendOutcome.RetryAfter)?.Scope);
        Assert.Empty(rig.Emulator.Shown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"messages\":[]}")]
    [InlineData("{\"messages\":[{\"id\":\"\\ud800\"}]}")]
    public async Task An_answer_that_cannot_be_read_leaves_it_open_whether_it_was_shown(string answer)
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail(new GraphFault.Answer(answer));

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, new MessageBody("x")));
    }

    [Fact]
    public async Task A_wrong_app_secret_is_found_by_the_test_and_keeps_what_waits()
    {
        await using var rig = await StartAsync();
        var settings = rig.Settings(("appSecret", "not-this-apps"));

        var check = Assert.Single((await rig.Channel.TestAsync(settings, Cancel)).Checks);
        await using var session = rig.Channel.Open(rig.Connection with { Settings = settings });
        var outcome = await session.SendAsync(NewMessage(rig, new MessageBody("x")), Cancel);

        Assert.False(check.IsPassed);
        Assert.Equal("channel.sign-in-refused", check.Detail.FirstCode);
        Assert.Equal(PauseScope.Connection, Assert.IsType<SendOutcome.RetryAfter>(outcome).Scope);
    }

    [Theory]
    [InlineData("phoneNumberId", "1", "whatsapp.number-unknown", "channel.credentials-fix")]
    [InlineData("apiBaseUrl", "http://127.0.0.1:9", "channel.unreachable", "channel.network-fix")]
    public async Task A_test_tells_what_is_wrong(string key, string value, string detail, string fix)
    {
        await using var rig = await StartAsync();

        var check = Assert.Single((await rig.Channel.TestAsync(rig.Settings((key, value)), Cancel)).Checks);

        Assert.Equal((detail, fix), (check.Detail.FirstCode, check.Fix?.FirstCode));
    }

    [Fact]
    public async Task Up_to_three_short_choices_are_buttons_and_more_or_longer_ones_a_list()
    {
        await using var rig = await StartAsync();

        await SendAsync(rig, new MessageBody("**Which?**", [new("Yes", "1"), new("No", "2"), new("后天", "3")]));
        await SendAsync(rig, new MessageBody("Which?", [.. Enumerable.Range(1, 5).Select(i => new MessageButton($"Choice {i}", $"{i}"))]));
        await SendAsync(rig, new MessageBody("Which?", [new("Approve the payment of 1,200 to Example Limited", "1"), new("No", "2")]));

        Assert.Equal(["button", "list", "list"], rig.Emulator.Shown.Select(shown => (string)shown.Message["interactive"]!["type"]!));
        Assert.Equal("*Which?*", rig.Emulator.Shown[0].Text);
        Assert.Equal("Choose · 选择", (string)rig.Emulator.Shown[1].Message["interactive"]!["action"]!["button"]!);
        var row = rig.Emulator.Shown[2].Message["interactive"]!["action"]!["sections"]![0]!["rows"]![0]!;
        Assert.Equal(("Approve the payment of…", "Approve the payment of 1,200 to Example Limited"), ((string)row["title"]!, (string)row["description"]!));
    }

    [Fact]
    public async Task More_choices_than_a_list_has_rows_are_several_lists()
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody("Which?", [.. Enumerable.Range(1, 23).Select(i => new MessageButton($"Choice {i}", $"{i}"))])));

        Assert.Equal([10, 10, 3], rig.Emulator.Shown.Select(shown => shown.Message["interactive"]!["action"]!["sections"]![0]!["rows"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_text_too_long_for_buttons_goes_before_them_and_is_not_repeated()
    {
        await using var rig = await StartAsync();
        var message = NewMessage(rig, new MessageBody(new string('x', 1025), [new("Yes", "1"), new("No", "2")]));
        rig.Emulator.Fail(new GraphFault.Answer("""{"messages":[{"id":"wamid.first"}]}"""));
        rig.Emulator.Fail(new GraphFault.Error(131000, Status: 500));

        Assert.IsType<SendOutcome.RetryAfter>(await rig.Session.SendAsync(message, Cancel));
        var delivered = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message with { Attempt = 2 }, Cancel));

        Assert.Equal([new string('x', 1025), "Yes / No"], rig.Emulator.Shown.Select(shown => shown.Text));
        Assert.Equal(rig.Emulator.Shown[1].Id, delivered.ExternalId);
    }

    [Fact]
    public async Task A_reply_quotes_what_it_replies_to_and_no_link_is_previewed()
    {
        await using var rig = await StartAsync();

        await rig.Session.SendAsync(NewMessage(rig, new MessageBody("https://example.test")) with { ReplyToExternalId = "wamid.7" }, Cancel);

        var shown = Assert.Single(rig.Emulator.Shown).Message;
        Assert.Equal(("wamid.7", false), ((string)shown["context"]!["message_id"]!, (bool)shown["text"]!["preview_url"]!));
    }

    [Fact]
    public async Task Who_shows_no_number_is_written_to_by_their_id()
    {
        await using var rig = await StartAsync();

        await rig.Session.SendAsync(NewMessage(rig, new MessageBody("x"), "US.ENT.11815799212886844830"), Cancel);

        Assert.Equal("US.ENT.11815799212886844830", (string)Assert.Single(rig.Emulator.Shown).Message["recipient"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("+15550100002")]
    [InlineData("US.a/b")]
    public async Task What_is_no_chat_of_whatsapp_is_refused_before_anything_is_sent(string chat)
    {
        await using var rig = await StartAsync();

        Assert.Equal("channel.no-chat", ReasonOf(await rig.Session.SendAsync(NewMessage(rig, new MessageBody("x"), chat), Cancel)).FirstCode);
    }

    [Fact]
    public async Task Typing_answers_the_last_message_of_the_chat()
    {
        await using var rig = await StartAsync();
        var typing = (ITypingIndicator)rig.Session;
        await typing.ShowTypingAsync(new ExternalChat(Ann), Cancel);
        Assert.Empty(rig.Emulator.Typing);
        var said = rig.Emulator.NewText(Ann, "hello");
        await ReceiveAsync(rig, WhatsAppEmulator.CallbackWith(said));

        await typing.ShowTypingAsync(new ExternalChat(Ann), Cancel);

        Assert.Equal((string)said["id"]!, (string)Assert.Single(rig.Emulator.Typing)["message_id"]!);
    }

    [Fact]
    public async Task A_message_refused_afterwards_is_told_by_the_health_until_one_arrives()
    {
        await using var rig = await StartAsync();

        await ReceiveAsync(rig, WhatsAppEmulator.Status("wamid.OUT1", "sent"));
        await ReceiveAsync(rig, WhatsAppEmulator.Status("wamid.OUT1", "failed", 131047));
        var failed = rig.Host.Reports[^1];
        await ReceiveAsync(rig, WhatsAppEmulator.Status("wamid.OUT2", "delivered"));

        Assert.Equal((ConnectionState.Degraded, "whatsapp.not-delivered"), (failed.State, failed.Detail.FirstCode));
        Assert.Contains("whatsapp.window-closed", failed.Detail.ToString(), StringComparison.Ordinal);
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
    }

    [Theory]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://evil.example/9001")]
    [InlineData("http://lookaside.fbsbx.com/9001")]
    [InlineData("https://fbsbx.com.evil.example/9001")]
    [InlineData("file:///etc/passwd")]
    [InlineData("nonsense")]
    public async Task The_token_goes_nowhere_but_to_meta(string address)
    {
        await using var rig = await StartAsync();
        rig.Emulator.AddFileAt("9001", address);

        var gone = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("file", "9001"), Cancel));

        Assert.Equal(AttachmentFault.Final, gone.Fault);
    }

    [Theory]
    [InlineData("../me", AttachmentFault.Final)]
    [InlineData("404", AttachmentFault.Final)]
    public async Task A_file_that_is_not_there_is_gone(string reference, AttachmentFault fault)
    {
        await using var rig = await StartAsync();

        var gone = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("file", reference), Cancel));

        Assert.Equal(fault, gone.Fault);
    }

    [Fact]
    public async Task A_file_may_be_there_once_the_token_is_taken_again()
    {
        await using var rig = await StartAsync();
        rig.Emulator.IsRevoked = true;

        var gone = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("file", "9001"), Cancel));

        Assert.Equal(AttachmentFault.Passing, gone.Fault);
    }

    [Fact]
    public async Task Several_messages_of_one_callback_are_committed_in_order_before_it_is_answered()
    {
        await using var rig = await StartAsync();
        var callback = WhatsAppEmulator.CallbackWith([.. Enumerable.Range(0, 20).Select(i => rig.Emulator.NewText(Ann, $"{i:00}"))]);
        rig.Gateway.FailNext();
        await Assert.ThrowsAsync<IOException>(() => ReceiveAsync(rig, callback));

        Assert.Equal(200, (await ReceiveAsync(rig, callback)).Status);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i:00}"), rig.Gateway.Stored.Select(message => ((InboundContent.Said)message.Content).Text));
    }

    private static async Task<WhatsAppRig> StartAsync()
    {
        var rig = await WhatsAppRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static OutboundMessage NewMessage(WhatsAppRig rig, MessageBody body, string? chat = null)
        => new(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat(chat ?? Ann), body, null, 1, false);

    private static Task<SendOutcome> SendAsync(WhatsAppRig rig, MessageBody body) => rig.Session.SendAsync(NewMessage(rig, body), Cancel);

    private static Task<WebhookReply> ReceiveAsync(WhatsAppRig rig, JsonNode callback)
        => ((IWebhookReceiver)rig.Session).ReceiveAsync(WhatsAppRig.CallbackWith(callback), rig.Gateway, Cancel);

    private static Phrase ReasonOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        _ => Phrase.Of("none"),
    };
}

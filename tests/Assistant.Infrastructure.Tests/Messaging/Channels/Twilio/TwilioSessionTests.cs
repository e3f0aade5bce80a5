using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Messaging;
using Assistant.Testing.Twilio;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Twilio;

public sealed class TwilioSessionTests
{
    private static readonly string Ann = TwilioRig.NumberOf(5001);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(20003, 401, typeof(SendOutcome.RetryAfter), "channel.sign-in-refused", PauseScope.Connection)]
    [InlineData(20005, 403, typeof(SendOutcome.RetryAfter), "twilio.account-inactive", PauseScope.Connection)]
    [InlineData(20429, 429, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(21611, 429, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(63038, 429, typeof(SendOutcome.RetryAfter), "twilio.daily-limit", PauseScope.Connection)]
    [InlineData(21606, 400, typeof(SendOutcome.RetryAfter), "twilio.sender-unusable", PauseScope.Connection)]
    [InlineData(21659, 400, typeof(SendOutcome.RetryAfter), "twilio.sender-unusable", PauseScope.Connection)]
    [InlineData(20500, 500, typeof(SendOutcome.RetryAfter), "channel.own-fault", PauseScope.Chat)]
    [InlineData(21408, 403, typeof(SendOutcome.Rejected), "twilio.region-closed", null)]
    [InlineData(21610, 400, typeof(SendOutcome.Rejected), "twilio.opted-out", null)]
    [InlineData(21608, 400, typeof(SendOutcome.Rejected), "twilio.trial", null)]
    [InlineData(21211, 400, typeof(SendOutcome.Rejected), "twilio.number-wrong", null)]
    [InlineData(21614, 400, typeof(SendOutcome.Rejected), "twilio.number-wrong", null)]
    [InlineData(21612, 400, typeof(SendOutcome.Rejected), "twilio.unreachable", null)]
    [InlineData(99999, 400, typeof(SendOutcome.Rejected), "channel.refuses", null)]
    public async Task Each_refusal_is_told_in_words(int code, int status, Type outcome, string phrase, PauseScope? scope)
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail(new TwilioFault.Error(code, status));

        var ended = await SendAsync(rig, "x");

        Assert.IsType(outcome, ended);
        Assert.Equal(phrase, ReasonOf(ended).FirstCode);
        Assert.Equal(scope, (ended as SendOutcome.RetryAfter)?.Scope);
    }

    [Fact]
    public async Task A_chat_with_a_number_that_can_send_no_more_keeps_no_other_waiting()
    {
        await using var rig = await StartAsync();

        var ended = await rig.Session.SendAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat($"+15550100002/{Ann}"), new MessageBody("x"), null, 1, false), Cancel);

        Assert.Equal("twilio.sender-unusable", Assert.IsType<SendOutcome.Rejected>(ended).Reason.FirstCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{\"sid\":7}")]
    public async Task An_answer_that_cannot_be_read_leaves_it_open_whether_it_was_sent(string answer)
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail(new TwilioFault.Answer(answer));

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, "x"));
    }

    [Fact]
    public async Task It_is_written_from_the_number_the_person_wrote_to_and_reported_on()
    {
        await using var rig = await StartAsync();

        await SendAsync(rig, "x");

        var fields = Assert.Single(rig.Emulator.Sent).Fields;
        Assert.Equal(
            (Ann, TwilioEmulator.Number, "https://assistant.example/webhooks/twilio"), (fields["To"], fields["From"], fields["StatusCallback"]));
    }

    [Fact]
    public async Task A_messaging_service_chooses_the_number()
    {
        await using var rig = await TwilioRig.NewAsync(changed: ("from", "MG0123456789abcdef0123456789abcdef"));
        await rig.StartAsync(Cancel);

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "x"));

        var fields = Assert.Single(rig.Emulator.Sent).Fields;
        Assert.Equal(("MG0123456789abcdef0123456789abcdef", false), (fields["MessagingServiceSid"], fields.ContainsKey("From")));
    }

    [Theory]
    [InlineData("+15559999999", "twilio.sender-unusable")]
    [InlineData("Helper", "twilio.sender-form")]
    public async Task A_test_finds_a_sender_that_cannot_send(string from, string detail)
    {
        await using var rig = await StartAsync();

        var failed = Assert.Single((await rig.Channel.TestAsync(rig.Settings(("from", from)), Cancel)).Checks, check => !check.IsPassed);

        Assert.Equal((detail, "twilio.sender-fix"), (failed.Detail.FirstCode, failed.Fix?.FirstCode));
    }

    [Fact]
    public async Task What_no_callback_brought_is_found_in_the_list_with_its_files()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await TwilioRig.NewAsync(time: time);
        rig.Emulator.Receive(Ann, "before the start", ("ME7", [1, 2, 3]));
        await rig.StartAsync(Cancel);
        rig.Emulator.Receive(Ann, "while it ran");
        Assert.Single(rig.Gateway.Stored);

        await ReadListAgainAsync(rig, time);

        var stored = await rig.Gateway.WaitAsync(2, Cancel);
        Assert.Equal(["before the start", "while it ran"], stored.Select(message => ((InboundContent.Said)message.Content).Text));
        await using var file = await ((IAttachmentReader)rig.Session).OpenAsync(Assert.Single(((InboundContent.Said)stored[0].Content).Attachments), Cancel);
        Assert.Equal(1, file.ReadByte());
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData("START")]
    public async Task A_word_of_the_accounts_own_that_twilio_has_answered_is_left_alone_in_the_list_too(string type)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await TwilioRig.NewAsync(time: time);
        await rig.StartAsync(Cancel);
        await ReceiveAsync(rig, [.. rig.Emulator.FieldsOf(rig.Emulator.Receive(Ann, "genug")), new("OptOutType", type)]);
        rig.Emulator.Receive(Ann, "afterwards");

        await ReadListAgainAsync(rig, time);

        Assert.Equal("afterwards", ((InboundContent.Said)Assert.Single(await rig.Gateway.WaitAsync(1, Cancel)).Content).Text);
    }

    [Fact]
    public async Task What_came_by_callback_and_by_list_is_one_message_and_nothing_old_is_answered()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1));
        await using var rig = await TwilioRig.NewAsync(time: time);
        rig.Emulator.Receive(Ann, "of an hour ago");
        await rig.StartAsync(Cancel);
        Assert.Empty(rig.Gateway.Stored);

        await using var second = await TwilioRig.NewAsync();
        var text = second.Emulator.Receive(Ann, "once");
        await second.StartAsync(Cancel);
        await ReceiveAsync(second, second.Emulator.FieldsOf(text));

        Assert.Single(second.Gateway.Stored);
        Assert.Equal(2, second.Gateway.Offered.Count);
    }

    [Fact]
    public async Task A_picture_whose_address_cannot_be_had_now_comes_with_the_next_start()
    {
        // More than the overlap after it came: no cursor that moves leads back to it.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(6));
        await using var rig = await TwilioRig.NewAsync(time: time);
        rig.Emulator.Receive(Ann, "", ("ME7", [1, 2, 3]));
        rig.Emulator.FailFiles(503);

        await rig.StartAsync(Cancel);
        var ended = await rig.WaitForEndAsync();
        time.Advance(TimeSpan.FromMinutes(6));
        await rig.StartAsync(Cancel);

        Assert.Equal("channel.own-fault", Assert.IsType<PhrasedException>(ended).Reason.FirstCode);
        Assert.Single(((InboundContent.Said)Assert.Single(await rig.Gateway.WaitAsync(1, Cancel)).Content).Attachments);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    public async Task Files_that_twilio_will_never_tell_of_hold_nothing_up(int status)
    {
        await using var rig = await TwilioRig.NewAsync();
        rig.Emulator.Receive(Ann, "look", ("ME7", [1, 2, 3]));
        rig.Emulator.FailFiles(status);

        await rig.StartAsync(Cancel);

        var said = Assert.IsType<InboundContent.Said>(Assert.Single(await rig.Gateway.WaitAsync(1, Cancel)).Content);
        Assert.Equal(("look", 0), (said.Text, said.Attachments.Count));
    }

    [Theory]
    [InlineData(230)]
    [InlineData(5_100)]
    public async Task More_than_a_page_is_read_to_its_end(int count)
    {
        await using var rig = await TwilioRig.NewAsync();
        for (var i = 0; i < count; i++)
        {
            rig.Emulator.Receive(Ann, $"{i:0000}");
        }

        await rig.StartAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i:0000}"), rig.Gateway.Stored.Select(message => ((InboundContent.Said)message.Content).Text));
    }

    [Fact]
    public async Task A_message_that_was_lost_for_good_by_its_callback_comes_with_the_next_start()
    {
        await using var house = new CallbackHouse();
        await using var rig = await TwilioRig.NewAsync(house, retries: 0);
        await rig.StartAsync(Cancel);
        rig.Gateway.FailNext();
        await rig.SayAsync(5001, "precious");
        await rig.Emulator.DeliveredAsync();
        Assert.Empty(rig.Gateway.Stored);

        await rig.StopAsync();
        await rig.StartAsync(Cancel);

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
    }

    [Fact]
    public async Task A_message_that_failed_afterwards_is_told_by_the_health_until_one_arrives()
    {
        await using var rig = await StartAsync();

        await ReceiveAsync(rig, [new("MessageSid", "SM1"), new("MessageStatus", "undelivered"), new("ErrorCode", "30003")]);
        var failed = rig.Host.Reports[^1];
        await ReceiveAsync(rig, [new("MessageSid", "SM2"), new("MessageStatus", "delivered")]);

        Assert.Equal((ConnectionState.Degraded, "twilio.not-delivered"), (failed.State, failed.Detail.FirstCode));
        Assert.Contains("twilio.unreachable", failed.Detail.ToString(), StringComparison.Ordinal);
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
    }

    [Fact]
    public async Task A_callback_is_answered_with_nothing_to_say()
    {
        await using var rig = await StartAsync();

        var reply = await ReceiveAsync(rig, rig.Emulator.FieldsOf(rig.Emulator.Receive(Ann, "hi")));

        Assert.Equal(new WebhookReply(200, "<Response/>", "text/xml; charset=utf-8"), reply);
    }

    [Fact]
    public async Task Behind_an_address_of_its_own_the_signature_is_over_that()
    {
        await using var rig = await TwilioRig.NewAsync(changed: ("webhookUrl", "https://relay.example/sms?to=us"));
        rig.Emulator.Callback = new Uri("https://relay.example/sms?to=us");
        await rig.StartAsync(Cancel);

        Assert.Equal(200, (await ReceiveAsync(rig, rig.Emulator.FieldsOf(rig.Emulator.Receive(Ann, "hi")))).Status);
    }

    [Theory]
    [InlineData("https://evil.example/ME1")]
    [InlineData("https://api.twilio.com.evil.example/ME1")]
    [InlineData("http://api.twilio.com/ME1")]
    [InlineData("https://api.twilio.com:8443/ME1")]
    [InlineData("ME1")]
    public async Task The_token_goes_nowhere_but_to_twilio(string address)
    {
        await using var rig = await StartAsync();

        var gone = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("file", address), Cancel));

        Assert.Equal(AttachmentFault.Final, gone.Fault);
    }

    /// <summary>Lets the time pass after which the list is read; the session may not wait yet.</summary>
    private static async Task ReadListAgainAsync(TwilioRig rig, FakeTimeProvider time)
    {
        while (rig.Emulator.Lists < 2)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }
    }

    private static async Task<TwilioRig> StartAsync()
    {
        var rig = await TwilioRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<SendOutcome> SendAsync(TwilioRig rig, string text)
        => rig.Session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody(text), null, 1, false), Cancel);

    private static Task<WebhookReply> ReceiveAsync(TwilioRig rig, IReadOnlyList<KeyValuePair<string, string>> fields)
        => ((IWebhookReceiver)rig.Session).ReceiveAsync(rig.CallbackWith(fields), rig.Gateway, Cancel);

    private static Phrase ReasonOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        _ => Phrase.Of("none"),
    };
}

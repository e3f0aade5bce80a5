using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Messenger;
using Assistant.Testing.Meta;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Messenger;

public sealed class MessengerSendTests
{
    private static readonly string Ann = MessengerRig.PersonOf(5001);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(190, 463, 401, typeof(SendOutcome.RetryAfter), "channel.sign-in-refused", PauseScope.Connection)]
    [InlineData(10, 0, 403, typeof(SendOutcome.RetryAfter), "messenger.may-not", PauseScope.Connection)]
    [InlineData(200, 0, 403, typeof(SendOutcome.RetryAfter), "messenger.may-not", PauseScope.Connection)]
    [InlineData(230, 0, 403, typeof(SendOutcome.RetryAfter), "messenger.may-not", PauseScope.Connection)]
    [InlineData(368, 0, 400, typeof(SendOutcome.RetryAfter), "messenger.blocked", PauseScope.Connection)]
    [InlineData(4, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(613, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(80001, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(80006, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(80008, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(1200, 0, 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Chat)]
    [InlineData(2, 0, 500, typeof(SendOutcome.RetryAfter), "channel.own-fault", PauseScope.Chat)]
    [InlineData(10, 2018278, 403, typeof(SendOutcome.Rejected), "messenger.window-closed", null)]
    [InlineData(10, 2534022, 400, typeof(SendOutcome.Rejected), "messenger.window-closed", null)]
    [InlineData(10, 2018108, 400, typeof(SendOutcome.Rejected), "messenger.unavailable", null)]
    [InlineData(551, 0, 400, typeof(SendOutcome.Rejected), "messenger.unavailable", null)]
    [InlineData(200, 1545041, 403, typeof(SendOutcome.Rejected), "messenger.unavailable", null)]
    [InlineData(100, 2018001, 400, typeof(SendOutcome.Rejected), "messenger.person-unknown", null)]
    [InlineData(100, 0, 400, typeof(SendOutcome.Rejected), "channel.refuses", null)]
    public async Task Each_refusal_is_told_in_words(int code, int subcode, int status, Type outcome, string phrase, PauseScope? scope)
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail(new GraphFault.Error(code, subcode, Status: status));

        var ended = await SendAsync(rig, new MessageBody("x"));

        Assert.IsType(outcome, ended);
        Assert.Equal(phrase, ReasonOf(ended).FirstCode);
        Assert.Equal(scope, (ended as SendOutcome.RetryAfter)?.Scope);
    }

    [Fact]
    public async Task A_fault_that_passes_is_tried_again_whatever_its_code()
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail(new GraphFault.Error(999, IsTransient: true));

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, new MessageBody("x")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"recipient_id\":\"1\"}")]
    public async Task An_answer_that_cannot_be_read_leaves_it_open_whether_it_was_shown(string answer)
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail(new GraphFault.Answer(answer));

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, new MessageBody("x")));
    }

    [Fact]
    public async Task A_token_of_another_page_is_found_by_the_test_and_by_the_session()
    {
        await using var rig = await MessengerRig.NewAsync();
        rig.Emulator.TokensPage = "1";

        var check = Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks);
        await rig.StartAsync(Cancel);

        Assert.Equal((false, "messenger.other-page"), (check.IsPassed, check.Detail.FirstCode));
        Assert.Equal("messenger.other-page", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task Few_choices_under_a_short_text_are_buttons_and_others_quick_replies()
    {
        await using var rig = await StartAsync();

        await SendAsync(rig, new MessageBody("**Which?**", [new("Yes", "1"), new("No", "2"), new("A label that is longer than twenty", "3")]));
        await SendAsync(rig, new MessageBody("Which?", [.. Enumerable.Range(1, 5).Select(i => new MessageButton($"Choice {i}", $"{i}"))]));
        await SendAsync(rig, new MessageBody(new string('x', 641), [new("Yes", "1")]));
        await SendAsync(rig, new MessageBody("Which?", [.. Enumerable.Range(1, 15).Select(i => new MessageButton($"Choice {i}", $"{i}"))]));

        Assert.Equal([false, true, true, true, true], rig.Emulator.Shown.Select(shown => shown.HasQuickReplies));
        Assert.Equal([3, 5, 1, 13, 2], rig.Emulator.Shown.Select(shown => shown.Choices.Count));
        Assert.Equal("Which?", rig.Emulator.Shown[0].Text);
        Assert.Equal("A label that is lon…", rig.Emulator.Shown[0].Choices[2].Title);
    }

    [Fact]
    public async Task A_quick_reply_names_its_message_and_the_whole_label()
    {
        await using var house = new Testing.Messaging.CallbackHouse();
        await using var rig = await MessengerRig.NewAsync(house);
        await rig.StartAsync(Cancel);
        var sent = await SendAsync(rig, new MessageBody("Which?", [.. Enumerable.Range(1, 5).Select(i => new MessageButton($"The choice with number {i}", $"{i}"))]));

        await rig.PressAsync(5001, "4");

        var pressed = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.Equal(new InboundContent.Pressed("4", "The choice with number 4"), pressed.Content);
        Assert.Equal(Assert.IsType<SendOutcome.Delivered>(sent).ExternalId, pressed.ExternalMessageId);
    }

    [Theory]
    [InlineData("# Title\n\n**bold** `code`", "Title\n\nbold code")]
    [InlineData("[here](https://example.test/a_b)", "here (https://example.test/a_b)")]
    [InlineData("- a\n  - b\n1. c", "• a\n  • b\n1. c")]
    [InlineData("```csharp\nvar x = 1;\n```", "var x = 1;")]
    [InlineData("这是**重点** 👨‍👩‍👧 *שלום*", "这是重点 👨‍👩‍👧 שלום")]
    [InlineData("| a | b |\n|---|---|\n| 一 | 2 |", "a  │ b\n───┼──\n一 │ 2")]
    public async Task Markdown_is_shown_as_plain_text(string markdown, string text)
    {
        await using var rig = await StartAsync();

        await SendAsync(rig, new MessageBody(markdown));

        Assert.Equal(text, Assert.Single(rig.Emulator.Shown).Text);
    }

    [Theory]
    [InlineData("image/jpeg", false, "image")]
    [InlineData("image/jpeg", true, "file")]
    [InlineData("audio/mpeg", false, "audio")]
    [InlineData("video/mp4", false, "video")]
    [InlineData("application/zip", false, "file")]
    public async Task A_file_is_shown_as_what_messenger_plays_or_takes(string mediaType, bool isUnplayable, string type)
    {
        await using var rig = await StartAsync();
        rig.Emulator.IsUnplayable = isUnplayable;
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat(Ann), new MessageBody(""), null, 1, false);
        var file = new OutboundFile("file", "报告.bin", mediaType, 3, _ => Task.FromResult<Stream>(new MemoryStream([1, 2, 3])));

        Assert.IsType<SendOutcome.Delivered>(await ((IFileSender)rig.Session).SendFileAsync(message, file, Cancel));

        Assert.Equal((type, "报告.bin"), ((string)Assert.Single(rig.Emulator.Shown).Message["attachment"]!["type"]!, rig.Emulator.Shown[0].File?.Name));
    }

    [Fact]
    public async Task Typing_is_shown_to_the_person()
    {
        await using var rig = await StartAsync();

        await ((ITypingIndicator)rig.Session).ShowTypingAsync(new ExternalChat(Ann), Cancel);

        Assert.Equal([$"{Ann} typing_on"], rig.Emulator.Typing);
    }

    [Fact]
    public async Task People_are_called_by_their_names()
    {
        await using var rig = await StartAsync();

        await ((IWebhookReceiver)rig.Session).ReceiveAsync(
            MessengerRig.CallbackWith(MessengerEmulator.CallbackWith(rig.Emulator.NewText(Ann, "hello"))), rig.Gateway, Cancel);

        Assert.Equal($"Person {Ann}", Assert.Single(rig.Gateway.Stored).Sender.DisplayName);
    }

    [Theory]
    [InlineData("https://127.0.0.1/a")]
    [InlineData("http://cdn.fbsbx.com/a")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    public async Task No_file_is_fetched_from_where_it_should_not_be(string address)
    {
        await using var rig = await StartAsync();

        await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("file", address), Cancel));
    }

    private static async Task<MessengerRig> StartAsync()
    {
        var rig = await MessengerRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<SendOutcome> SendAsync(MessengerRig rig, MessageBody body)
        => rig.Session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat(Ann), body, null, 1, false), Cancel);

    private static Phrase ReasonOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        _ => Phrase.Of("none"),
    };
}

using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Testing.Telegram;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed class TelegramSendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<TelegramFault, Type> Endings { get; } = new()
    {
        { new TelegramFault.Error(400, "Bad Request: chat not found"), typeof(SendOutcome.Rejected) },
        { new TelegramFault.Error(403, "Forbidden: bot was blocked by the user"), typeof(SendOutcome.Rejected) },
        { new TelegramFault.Error(403, "Forbidden: user is deactivated"), typeof(SendOutcome.Rejected) },
        { new TelegramFault.Error(401, "Unauthorized"), typeof(SendOutcome.RetryAfter) },
        { new TelegramFault.Error(500, "Internal Server Error"), typeof(SendOutcome.RetryAfter) },
        { new TelegramFault.Page(502), typeof(SendOutcome.RetryAfter) },
        { new TelegramFault.Page(504), typeof(SendOutcome.Uncertain) },
        { new TelegramFault.Page(200), typeof(SendOutcome.Uncertain) },
        { new TelegramFault.Cut(AfterEffect: false), typeof(SendOutcome.Uncertain) },
        { new TelegramFault.Cut(AfterEffect: true), typeof(SendOutcome.Uncertain) },
    };

    [Theory]
    [MemberData(nameof(Endings), DisableDiscoveryEnumeration = true)]
    public async Task Each_failure_has_its_outcome_in_words_without_the_token(TelegramFault fault, Type outcome)
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Fail("sendMessage", fault);

        var ended = await SendAsync(rig, 5001, "x");

        Assert.IsType(outcome, ended);
        Assert.DoesNotContain(rig.Emulator.Token, ended.ToString(), StringComparison.Ordinal);
        Assert.Single(rig.Emulator.Calls, c => c.Method == "sendMessage");
    }

    [Fact]
    public async Task Silence_after_the_request_left_is_uncertain()
    {
        await using var rig = await TelegramRig.NewAsync(configure: o => o.CallTimeout = TimeSpan.FromSeconds(1));
        rig.Emulator.Fail("sendMessage", new TelegramFault.Silence());

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, 5001, "x"));
        Assert.Single(rig.Emulator.SaidBy(5001));
    }

    [Fact]
    public async Task Nobody_listening_means_nothing_was_shown()
    {
        await using var rig = await TelegramRig.NewAsync();
        var deaf = rig.Connection with { Settings = new([new("token", rig.Emulator.Token), new("apiBaseUrl", "http://127.0.0.1:9")]) };

        Assert.IsType<SendOutcome.RetryAfter>(await rig.Channel.Open(deaf).SendAsync(Message(rig, 5001, new MessageBody("x")), Cancel));
    }

    [Fact]
    public async Task A_second_chat_within_the_pause_means_the_whole_bot_must_wait()
    {
        var time = new FakeTimeProvider();
        await using var rig = await TelegramRig.NewAsync(time: time);
        await using var session = rig.Channel.Open(rig.Connection);
        rig.Emulator.Fail("sendMessage", TelegramFault.TooMany(30), TelegramFault.TooMany(30), TelegramFault.TooMany(5));

        Assert.Equal(PauseScope.Chat, await ScopeAsync(5001));
        Assert.Equal(PauseScope.Connection, await ScopeAsync(5002));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(PauseScope.Chat, await ScopeAsync(5001));

        async Task<PauseScope> ScopeAsync(long chat)
            => Assert.IsType<SendOutcome.RetryAfter>(await session.SendAsync(Message(rig, chat, new MessageBody("x")), Cancel)).Scope;
    }

    [Fact]
    public async Task Entities_telegram_does_not_take_are_left_out_once()
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Fail("sendMessage", new TelegramFault.Error(400, "Bad Request: can't parse entities: unsupported start tag"));

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, 5001, "**x**"));

        var shown = Assert.Single(rig.Emulator.SaidBy(5001));
        Assert.Equal(("**x**", null), (shown.Text, shown.Entities));
    }

    [Fact]
    public async Task A_group_that_became_a_supergroup_is_written_to_at_its_new_id()
    {
        await using var rig = await TelegramRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        rig.Emulator.Fail("sendMessage", new TelegramFault.Error(400, "Bad Request: group chat was upgraded to a supergroup chat", MigrateToChatId: -1000000000077));

        await session.SendAsync(Message(rig, -77, new MessageBody("one")), Cancel);
        var second = await session.SendAsync(Message(rig, -77, new MessageBody("two")), Cancel);

        Assert.Equal(["one", "two"], rig.Emulator.SaidBy(-1000000000077).Select(m => m.Text));
        Assert.Equal(new SendOutcome.Delivered("-1000000000077:2"), second);
    }

    [Fact]
    public async Task A_reply_names_its_message_and_topic()
    {
        await using var rig = await TelegramRig.NewAsync();
        var asked = rig.Emulator.SayInGroup(-1000000000077, 5001, "@assistant_bot?");

        await rig.Channel.Open(rig.Connection).SendAsync(
            Message(rig, -1000000000077, new MessageBody("yes")) with { Chat = new ExternalChat("-1000000000077", "7", true), ReplyToExternalId = $"-1000000000077:{asked}" }, Cancel);

        var shown = Assert.Single(rig.Emulator.SaidBy(-1000000000077));
        Assert.Equal((7, asked), (shown.Thread, shown.ReplyTo));
    }

    [Fact]
    public async Task Direct_messages_to_a_channel_are_answered_in_their_topic()
    {
        await using var rig = await TelegramRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var chat = new ExternalChat("-1000000000077", "direct/5000000002", true);

        await session.SendAsync(Message(rig, -1000000000077, new MessageBody("yes")) with { Chat = chat }, Cancel);
        await ((ITypingIndicator)session).ShowTypingAsync(chat, Cancel);

        var call = Assert.Single(rig.Emulator.Calls);
        Assert.Equal(("sendMessage", 5000000002L, null), (call.Method, (long?)call.Parameters["direct_messages_topic_id"], (int?)call.Parameters["message_thread_id"]));
    }

    [Theory]
    [InlineData(5001, 1)]
    [InlineData(-1000000000077, 0)]
    public async Task A_topic_that_is_gone_keeps_no_answer_from_a_private_chat(long chat, int shown)
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Fail("sendMessage", new TelegramFault.Error(400, "Bad Request: message thread not found"));

        await rig.Channel.Open(rig.Connection).SendAsync(
            Message(rig, chat, new MessageBody("yes")) with { Chat = new ExternalChat($"{chat}", "7", chat < 0) }, Cancel);

        Assert.Equal(shown, rig.Emulator.SaidBy(chat).Count(message => message.Thread is null));
    }

    [Fact]
    public async Task An_api_address_with_a_path_is_refused()
    {
        await using var rig = await TelegramRig.NewAsync();
        SettingValues settings = new([new("token", rig.Emulator.Token), new("apiBaseUrl", $"{rig.Emulator.BaseUrl}/telegram/")]);

        var fault = Record.Exception(() => rig.Channel.Open(rig.Connection with { Settings = settings }));
        var test = await rig.Channel.TestAsync(settings, Cancel);

        Assert.Equal(Phrase.Of("telegram.address-with-path"), Assert.IsType<PhrasedException>(fault).Reason);
        Assert.Equal(Phrase.Of("telegram.address-with-path"), Assert.Single(test.Checks).Detail);
        Assert.Empty(rig.Emulator.Calls);
    }

    [Theory]
    [InlineData("7000/", true)]
    [InlineData("", true)]
    [InlineData("222/", false)]
    public async Task A_reply_does_not_name_another_bots_message(string bot, bool named)
    {
        await using var rig = await TelegramRig.NewAsync();
        var asked = rig.Emulator.Say(5001, "?");

        await rig.Channel.Open(rig.Connection).SendAsync(Message(rig, 5001, new MessageBody("yes")) with { ReplyToExternalId = $"{bot}5001:{asked}" }, Cancel);

        Assert.Equal(named ? asked : (int?)null, Assert.Single(rig.Emulator.SaidBy(5001)).ReplyTo);
    }

    [Fact]
    public async Task A_missing_original_does_not_stop_a_reply()
    {
        await using var rig = await TelegramRig.NewAsync();

        var outcome = await rig.Channel.Open(rig.Connection).SendAsync(
            Message(rig, 5001, new MessageBody("yes")) with { ReplyToExternalId = "5001:999" }, Cancel);

        Assert.IsType<SendOutcome.Delivered>(outcome);
    }

    [Fact]
    public async Task A_token_that_is_none_keeps_messages_waiting_and_says_why()
    {
        await using var rig = await TelegramRig.NewAsync();
        var session = rig.Channel.Open(rig.Connection with { Settings = new([new("token", "oops")]) });

        var outcome = Assert.IsType<SendOutcome.RetryAfter>(await session.SendAsync(Message(rig, 5001, new MessageBody("x")), Cancel));

        Assert.Equal(Phrase.Of("telegram.no-token-form"), outcome.Reason);
        Assert.Equal(outcome.Reason, (await Assert.ThrowsAsync<PhrasedException>(() => session.RunAsync(rig.Host, Cancel))).Reason);
    }

    private static Task<SendOutcome> SendAsync(TelegramRig rig, long chat, string markdown)
        => rig.Channel.Open(rig.Connection).SendAsync(Message(rig, chat, new MessageBody(markdown)), Cancel);

    private static OutboundMessage Message(TelegramRig rig, long chat, MessageBody body)
        => new(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat($"{chat}"), body, null, 1, false);
}

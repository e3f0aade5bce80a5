using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Discord;
using Assistant.Testing.Discord;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Discord;

public sealed class DiscordSendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(403, 50001, typeof(SendOutcome.Rejected), "discord.no-rights")]
    [InlineData(403, 50013, typeof(SendOutcome.Rejected), "discord.no-rights")]
    [InlineData(403, 50007, typeof(SendOutcome.Rejected), "discord.direct-closed")]
    [InlineData(403, 50278, typeof(SendOutcome.Rejected), "discord.direct-closed")]
    [InlineData(404, 10003, typeof(SendOutcome.Rejected), "discord.channel-gone")]
    [InlineData(400, 160005, typeof(SendOutcome.Rejected), "discord.thread-closed")]
    [InlineData(400, 50035, typeof(SendOutcome.Rejected), "channel.refuses")]
    [InlineData(401, 0, typeof(SendOutcome.RetryAfter), "channel.sign-in-refused")]
    [InlineData(502, 0, typeof(SendOutcome.RetryAfter), "channel.own-fault")]
    [InlineData(504, 0, typeof(SendOutcome.Uncertain), "channel.own-fault")]
    public async Task Each_refusal_is_told_in_words(int status, int code, Type outcome, string phrase)
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.Fail("post", new DiscordFault.Refusal(status, code, "No"));

        var ended = await SendAsync(rig, new MessageBody("x"));

        Assert.IsType(outcome, ended);
        Assert.Equal(phrase, ReasonOf(ended).FirstCode);
    }

    [Theory]
    [InlineData(200, "", typeof(SendOutcome.Uncertain))]
    [InlineData(200, "[]", typeof(SendOutcome.Uncertain))]
    [InlineData(200, "{\"id\":7}", typeof(SendOutcome.Uncertain))]
    [InlineData(400, "<html>", typeof(SendOutcome.Rejected))]
    public async Task An_answer_that_cannot_be_read_is_an_answer(int status, string body, Type outcome)
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.Fail("post", new DiscordFault.Answer(status, body));

        Assert.IsType(outcome, await SendAsync(rig, new MessageBody("x")));
    }

    [Theory]
    [InlineData(false, PauseScope.Chat)]
    [InlineData(true, PauseScope.Connection)]
    public async Task A_pause_reaches_as_far_as_discord_says(bool isGlobal, PauseScope scope)
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.Fail("post", new DiscordFault.Flood(1.337, isGlobal));

        var later = Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, new MessageBody("x")));

        Assert.Equal((TimeSpan.FromSeconds(1.337), scope), (later.Delay, later.Scope));
    }

    [Fact]
    public async Task A_file_has_the_time_of_a_file()
    {
        await using var rig = await DiscordRig.NewAsync(new CallOptions { CallTimeout = TimeSpan.FromSeconds(0.5), FileTimeout = TimeSpan.FromSeconds(10) });
        await using var session = rig.Channel.Open(rig.Connection);
        rig.Emulator.Fail("post", new DiscordFault.Late(TimeSpan.FromSeconds(1.5)));
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody(""), null, 1, false);

        var sent = await ((IFileSender)session).SendFileAsync(
            message, new OutboundFile("file", "a.txt", "text/plain", 3, _ => Task.FromResult<Stream>(new MemoryStream([1, 2, 3]))), Cancel);

        Assert.IsType<SendOutcome.Delivered>(sent);
        Assert.Equal(["post"], rig.Emulator.Calls);
    }

    [Fact]
    public async Task A_message_that_is_tried_again_is_shown_once_under_its_first_id()
    {
        await using var rig = await DiscordRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var message = Message(rig, new MessageBody("once"));
        rig.LoseNextAnswer();
        Assert.IsType<SendOutcome.Uncertain>(await session.SendAsync(message, Cancel));

        var again = Assert.IsType<SendOutcome.Delivered>(await session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));

        Assert.Equal(Assert.Single(rig.Emulator.Shown).Id, again.ExternalId);
    }

    [Fact]
    public async Task A_file_that_is_tried_again_is_shown_once()
    {
        await using var rig = await DiscordRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var (message, file) = (Message(rig, new MessageBody("")), new OutboundFile("file", "a.txt", "text/plain", 1, _ => Task.FromResult<Stream>(new MemoryStream([1]))));
        rig.LoseNextFileAnswer();
        Assert.IsType<SendOutcome.Uncertain>(await ((IFileSender)session).SendFileAsync(message, file, Cancel));

        Assert.IsType<SendOutcome.Delivered>(await ((IFileSender)session).SendFileAsync(message with { Attempt = 2, MayRepeat = true }, file, Cancel));

        Assert.Equal("a.txt", Assert.Single(rig.FilesShownTo(5001)).Name);
    }

    [Fact]
    public async Task Many_messages_to_a_channel_keep_to_its_limit()
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.ChannelLimit = (3, TimeSpan.FromMilliseconds(300));
        await using var session = rig.Channel.Open(rig.Connection);

        for (var i = 0; i < 10; i++)
        {
            Assert.IsType<SendOutcome.Delivered>(await session.SendAsync(Message(rig, new MessageBody($"{i}")), Cancel));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), rig.Emulator.Shown.Select(shown => shown.Text));
        Assert.Equal(0, rig.Emulator.Floods);
    }

    [Fact]
    public async Task A_long_pause_is_given_back_and_not_waited_for()
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.ChannelLimit = (1, TimeSpan.FromMinutes(5));
        await using var session = rig.Channel.Open(rig.Connection);
        await session.SendAsync(Message(rig, new MessageBody("one")), Cancel);

        var later = Assert.IsType<SendOutcome.RetryAfter>(await session.SendAsync(Message(rig, new MessageBody("two")), Cancel));

        Assert.True(later.Delay > TimeSpan.FromMinutes(4));
        Assert.Equal(PauseScope.Chat, later.Scope);
        Assert.IsType<SendOutcome.Delivered>(await session.SendAsync(Message(rig, new MessageBody("three")) with { Chat = rig.ChatOf(5002) }, Cancel));
    }

    [Fact]
    public async Task An_answer_on_a_server_names_what_it_answers_and_pings_nobody()
    {
        await using var rig = await DiscordRig.NewAsync();

        await SendAsync(rig, new MessageBody("@everyone <@123>"), message => message with { Chat = new ExternalChat(DiscordEmulator.Group, IsGroup: true), ReplyToExternalId = "1400" });

        var post = Assert.Single(rig.Emulator.Shown).Post;
        Assert.Empty(post["allowed_mentions"]!["parse"]!.AsArray());
        Assert.Equal(("1400", false), ((string?)post["message_reference"]!["message_id"], (bool)post["message_reference"]!["fail_if_not_exists"]!));
        Assert.Equal(4, (int)post["flags"]!);
        Assert.True((bool)post["enforce_nonce"]!);
    }

    [Fact]
    public async Task Buttons_stand_in_rows_of_five()
    {
        await using var rig = await DiscordRig.NewAsync();
        var label = new string('长', 78) + "👍🏽 and more";
        var buttons = Enumerable.Range(0, 30).Select(i => new MessageButton(i == 0 ? label : $"b{i}", "same")).ToList();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody("**Which?**", buttons)));

        var shown = Assert.Single(rig.Emulator.Shown);
        Assert.Equal(5, shown.Post["components"]!.AsArray().Count);
        Assert.Equal(25, shown.Buttons.Count);
        Assert.Equal(new string('长', 78) + "…", (string?)shown.Buttons[0]["label"]);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    [InlineData("1/../2")]
    public async Task A_chat_that_is_none_of_discords_is_refused_here(string chat)
    {
        await using var rig = await DiscordRig.NewAsync();

        Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, new MessageBody("x"), message => message with { Chat = new ExternalChat(chat) }));
        Assert.Empty(rig.Emulator.Calls);
    }

    [Fact]
    public async Task A_file_is_asked_for_anew_when_it_is_opened()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        var sent = rig.Emulator.SendFile(5001, [1, 2, 3]);
        var attachment = Assert.Single(((InboundContent.Said)(await rig.Gateway.WaitAsync(1, Cancel))[0].Content).Attachments);
        var reader = (IAttachmentReader)rig.Session;

        // The address is another one meanwhile, and not Discord's.
        sent["attachments"]![0]!["url"] = "https://elsewhere.test/a";
        var elsewhere = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => reader.OpenAsync(attachment, Cancel));
        rig.Emulator.Fail("message", new DiscordFault.Answer(500, ""));
        var later = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => reader.OpenAsync(attachment, Cancel));
        var gone = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => reader.OpenAsync(attachment with { Reference = "1/2/3" }, Cancel));

        Assert.Equal((AttachmentFault.Final, AttachmentFault.Passing, AttachmentFault.Final), (elsewhere.Fault, later.Fault, gone.Fault));
    }

    [Theory]
    [InlineData("https://cdn.discordapp.com/a", true)]
    [InlineData("https://media.discordapp.net/a", true)]
    [InlineData("https://cdn.discordapp.com.elsewhere.test/a", false)]
    [InlineData("https://cdn.discordapp.com:8443/a", false)]
    [InlineData("http://cdn.discordapp.com/a", false)]
    public void Discords_files_are_known(string address, bool isOwn) => Assert.Equal(isOwn, DiscordSettings.Read(SettingValues.Empty).IsOwnFile(new Uri(address)));

    [Theory]
    [InlineData("wss://gateway.discord.gg", true)]
    [InlineData("wss://gateway-us-east1-b.discord.gg/?v=10", true)]
    [InlineData("ws://gateway.discord.gg", false)]
    [InlineData("wss://discord.gg.elsewhere.test", false)]
    [InlineData("https://gateway.discord.gg", false)]
    public void Discords_gateways_are_known(string address, bool isOwn) => Assert.Equal(isOwn, DiscordSettings.Read(SettingValues.Empty).IsOwnSocket(new Uri(address)));

    [Fact]
    public async Task A_test_tells_of_a_wrong_key_and_of_a_missing_intent()
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.AllowsMessageContent = false;
        rig.Emulator.VerifyKey = new string('0', 64);

        var test = await rig.Channel.TestAsync(rig.Connection.Settings, Cancel);

        Assert.Equal(["channel.signed-in", "discord.intent-missing", "discord.key-wrong"], test.Checks.Select(check => check.Detail.FirstCode));
        Assert.Equal(0, rig.Emulator.Identifies);
        Assert.DoesNotContain("command", rig.Emulator.Calls);
    }

    [Fact]
    public void The_channel_comes_with_its_registration()
        => Assert.Equal("discord", Assert.Single(Services([]).GetServices<IChannel>()).Manifest.Type);

    [Fact]
    public void Wrong_options_stop_the_start() => Assert.Throws<OptionsValidationException>(
        () => Services([new($"{DiscordOptions.Section}:MaxDirectChats", "0")]).GetRequiredService<IOptions<DiscordOptions>>().Value);

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDiscord()
            .BuildServiceProvider();

    private static OutboundMessage Message(DiscordRig rig, MessageBody body) => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), body, null, 1, false);

    private static async Task<SendOutcome> SendAsync(DiscordRig rig, MessageBody body, Func<OutboundMessage, OutboundMessage>? change = null)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        var message = Message(rig, body);
        return await session.SendAsync(change?.Invoke(message) ?? message, Cancel);
    }

    private static Assistant.Domain.Wording.Phrase ReasonOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        _ => throw new InvalidOperationException($"{outcome}"),
    };
}

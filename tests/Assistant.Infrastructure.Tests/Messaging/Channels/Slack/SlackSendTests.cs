using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Slack;
using Assistant.Testing.Slack;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Slack;

public sealed class SlackSendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("invalid_auth", typeof(SendOutcome.RetryAfter), "channel.sign-in-refused", PauseScope.Connection)]
    [InlineData("token_revoked", typeof(SendOutcome.RetryAfter), "channel.sign-in-refused", PauseScope.Connection)]
    [InlineData("account_inactive", typeof(SendOutcome.RetryAfter), "channel.sign-in-refused", PauseScope.Connection)]
    [InlineData("missing_scope", typeof(SendOutcome.RetryAfter), "slack.missing-scope", PauseScope.Connection)]
    [InlineData("not_allowed_token_type", typeof(SendOutcome.RetryAfter), "slack.wrong-token", PauseScope.Connection)]
    [InlineData("team_access_not_granted", typeof(SendOutcome.RetryAfter), "slack.workspace-forbids", PauseScope.Connection)]
    [InlineData("ratelimited", typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Chat)]
    [InlineData("service_unavailable", typeof(SendOutcome.RetryAfter), "slack.own-fault", PauseScope.Chat)]
    [InlineData("internal_error", typeof(SendOutcome.Uncertain), "slack.own-fault", null)]
    [InlineData("fatal_error", typeof(SendOutcome.Uncertain), "slack.own-fault", null)]
    [InlineData("channel_not_found", typeof(SendOutcome.Rejected), "slack.chat-unknown", null)]
    [InlineData("not_in_channel", typeof(SendOutcome.Rejected), "slack.not-in-channel", null)]
    [InlineData("is_archived", typeof(SendOutcome.Rejected), "slack.archived", null)]
    [InlineData("restricted_action", typeof(SendOutcome.Rejected), "slack.no-rights", null)]
    [InlineData("cannot_reply_to_message", typeof(SendOutcome.Rejected), "slack.thread-gone", null)]
    [InlineData("messages_tab_disabled", typeof(SendOutcome.Rejected), "slack.direct-closed", null)]
    [InlineData("msg_too_long", typeof(SendOutcome.Rejected), "slack.too-long", null)]
    [InlineData("something_new", typeof(SendOutcome.Rejected), "channel.refuses", null)]
    [InlineData("<b>page</b> xoxb-1", typeof(SendOutcome.Rejected), "channel.refuses", null)]
    public async Task Each_refusal_is_told_in_words(string error, Type outcome, string code, PauseScope? scope)
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Fail("chat.postMessage", new SlackFault.Error(error, "chat:write"));

        var ended = await SendAsync(rig, new MessageBody("x"));

        Assert.IsType(outcome, ended);
        Assert.Equal(code, ReasonOf(ended).FirstCode);
        Assert.Equal(scope, (ended as SendOutcome.RetryAfter)?.Scope);
        Assert.DoesNotContain("xoxb", $"{ended}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"ok\":true}")]
    [InlineData("{\"ok\":\"yes\"}")]
    public async Task An_answer_that_cannot_be_read_leaves_it_open_whether_it_was_shown(string answer)
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Fail("chat.postMessage", new SlackFault.Answer(answer));

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, new MessageBody("x")));
    }

    [Fact]
    public async Task A_flood_limit_is_the_channels()
    {
        await using var rig = await SlackRig.NewAsync();
        rig.FloodNextSend(30);

        Assert.Equal((TimeSpan.FromSeconds(30), PauseScope.Chat), await SendAsync(rig, new MessageBody("x")) is SendOutcome.RetryAfter later ? (later.Delay, later.Scope) : default);
    }

    [Fact]
    public async Task A_reply_goes_into_its_thread_and_shows_no_previews()
    {
        await using var rig = await SlackRig.NewAsync();

        await SendAsync(rig, new MessageBody("<https://example.test>"), new ExternalChat("C100", "1767225500.000001", IsGroup: true));

        var post = Assert.Single(rig.Emulator.Shown).Post;
        Assert.Equal("1767225500.000001", (string?)post["thread_ts"]);
        Assert.False((bool)post["unfurl_links"]!);
        Assert.False((bool)post["unfurl_media"]!);
        Assert.Null(post["blocks"]);
    }

    [Fact]
    public async Task Buttons_stand_in_rows_of_what_slack_takes()
    {
        await using var rig = await SlackRig.NewAsync();
        var label = new string('长', 73) + "👍🏽 and more";
        var buttons = Enumerable.Range(0, 30).Select(i => new MessageButton(i == 0 ? label : $"b{i}", $"data:{i}")).ToList();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody("**Which?**", buttons)));

        var shown = Assert.Single(rig.Emulator.Shown);
        Assert.Equal(["section", "actions", "actions"], shown.Post["blocks"]!.AsArray().Select(block => (string?)block!["type"]));
        Assert.Equal(buttons.Select(b => b.Data), shown.Buttons.Select(b => (string?)b["value"]));
        Assert.Equal(new string('长', 73) + "…", (string?)shown.Buttons[0]["text"]!["text"]);
        Assert.Equal("*Which?*", shown.Text);
        Assert.True((bool?)shown.Post["blocks"]![0]!["text"]!["verbatim"]);
        Assert.Null(shown.Post["blocks"]![1]!["elements"]![0]!["text"]!["verbatim"]);
    }

    [Fact]
    public async Task Buttons_hang_below_a_text_that_escapes_have_made_too_long_for_a_section()
    {
        await using var rig = await SlackRig.NewAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody(new string('&', 2_000), [new("Yes", "yes")])));

        var shown = Assert.Single(rig.Emulator.Shown);
        Assert.Equal((2_000 * 5, "yes"), (shown.Text.Length, (string?)Assert.Single(shown.Buttons)["value"]));
    }

    [Theory]
    [InlineData("https://elsewhere.test/F1")]
    [InlineData("https://slack.com.elsewhere.test/F1")]
    [InlineData("https://files.slack.com:8443/F1")]
    [InlineData("http://files.slack.com/F1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("F1")]
    public async Task The_token_goes_nowhere_but_to_slack(string reference)
    {
        await using var rig = await SlackRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        var fault = await Assert.ThrowsAsync<AttachmentUnavailableException>(
            () => ((IAttachmentReader)session).OpenAsync(new Attachment("file", reference), Cancel));

        Assert.Equal(AttachmentFault.Final, fault.Fault);
    }

    [Theory]
    [InlineData("https://files.slack.com/a", false, true)]
    [InlineData("https://slack.com/a", false, true)]
    [InlineData("https://files.slack-gov.com/a", false, true)]
    [InlineData("wss://wss-primary.slack.com/link", true, true)]
    [InlineData("ws://wss-primary.slack.com/link", true, false)]
    [InlineData("wss://notslack.com/link", true, false)]
    [InlineData("https://files.slack.com/a", true, false)]
    public void Slacks_hosts_are_known(string address, bool isSocket, bool isOwn)
        => Assert.Equal(isOwn, SlackSettings.Read(SettingValues.Empty).IsOwnAddress(new Uri(address), isSocket));

    [Theory]
    [InlineData("socket", "appToken")]
    [InlineData("webhook", "signingSecret")]
    public async Task What_the_way_in_needs_is_asked_for(string mode, string key)
    {
        await using var rig = await SlackRig.NewAsync();

        var test = await rig.Channel.TestAsync(rig.Settings(KeyValuePair.Create("mode", mode), KeyValuePair.Create(key, "")), Cancel);

        Assert.Equal("channel.settings-missing", Assert.Single(test.Checks).Detail.FirstCode);
        Assert.Empty(rig.Emulator.Calls);
    }

    [Fact]
    public async Task A_test_tries_the_app_level_token_too()
    {
        await using var rig = await SlackRig.NewAsync();

        var test = await rig.Channel.TestAsync(rig.Settings(KeyValuePair.Create("appToken", rig.Emulator.BotToken)), Cancel);

        Assert.Equal([true, false, true], test.Checks.Select(check => check.IsPassed));
        Assert.Equal("slack.wrong-token", test.Checks[1].Detail.FirstCode);
        Assert.Equal(0, rig.Emulator.OpenSockets);
    }

    [Fact]
    public void The_channel_comes_with_its_registration()
        => Assert.Equal("slack", Assert.Single(Services([]).GetServices<IChannel>()).Manifest.Type);

    [Fact]
    public void Wrong_options_stop_the_start() => Assert.Throws<OptionsValidationException>(
        () => Services([new($"{SlackOptions.Section}:NamePatience", "00:00:09")]).GetRequiredService<IOptions<SlackOptions>>().Value);

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSlack()
            .BuildServiceProvider();

    private static async Task<SendOutcome> SendAsync(SlackRig rig, MessageBody body, ExternalChat? chat = null)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        return await session.SendAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, chat ?? rig.ChatOf(5001), body, null, 1, false), Cancel);
    }

    private static Assistant.Domain.Wording.Phrase ReasonOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        _ => throw new InvalidOperationException($"{outcome}"),
    };
}

using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Mattermost;
using Assistant.Testing.Mattermost;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mattermost;

public sealed class MattermostSocketTests : IAsyncDisposable
{
    private const int Ann = 5001;
    private static readonly string AnnsChat = MattermostEmulator.ChatOf(Ann);
    private static readonly string Huge = new('x', 5_000_000);
    private static readonly string AnnsUser = MattermostEmulator.UserOf(Ann);

    private readonly CallbackHouse _house = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task A_gap_in_the_numbers_is_filled_from_the_server()
    {
        await using var rig = await MattermostRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsChat, AnnsUser, "one");
        await rig.Gateway.WaitAsync(1, Cancel);

        rig.Emulator.LoseEvents(2);
        rig.Emulator.Say(AnnsChat, AnnsUser, "two");
        rig.Emulator.Say(MattermostEmulator.Group, AnnsUser, "elsewhere");
        rig.Emulator.Say(AnnsChat, AnnsUser, "three");

        var stored = await rig.Gateway.WaitAsync(4, Cancel);
        Assert.Equal(["one", "two", "three"], stored.Where(m => m.Chat.ExternalId == AnnsChat).Select(Text));
        Assert.Contains(stored, m => m.Chat is { ExternalId: MattermostEmulator.Group, Title: "Town Square", IsGroup: true });
    }

    [Fact]
    public async Task What_is_posted_during_the_catch_up_is_not_lost_with_the_line()
    {
        await using var rig = await MattermostRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsChat, AnnsUser, "before");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();

        // The first channel is read already, the last is about to be.
        rig.Emulator.Meanwhile = ($"GET channels/{MattermostEmulator.Group}/posts", SayMore);
        await rig.StartAsync(Cancel);
        Assert.IsType<PhrasedException>(await rig.WaitForEndAsync());
        await rig.StartAsync(Cancel);

        Assert.Equal(["before", "into the first", "into the last"], (await rig.Gateway.WaitAsync(3, Cancel)).Select(Text).Order(StringComparer.Ordinal));

        void SayMore()
        {
            rig.Emulator.BreakSockets();
            rig.Emulator.Say(AnnsChat, AnnsUser, "into the first");
            rig.Emulator.Pass(TimeSpan.FromHours(1));
            rig.Emulator.Say(MattermostEmulator.Group, AnnsUser, "into the last");
        }
    }

    [Fact]
    public async Task What_was_not_stored_is_not_read_as_far_as_the_server_knows()
    {
        await using var rig = await MattermostRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsChat, AnnsUser, "one");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();
        rig.Host.Cursor = null;
        foreach (var text in (string[])["two", "three", "four"])
        {
            rig.Emulator.Say(AnnsChat, AnnsUser, text);
        }

        rig.Gateway.FailsOn = message => Text(message) == "two";
        await rig.StartAsync(Cancel);
        Assert.NotNull(await rig.WaitForEndAsync());
        rig.Gateway.FailsOn = null;
        await rig.StartAsync(Cancel);

        Assert.Equal(["one", "two", "three", "four"], (await rig.Gateway.WaitAsync(4, Cancel)).Select(Text));
    }

    [Fact]
    public async Task What_was_edited_and_taken_back_meanwhile_is_known_after_a_restart()
    {
        await using var rig = await MattermostRig.NewAsync(configure: options => options.Overlap = TimeSpan.Zero);
        await rig.StartAsync(Cancel);
        var edited = rig.Emulator.Say(AnnsChat, AnnsUser, "frist");
        var deleted = rig.Emulator.Say(AnnsChat, AnnsUser, "never mind");
        rig.Emulator.Say(AnnsChat, AnnsUser, "untouched");
        await rig.Gateway.WaitAsync(3, Cancel);
        await rig.StopAsync();

        rig.Emulator.Edit(edited, "first");
        rig.Emulator.Delete(deleted);
        await rig.StartAsync(Cancel);

        var stored = await rig.Gateway.WaitAsync(5, Cancel);
        Assert.Equal((edited, new InboundContent.Edited("first")), (stored[3].ExternalMessageId, (InboundContent.Edited)stored[3].Content));
        Assert.Equal((deleted, true), (stored[4].ExternalMessageId, stored[4].Content is InboundContent.Deleted));
    }

    [Fact]
    public async Task More_than_an_answer_may_hold_is_read_in_pages_and_in_order()
    {
        await using var rig = await MattermostRig.NewAsync(configure: options => options.Overlap = TimeSpan.Zero);
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsChat, AnnsUser, "here");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();

        for (var i = 0; i < 1_000; i++)
        {
            rig.Emulator.Say(MattermostEmulator.Group, AnnsUser, i == 400 ? Huge : $"{i:000} {new string('x', 5_000)}");
        }

        rig.Emulator.Say(AnnsChat, AnnsUser, "hello");
        await rig.StartAsync(Cancel);
        await rig.Gateway.WaitAsync(1_001, Cancel);
        rig.Emulator.Say(AnnsChat, AnnsUser, "now");

        var stored = await rig.Gateway.WaitAsync(1_002, Cancel);
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
        Assert.Equal(["here", "hello", "now"], stored.Where(m => m.Chat.ExternalId == AnnsChat).Select(Text));
        Assert.Equal(
            Enumerable.Range(0, 1_000).Where(i => i != 400).Select(i => $"{i:000}"), stored.Where(m => m.Chat.ExternalId == MattermostEmulator.Group).Select(m => Text(m)[..3]));
    }

    [Fact]
    public async Task Nothing_of_the_past_is_answered_at_the_first_start()
    {
        await using var rig = await MattermostRig.NewAsync();
        rig.Emulator.Say(AnnsChat, AnnsUser, "long ago");

        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsChat, AnnsUser, "now");

        Assert.Equal(["now"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_line_that_breaks_rises()
    {
        await using var rig = await MattermostRig.NewAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.BreakSockets();

        Assert.Equal("channel.broke-off", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task A_thread_is_a_conversation_and_one_of_ours_is_meant_for_us()
    {
        await using var rig = await MattermostRig.NewAsync();
        await rig.StartAsync(Cancel);
        var root = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody("I begin"), new ExternalChat(MattermostEmulator.Group))).ExternalId;

        rig.Emulator.Say(MattermostEmulator.Group, AnnsUser, "I answer", post => post["root_id"] = root);
        rig.Emulator.Say(MattermostEmulator.Group, AnnsUser, "to nobody");

        var stored = await rig.Gateway.WaitAsync(2, Cancel);
        Assert.Equal([(root, true), (null, false)], stored.Select(m => ((string?)m.Chat.ThreadId, m.IsAddressed)));
        await SendAsync(rig, new MessageBody("in it"), stored[0].Chat);
        Assert.Equal(root, (string?)rig.Emulator.Shown(MattermostEmulator.Group)[^1]["root_id"]);
    }

    [Fact]
    public async Task A_sender_has_name_and_language()
    {
        await using var rig = await MattermostRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Fail("users", new MattermostFault.Answer(500, ""));
        rig.Emulator.Say(AnnsChat, AnnsUser, "one");
        rig.Emulator.Say(AnnsChat, AnnsUser, "two");

        Assert.Equal([ExternalSender.Named(AnnsUser, null, AnnsUser), new(AnnsUser, "Person 5001", "zh-CN")], (await rig.Gateway.WaitAsync(2, Cancel)).Select(m => m.Sender));
    }

    [Theory]
    [InlineData("channel_id", "dother")]
    [InlineData("channel_id", "d5002")]
    [InlineData("context.data", "no")]
    [InlineData("context.label", "No")]
    [InlineData("context.thread", "p1")]
    [InlineData("context.proof", "")]
    [InlineData("context.proof", "00")]
    public async Task A_press_that_is_not_of_a_button_of_ours_is_refused(string name, string value)
    {
        await using var rig = await MattermostRig.NewAsync(_house);
        await rig.StartAsync(Cancel);
        await SendAsync(rig, new MessageBody("Approve?", [new("Yes", "yes")]));
        var post = Assert.Single(rig.Emulator.Shown(AnnsChat));

        var status = await rig.Emulator.PressAsync(AnnsUser, post, "Yes", call => (name.Split('.') is [_, var part] ? call["context"]! : call)[name.Split('.')[^1]] = value, Cancel);

        Assert.Equal(401, status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task A_press_is_acknowledged_after_it_is_stored_and_counts_once()
    {
        await using var rig = await MattermostRig.NewAsync(_house);
        await rig.StartAsync(Cancel);
        await SendAsync(rig, new MessageBody("Approve?", [new("Yes 是", "yes:1"), new("No", "no:1")]));
        var post = Assert.Single(rig.Emulator.Shown(AnnsChat));
        rig.Gateway.FailNext();

        Assert.Equal(500, await rig.Emulator.PressAsync(AnnsUser, post, "Yes 是", call => call["trigger_id"] = "t1", Cancel));
        Assert.Equal(200, await rig.Emulator.PressAsync(AnnsUser, post, "Yes 是", call => call["trigger_id"] = "t1", Cancel));
        Assert.Equal(200, await rig.Emulator.PressAsync(AnnsUser, post, "Yes 是", call => call["trigger_id"] = "t1", Cancel));

        Assert.Equal(new InboundContent.Pressed("yes:1", "Yes 是"), Assert.Single(rig.Gateway.Stored).Content);
    }

    [Theory]
    [InlineData("POST", "right", 200, 1)]
    [InlineData("GET", "right", 405, 0)]
    [InlineData("POST", "wrong", 401, 0)]
    public async Task An_outgoing_webhook_is_taken_with_its_token_only(string method, string token, int status, int stored)
    {
        await using var rig = await MattermostRig.NewAsync();
        await using var session = rig.Channel.Open(MattermostRig.ConnectionWith(rig.Settings(KeyValuePair.Create("outgoingToken", "right"))));
        var body = System.Text.Encoding.UTF8.GetBytes($"token={token}&channel_id=cgroup&timestamp=1767225600&user_id=u5001&user_name=ann&post_id=p900&text=hello+there");
        var request = new WebhookRequest(method, new Dictionary<string, string>(), new Dictionary<string, string>(), body);

        var reply = await ((IWebhookReceiver)session).ReceiveAsync(request, rig.Gateway, Cancel);
        await ((IWebhookReceiver)session).ReceiveAsync(request, rig.Gateway, Cancel);

        Assert.Equal((status, stored), (reply.Status, rig.Gateway.Stored.Count));
    }

    [Fact]
    public async Task Without_a_public_address_choices_go_as_numbered_text()
    {
        await using var rig = await MattermostRig.NewAsync();
        await rig.StartAsync(Cancel);

        await SendAsync(rig, new MessageBody("Approve?", [new("Yes", "yes"), new("No", "no")]));

        var post = Assert.Single(rig.Emulator.Shown(AnnsChat));
        Assert.Null(post["props"]!["attachments"]);
        Assert.Contains("1", (string)post["message"]!, StringComparison.Ordinal);
        Assert.Contains("Yes", (string)post["message"]!, StringComparison.Ordinal);
        Assert.True(Assert.IsType<IButtonFallback>(rig.Session, exactMatch: false).NumbersButtons);
    }

    [Fact]
    public async Task With_a_public_address_no_number_answers()
    {
        await using var rig = await MattermostRig.NewAsync(_house);
        await rig.StartAsync(Cancel);

        Assert.False(((IButtonFallback)rig.Session).NumbersButtons);
    }

    [Fact]
    public async Task A_repeat_within_the_servers_memory_is_one_post()
    {
        await using var rig = await MattermostRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody("once"), null, 1, false);
        rig.LoseNextAnswer();
        Assert.IsType<SendOutcome.Uncertain>(await session.SendAsync(message, Cancel));

        Assert.IsType<SendOutcome.Delivered>(await session.SendAsync(message, Cancel));

        Assert.Equal(["once"], rig.ShownTo(Ann));
    }

    [Theory]
    [InlineData("hello @all and @Channel, @here", "hello @\u200Ball and @\u200BChannel, @\u200Bhere")]
    [InlineData("_@all_, (@here)", "_@\u200Ball_, (@\u200Bhere)")]
    [InlineData("@allison **x** | a |", "@allison **x** | a |")]
    [InlineData("kontakt@all.example, kontakt@allianz.example", "kontakt@all.example, kontakt@allianz.example")]
    [InlineData("```java\n@All\n@AllArgsConstructor\n```\n\n@all `@all`", "```java\n@All\n@AllArgsConstructor\n```\n\n@\u200Ball `@all`")]
    [InlineData("` @all\n\n@here `", "` @\u200Ball\n\n@\u200Bhere `")]
    [InlineData("# T\n\n| a | b |\n|---|---|\n| 一 | `2` |", "# T\n\n| a | b |\n|---|---|\n| 一 | `2` |")]
    public void No_text_rings_for_a_whole_channel(string markdown, string written) => Assert.Equal(written, MattermostText.Write(markdown));

    [Fact]
    public void The_longest_text_fits_however_often_it_would_ring()
        => Assert.InRange(MattermostText.Write(string.Concat(Enumerable.Repeat("@all", MattermostText.Limit.Max / 4))).Length, 1, 16_383);

    [Theory]
    [InlineData(403, "api.context.permissions.app_error", typeof(SendOutcome.Rejected), "mattermost.no-rights")]
    [InlineData(404, "app.channel.get.existing.app_error", typeof(SendOutcome.Rejected), "mattermost.chat-unknown")]
    [InlineData(400, "api.post.create_post.root_id.app_error", typeof(SendOutcome.Rejected), "mattermost.thread-gone")]
    [InlineData(400, "api.post.create_post.can_not_post_to_deleted.error", typeof(SendOutcome.Rejected), "mattermost.archived")]
    [InlineData(400, "something.new", typeof(SendOutcome.Rejected), "channel.refuses")]
    [InlineData(400, "api.post.deduplicate_create_post.pending", typeof(SendOutcome.Uncertain), "channel.refuses")]
    [InlineData(401, "api.context.session_expired.app_error", typeof(SendOutcome.RetryAfter), "channel.sign-in-refused")]
    [InlineData(500, "x", typeof(SendOutcome.RetryAfter), "channel.own-fault")]
    public async Task Each_refusal_is_told_in_words(int status, string id, Type outcome, string code)
    {
        await using var rig = await MattermostRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        rig.Emulator.Fail("posts", new MattermostFault.Refusal(status, id));

        var ended = await session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody("x"), null, 1, false), Cancel);

        Assert.IsType(outcome, ended);
        Assert.Contains($"\"{code}\"", ended.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_persons_token_is_told_from_a_bots()
    {
        await using var rig = await MattermostRig.NewAsync();
        rig.Emulator.Fail("users", new MattermostFault.Answer(200, """{"id":"u1","username":"lin","is_bot":false}"""));

        var check = Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks);

        Assert.Equal((false, "mattermost.not-a-bot"), (check.IsPassed, check.Detail.FirstCode));
    }

    [Theory]
    [InlineData("serverUrl")]
    [InlineData("token")]
    public async Task What_is_needed_is_asked_for(string key)
    {
        await using var rig = await MattermostRig.NewAsync();

        var test = await rig.Channel.TestAsync(rig.Settings(KeyValuePair.Create(key, "")), Cancel);

        Assert.Equal("channel.settings-missing", Assert.Single(test.Checks).Detail.FirstCode);
        Assert.Empty(rig.Emulator.Calls);
    }

    [Theory]
    [InlineData("https://chat.test", "wss://chat.test/api/v4/websocket")]
    [InlineData("http://127.0.0.1:8065/", "ws://127.0.0.1:8065/api/v4/websocket")]
    [InlineData("https://chat.test/team-chat", "wss://chat.test/team-chat/api/v4/websocket")]
    public void The_socket_is_at_the_server(string server, string socket) => Assert.Equal(
        new Uri(socket), MattermostSettings.Read(new(new Dictionary<string, string> { ["serverUrl"] = server, ["token"] = "x" })).Socket);

    [Fact]
    public void The_channel_comes_with_its_registration()
        => Assert.Equal("mattermost", Assert.Single(Services([]).GetServices<IChannel>()).Manifest.Type);

    [Fact]
    public void Wrong_options_stop_the_start() => Assert.Throws<OptionsValidationException>(
        () => Services([new($"{MattermostOptions.Section}:Overlap", "01:00:00")]).GetRequiredService<IOptions<MattermostOptions>>().Value);

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddMattermost()
            .BuildServiceProvider();

    private static Task<SendOutcome> SendAsync(MattermostRig rig, MessageBody body, ExternalChat? chat = null)
        => rig.Session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, chat ?? rig.ChatOf(Ann), body, null, 1, false), Cancel);

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;
}

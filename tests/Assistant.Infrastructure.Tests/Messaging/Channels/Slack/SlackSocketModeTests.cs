using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Slack;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Slack;

public sealed class SlackSocketModeTests
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("warning")]
    [InlineData("refresh_requested")]
    [InlineData("too_many_websockets")]
    public async Task The_next_socket_is_open_before_the_old_one_goes(string reason)
    {
        await using var rig = await SlackRig.NewAsync();
        await rig.StartAsync(Cancel);

        await rig.Emulator.AnnounceCloseAsync(reason, Cancel);
        await UntilAsync(() => rig.Emulator.OpenSockets == 2);
        rig.Emulator.Say(Ann, "over the new one");
        await rig.Gateway.WaitAsync(1, Cancel);
        rig.Emulator.BreakOldestSocket();
        await UntilAsync(() => rig.Emulator.OpenSockets == 1);
        rig.Emulator.Say(Ann, "still here");

        Assert.Equal(["over the new one", "still here"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(m => ((InboundContent.Said)m.Content).Text));
        Assert.False(rig.HasEnded);
    }

    [Fact]
    public async Task The_old_socket_is_listened_to_until_the_next_one_is_granted()
    {
        await using var rig = await SlackRig.NewAsync(options => options.ReopenPause = TimeSpan.FromMilliseconds(100));
        await rig.StartAsync(Cancel);
        rig.Emulator.Fail("apps.connections.open", new SlackFault.Answer("""{"ok":false,"error":"internal_error"}"""));
        rig.Emulator.Fail("apps.connections.open", new SlackFault.Answer("""{"ok":false,"error":"internal_error"}"""));

        await rig.Emulator.AnnounceCloseAsync("warning", Cancel);
        rig.Emulator.Say(Ann, "meanwhile");
        await UntilAsync(() => rig.Emulator.OpenSockets == 2);
        rig.Emulator.BreakOldestSocket();
        await UntilAsync(() => rig.Emulator.OpenSockets == 1);
        rig.Emulator.Say(Ann, "still here");

        Assert.Equal(["meanwhile", "still here"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(m => ((InboundContent.Said)m.Content).Text));
        Assert.False(rig.HasEnded);
    }

    [Fact]
    public async Task What_comes_over_both_sockets_is_one_message()
    {
        await using var rig = await SlackRig.NewAsync();
        await rig.StartAsync(Cancel);
        await rig.Emulator.AnnounceCloseAsync("warning", Cancel);
        await UntilAsync(() => rig.Emulator.OpenSockets == 2);
        rig.Emulator.Say(Ann, "once");
        await rig.Gateway.WaitAsync(1, Cancel);

        await rig.Emulator.TellLastOnAllAsync(Cancel);

        Assert.True(rig.Gateway.Offered.Count >= 3);
        Assert.Single(rig.Gateway.Stored);
    }

    [Fact]
    public async Task The_old_socket_is_let_go_after_a_while()
    {
        await using var rig = await SlackRig.NewAsync(options => options.DrainTime = TimeSpan.FromMilliseconds(100));
        await rig.StartAsync(Cancel);

        await rig.Emulator.AnnounceCloseAsync("warning", Cancel);
        await UntilAsync(() => rig.Emulator.Calls.Count(call => call == "apps.connections.open") == 2 && rig.Emulator.OpenSockets == 1);
        rig.Emulator.Say(Ann, "still here");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
    }

    [Fact]
    public async Task A_socket_that_breaks_unannounced_rises()
    {
        await using var rig = await SlackRig.NewAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.BreakOldestSocket();

        Assert.Equal("channel.broke-off", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task Socket_mode_that_is_switched_off_is_said_so()
    {
        await using var rig = await SlackRig.NewAsync();
        await rig.StartAsync(Cancel);

        await rig.Emulator.AnnounceCloseAsync("link_disabled", Cancel);

        Assert.Equal("slack.socket-off", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task A_token_that_is_taken_back_ends_the_session_though_the_socket_is_open()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await SlackRig.NewAsync(time: time);
        await rig.StartAsync(Cancel);

        rig.Emulator.RevokeToken();
        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(5));
            return rig.HasEnded;
        });

        Assert.Equal("channel.sign-in-refused", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task A_socket_leads_to_slack_only()
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Fail("apps.connections.open", new SlackFault.Answer("""{"ok":true,"url":"wss://elsewhere.test/link"}"""));

        await rig.StartAsync(Cancel);

        Assert.Equal("channel.forbidden-address", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task Names_are_asked_once_and_never_waited_for_long()
    {
        await using var rig = await SlackRig.NewAsync(options => options.NamePatience = TimeSpan.FromMilliseconds(200));
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "one");
        rig.Emulator.Say(Ann, "two");
        await rig.Gateway.WaitAsync(2, Cancel);
        rig.Emulator.Fail("users.info", new SlackFault.Hang());
        rig.Emulator.Say(5002, "three");
        rig.Emulator.Say(5003, "four");

        var stored = await rig.Gateway.WaitAsync(4, Cancel);

        Assert.Equal(["Person U5001", "Person U5001", "U5002", "U5003"], stored.Select(m => m.Sender.DisplayName));
        Assert.Equal(2, rig.Emulator.Calls.Count(call => call == "users.info"));
        Assert.Equal(0, rig.Emulator.FailedDeliveries);
    }

    [Fact]
    public async Task A_sender_has_name_and_language()
    {
        await using var rig = await SlackRig.NewAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.Say(Ann, "hello");

        Assert.Equal(new ExternalSender("T100/U5001", "Person U5001", "zh-CN"), (await rig.Gateway.WaitAsync(1, Cancel))[0].Sender);
    }

    [Fact]
    public async Task Who_is_mentioned_is_read_by_name()
    {
        await using var rig = await SlackRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "<@U5002> or <@U5003>?");
        await rig.Gateway.WaitAsync(1, Cancel);
        rig.Emulator.Fail("users.info", new SlackFault.Answer("""{"ok":false,"error":"user_not_found"}"""));
        rig.Emulator.Say(Ann, "<@U5004>?");
        rig.Emulator.Say(Ann, "<@U5002> and <@U5005>");

        var said = (await rig.Gateway.WaitAsync(3, Cancel)).Select(message => ((InboundContent.Said)message.Content).Text);

        Assert.Equal(["@Person U5002 or @Person U5003?", "@U5004?", "@Person U5002 and @Person U5005"], said);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            await Task.Delay(10, end.Token);
        }
    }
}

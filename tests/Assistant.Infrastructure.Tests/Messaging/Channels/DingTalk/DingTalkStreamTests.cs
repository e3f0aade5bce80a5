using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.DingTalk;
using Assistant.Testing.DingTalk;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.DingTalk;

public sealed class DingTalkStreamTests
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("disconnect")]
    [InlineData("TAG_DISCONNECT")]
    public async Task The_next_stream_is_open_before_the_old_one_goes(string topic)
    {
        await using var rig = await DingTalkRig.NewAsync();
        await StartAsync(rig);

        await rig.Emulator.AskAsync("SYSTEM", topic, """{"reason":"connection is expired"}""", Cancel);
        await UntilAsync(() => rig.Emulator.OpenStreams == 2);
        rig.Emulator.Say(Ann, "over the new one");
        await rig.Gateway.WaitAsync(1, Cancel);
        rig.Emulator.BreakOldestStream();
        await UntilAsync(() => rig.Emulator.OpenStreams == 1);
        rig.Emulator.Say(Ann, "still here");

        Assert.Equal(["over the new one", "still here"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(m => ((InboundContent.Said)m.Content).Text));
        Assert.False(rig.HasEnded);
    }

    [Fact]
    public async Task While_the_next_stream_cannot_be_had_the_old_one_is_listened_to()
    {
        await using var rig = await DingTalkRig.NewAsync(options => options.ReopenPause = TimeSpan.FromMilliseconds(100));
        await StartAsync(rig);
        rig.Emulator.Fail("open", new DingTalkFault.Status(503));
        rig.Emulator.Fail("open", new DingTalkFault.Status(503));

        await rig.Emulator.AskAsync("SYSTEM", "disconnect", "{}", Cancel);
        await UntilAsync(() => rig.Emulator.Calls.Count(call => call == "open") >= 3);
        rig.Emulator.Say(Ann, "over either one");
        await rig.Gateway.WaitAsync(1, Cancel);
        await UntilAsync(() => rig.Emulator.OpenStreams == 2);

        Assert.False(rig.HasEnded);
    }

    [Fact]
    public async Task Without_any_stream_left_it_rises_why_the_next_could_not_be_had()
    {
        await using var rig = await DingTalkRig.NewAsync(options => options.ReopenPause = TimeSpan.FromMilliseconds(100));
        await StartAsync(rig);
        rig.Emulator.ChangeSecret();
        await rig.Emulator.AskAsync("SYSTEM", "disconnect", "{}", Cancel);
        await UntilAsync(() => rig.Emulator.Calls.Count(call => call == "open") >= 3);

        rig.Emulator.BreakOldestStream();

        Assert.Equal("channel.sign-in-refused", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task A_stream_that_says_nothing_is_replaced_before_it_is_let_go()
    {
        await using var rig = await DingTalkRig.NewAsync(options =>
        {
            options.LongestSilence = TimeSpan.FromMilliseconds(300);
            options.DrainTime = TimeSpan.FromMilliseconds(100);
        });
        await rig.StartAsync(Cancel);

        await UntilAsync(() => rig.Emulator.Calls.Count(call => call == "open") >= 3);
        rig.Emulator.Say(Ann, "still here");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.False(rig.HasEnded);
    }

    [Fact]
    public async Task What_comes_over_both_streams_is_one_message()
    {
        await using var rig = await DingTalkRig.NewAsync();
        await StartAsync(rig);
        await rig.Emulator.AskAsync("SYSTEM", "disconnect", "{}", Cancel);
        await UntilAsync(() => rig.Emulator.OpenStreams == 2);
        rig.Emulator.Say(Ann, "once");
        await rig.Gateway.WaitAsync(1, Cancel);

        await rig.Emulator.TellLastOnAllAsync(Cancel);

        Assert.True(rig.Gateway.Offered.Count >= 3);
        Assert.Single(rig.Gateway.Stored);
    }

    [Fact]
    public async Task The_old_stream_is_let_go_after_a_while()
    {
        await using var rig = await DingTalkRig.NewAsync(options => options.DrainTime = TimeSpan.FromMilliseconds(100));
        await StartAsync(rig);

        await rig.Emulator.AskAsync("SYSTEM", "disconnect", "{}", Cancel);
        await UntilAsync(() => rig.Emulator.Calls.Count(call => call == "open") == 2 && rig.Emulator.OpenStreams == 1);
        rig.Emulator.Say(Ann, "still here");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_own_words()
    {
        await using var rig = await DingTalkRig.NewAsync();
        await StartAsync(rig);

        var pong = await rig.Emulator.AskAsync("SYSTEM", "ping", """{"opaque":"0dd4e5"}""", Cancel);

        Assert.Equal((200, """{"opaque":"0dd4e5"}""", "application/json"), ((int)pong["code"]!, (string?)pong["data"], (string?)pong["headers"]!["contentType"]));
    }

    [Theory]
    [InlineData("CALLBACK", "/v1.0/im/bot/messages/get", "{")]
    [InlineData("CALLBACK", "/v1.0/im/bot/messages/get", "{\"msgId\":{}}")]
    [InlineData("CALLBACK", "/v1.0/card/instances/callback", "{}")]
    [InlineData("EVENT", "*", "{}")]
    [InlineData("SYSTEM", "hologram", "{}")]
    [InlineData("HOLOGRAM", "x", "")]
    public async Task What_is_not_known_is_acknowledged(string type, string topic, string data)
    {
        await using var rig = await DingTalkRig.NewAsync();
        await StartAsync(rig);

        Assert.Equal(200, (int?)(await rig.Emulator.AskAsync(type, topic, data, Cancel))["code"]);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task In_a_group_the_mention_is_off_the_text_and_the_group_has_its_title()
    {
        await using var rig = await DingTalkRig.NewAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.SayInGroup(Ann, "今天谁值班");

        var message = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        Assert.Equal("今天谁值班", ((InboundContent.Said)message.Content).Text);
        Assert.Equal(new ExternalChat(DingTalkEmulator.Group, IsGroup: true, Title: "项目组"), message.Chat);
        Assert.True(message.IsAddressed);
    }

    [Fact]
    public async Task A_stream_that_breaks_unannounced_rises()
    {
        await using var rig = await DingTalkRig.NewAsync();
        await StartAsync(rig);

        rig.Emulator.BreakOldestStream();

        Assert.Equal("channel.broke-off", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Theory]
    [InlineData("""{"endpoint":"wss://elsewhere.test:443/connect","ticket":"t"}""", "channel.forbidden-address")]
    [InlineData("""{"endpoint":"connect","ticket":"t"}""", "channel.forbidden-address")]
    [InlineData("""{"endpoint":"wss://wss-open-connection.dingtalk.com:443/connect"}""", "channel.unreadable")]
    [InlineData("<html>", "channel.unreadable")]
    public async Task A_ticket_goes_to_dingtalk_only(string answer, string code)
    {
        await using var rig = await DingTalkRig.NewAsync();
        rig.Emulator.Fail("open", new DingTalkFault.Answer(answer));

        await rig.StartAsync(Cancel);

        Assert.Equal(code, Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task Wrong_credentials_are_said_so()
    {
        await using var rig = await DingTalkRig.NewAsync();
        rig.Emulator.ChangeSecret();

        await rig.StartAsync(Cancel);

        Assert.Equal("channel.sign-in-refused", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Theory]
    [InlineData("wss://wss-open-connection.dingtalk.com:443/connect?ticket=t", true)]
    [InlineData("wss://wss-open-connection-union.dingtalk.com/connect?ticket=t", true)]
    [InlineData("ws://wss-open-connection.dingtalk.com/connect", false)]
    [InlineData("wss://wss-open-connection.dingtalk.com:8443/connect", false)]
    [InlineData("wss://dingtalk.com.elsewhere.test/connect", false)]
    [InlineData("wss://notdingtalk.com/connect", false)]
    public void Dingtalks_hosts_are_known(string address, bool isOwn) => Assert.Equal(isOwn, DingTalkSettings.Read(SettingValues.Empty).IsOwnStream(new Uri(address)));

    private static async Task StartAsync(DingTalkRig rig)
    {
        await rig.StartAsync(Cancel);
        await UntilAsync(() => rig.Emulator.OpenStreams == 1);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
        }
    }
}

using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Assistant.Testing.Feishu;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

public sealed class FeishuSocketTests
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task An_event_may_come_in_parts_and_in_any_order(int frames)
    {
        await using var rig = await FeishuRig.NewConnectedAsync();
        await rig.StartAsync(Cancel);
        await UntilAsync(() => rig.Emulator.OpenSockets == 1);

        var (code, answer) = await rig.Emulator.TellInPartsAsync(rig.Emulator.NewSaid(Ann, "一二三四五六七八九十"), frames, Cancel);

        Assert.Equal((200, ""), (code, answer));
        Assert.Equal("一二三四五六七八九十", ((InboundContent.Said)Assert.Single(rig.Gateway.Stored).Content).Text);
    }

    [Fact]
    public async Task Pings_name_the_service_and_go_on()
    {
        await using var rig = await FeishuRig.NewConnectedAsync(options => options.PingInterval = TimeSpan.FromMilliseconds(100));
        await rig.StartAsync(Cancel);

        await UntilAsync(() => rig.Emulator.OpenSockets == 1 && rig.Emulator.Pings.Count >= 3);

        Assert.All(rig.Emulator.Pings, service => Assert.Equal(33UL, service));
    }

    [Fact]
    public async Task Bytes_that_are_no_frame_stop_nothing()
    {
        await using var rig = await FeishuRig.NewConnectedAsync();
        await rig.StartAsync(Cancel);
        await UntilAsync(() => rig.Emulator.OpenSockets == 1);

        await rig.Emulator.SendBytesAsync([0xFF, 0xFF], Cancel);
        await rig.Emulator.SendBytesAsync([], Cancel);
        rig.Emulator.Say(Ann, "still here");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
    }

    [Fact]
    public async Task Who_pressed_sees_that_it_was_taken()
    {
        await using var rig = await FeishuRig.NewConnectedAsync();
        await rig.StartAsync(Cancel);
        await rig.Session.SendAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody("继续？", [new("同意", "yes")]), null, 1, false), Cancel);

        rig.Emulator.Press(Ann, "yes");
        await rig.Gateway.WaitAsync(1, Cancel);
        await UntilAsync(() => rig.Emulator.LastAnswer.Length > 0);

        Assert.Contains("toast", rig.Emulator.LastAnswer, StringComparison.Ordinal);
        Assert.Equal(0, rig.Emulator.FailedDeliveries);
    }

    [Fact]
    public async Task A_line_that_breaks_rises()
    {
        await using var rig = await FeishuRig.NewConnectedAsync();
        await rig.StartAsync(Cancel);
        await UntilAsync(() => rig.Emulator.OpenSockets == 1);

        rig.Emulator.BreakSocket();

        Assert.Equal("channel.broke-off", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Theory]
    [InlineData("""{"code":0,"data":{"URL":"wss://elsewhere.test/ws/v2?service_id=1"}}""", "channel.forbidden-address")]
    [InlineData("""{"code":0,"data":{"URL":"here"}}""", "channel.forbidden-address")]
    [InlineData("""{"code":0,"data":{}}""", "channel.unreadable")]
    [InlineData("""{"code":1000040350,"msg":"exceed the limit"}""", "feishu.too-many-sockets")]
    [InlineData("""{"code":514,"msg":"auth failed"}""", "channel.sign-in-refused")]
    public async Task A_connection_leads_to_feishu_only(string answer, string code)
    {
        await using var rig = await FeishuRig.NewConnectedAsync();
        rig.Emulator.Fail("open", new FeishuFault.Answer(answer));

        await rig.StartAsync(Cancel);

        Assert.Equal(code, Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Theory]
    [InlineData("wss://msg-frontier.feishu.cn/ws/v2?device_id=1", true)]
    [InlineData("wss://msg-frontier-sg.larksuite.com/ws/v2", true)]
    [InlineData("ws://msg-frontier.feishu.cn/ws/v2", false)]
    [InlineData("wss://msg-frontier.feishu.cn:8443/ws/v2", false)]
    [InlineData("wss://feishu.cn.elsewhere.test/ws/v2", false)]
    [InlineData("https://msg-frontier.feishu.cn/ws/v2", false)]
    public void Feishus_hosts_are_known(string address, bool isOwn) => Assert.Equal(isOwn, FeishuSettings.Read(SettingValues.Empty).IsOwnSocket(new Uri(address)));

    [Fact]
    public async Task A_connection_of_this_kind_takes_no_callbacks_and_needs_no_proof()
    {
        await using var rig = await FeishuRig.NewConnectedAsync();
        await using var session = rig.OpenWith(KeyValuePair.Create("verificationToken", ""));

        Assert.Equal(WebhookReply.Refused, await ((IWebhookReceiver)session).ReceiveAsync(rig.Signed(rig.Emulator.NewSaid(Ann, "x").ToJsonString()), rig.Gateway, Cancel));
        Assert.True((await rig.Channel.TestAsync(rig.Settings(KeyValuePair.Create("encryptKey", ""), KeyValuePair.Create("verificationToken", "")), Cancel)).IsPassed);
    }

    [Fact]
    public async Task A_test_tries_the_connection()
    {
        await using var rig = await FeishuRig.NewConnectedAsync();
        rig.Emulator.Fail("open", new FeishuFault.Answer("""{"code":1,"msg":"system busy"}"""));

        var test = await rig.Channel.TestAsync(rig.Connection.Settings, Cancel);

        Assert.Equal([true, false], test.Checks.Select(check => check.IsPassed));
        Assert.Equal("feishu.socket-fix", test.Checks[1].Fix!.FirstCode);
        Assert.Equal(0, rig.Emulator.OpenSockets);
    }

    [Fact]
    public void A_frame_is_read_as_it_was_written()
    {
        var frame = new FeishuFrame(ulong.MaxValue, 0, -1, 1, [new("type", "event"), new("键", new string('值', 100))], [.. Enumerable.Range(0, 300).Select(i => (byte)i)])
        {
            Others = [new(7, [1, 2]), new(9, [3])],
        };

        var read = FeishuFrame.Read(frame.Write())!;

        Assert.Equal((frame.SeqId, frame.LogId, frame.Service, frame.Method), (read.SeqId, read.LogId, read.Service, read.Method));
        Assert.Equal(frame.Headers, read.Headers);
        Assert.Equal(frame.Payload, read.Payload);
        Assert.Equal(frame.Others.Select(other => (other.Key, Convert.ToHexString(other.Value))), read.Others.Select(other => (other.Key, Convert.ToHexString(other.Value))));
    }

    [Fact]
    public void What_is_never_completed_is_not_kept_for_ever()
    {
        var parts = new FeishuParts();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Null(parts.Join(Part($"m{i}", 2, 0, "a")));
        }

        Assert.Null(parts.Join(Part("m1", 2, 1, "b")));
        Assert.Null(parts.Join(Part("m", 1_000, 0, "a")));
        Assert.Null(parts.Join(Part("m", 2, 2, "a")));
        Assert.Null(parts.Join(Part("", 2, 0, "a")));
        Assert.Null(parts.Join(Part("n", 2, 1, "b")));
        Assert.Equal("ab", Encoding.UTF8.GetString(parts.Join(Part("n", 2, 0, "a"))!));
    }

    [Fact]
    public void What_is_larger_than_any_event_is_not_kept()
    {
        var parts = new FeishuParts();
        var large = new string('x', 3 << 20);

        Assert.Null(parts.Join(Part("m", 2, 0, large)));
        Assert.Null(parts.Join(Part("m", 2, 1, large)));
        Assert.Null(parts.Join(Part("m", 2, 1, "b")));
    }

    [Fact]
    public void Whatever_comes_over_a_connection_is_a_frame_or_none()
    {
        var (parts, read) = (new FeishuParts(), 0);
        foreach (var (_, input) in MutatedBytes.Of(Part("m1", 1, 0, "{}").Write(), Part("m2", 3, 1, "{\"schema\":\"2.0\"}").Write()))
        {
            if (FeishuFrame.Read(input) is { } frame)
            {
                read++;
                parts.Join(frame);
            }
        }

        Assert.InRange(read, 1, MutatedBytes.Count - 1);
    }

    private static FeishuFrame Part(string id, int sum, int seq, string payload)
        => new(1, 2, 3, 1, [new("type", "event"), new("message_id", id), new("sum", $"{sum}"), new("seq", $"{seq}")], Encoding.UTF8.GetBytes(payload));

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

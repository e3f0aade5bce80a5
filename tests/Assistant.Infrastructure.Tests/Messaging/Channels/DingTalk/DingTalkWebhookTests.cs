using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.DingTalk;
using Assistant.Infrastructure.Messaging.Weixin;
using Assistant.Testing.DingTalk;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.DingTalk;

public sealed class DingTalkWebhookTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_vector_is_judged_as_it_says()
    {
        foreach (var (id, input, expect) in Vectors.Of("dingtalk.json"))
        {
            if ((string?)input["app_secret"] is { } secret)
            {
                var request = Request((string?)input["timestamp"], (string?)input["sign"]);
                var now = DateTimeOffset.FromUnixTimeMilliseconds((long)input["now_ms"]!);
                Assert.True((bool)expect["valid"]! == DingTalkSignature.IsValid(request, secret, TimeSpan.FromHours(1), now), id);
            }
            else if ((string?)input["secret"] is { } custom)
            {
                var sign = Convert.ToBase64String(DingTalkSignature.Sign(custom, (string)input["timestamp"]!));
                Assert.True((string?)expect["sign"] == sign, id);
                Assert.True((string?)expect["sign_url_encoded"] == Uri.EscapeDataString(sign), id);
            }
            else if ((string?)input["encoding_aes_key"] is { } key)
            {
                // Event subscriptions are sealed as WeCom seals: nobody subscribes here, but what opens one opens the other.
                var opened = new WeixinCrypt(key, (string)input["owner_key"]!).Open((string)input["encrypt"]!);
                Assert.True((bool)expect["valid"]! == WeixinSignature.IsValid(
                    (string?)input["signature"], (string)input["token"]!, (string?)input["timestamp"], (string?)input["nonce"], (string)input["encrypt"]!), id);
                Assert.True((string?)expect["message"] == (opened is null ? null : Encoding.UTF8.GetString(opened)), id);
            }
            else
            {
                Assert.Fail($"{id} is of a kind that did not exist.");
            }
        }
    }

    [Theory]
    [InlineData(null, "AAAA")]
    [InlineData("", "AAAA")]
    [InlineData("soon", "AAAA")]
    [InlineData("-1", "AAAA")]
    [InlineData("99999999999999999999", "AAAA")]
    [InlineData("253402300800000", "AAAA")]
    [InlineData("1767225600000", null)]
    [InlineData("1767225600000", "")]
    [InlineData("1767225600000", "not base64")]
    public void What_is_no_proof_is_refused_and_not_thrown(string? timestamp, string? sign)
        => Assert.False(DingTalkSignature.IsValid(Request(timestamp, sign), "secret", TimeSpan.FromHours(1), DateTimeOffset.FromUnixTimeSeconds(1_767_225_600)));

    [Fact]
    public void Without_a_secret_nothing_is_believed()
    {
        const string Timestamp = "1767225600000";
        var sign = Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(Array.Empty<byte>(), Encoding.UTF8.GetBytes($"{Timestamp}\n")));

        Assert.False(DingTalkSignature.IsValid(Request(Timestamp, sign), "", TimeSpan.FromHours(1), DateTimeOffset.FromUnixTimeSeconds(1_767_225_600)));
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("{}", 400)]
    [InlineData("{\"msgId\":\"\\ud800\",\"conversationId\":\"cid1\"}", 400)]
    [InlineData("{\"msgId\":\"m1\",\"conversationId\":\"cid1\"}", 200)]
    [InlineData("{\"msgId\":\"m1\",\"conversationId\":\"cid1\",\"senderStaffId\":\"u1\",\"msgtype\":\"hologram\",\"content\":[1]}", 200)]
    [InlineData("{\"msgId\":\"m1\",\"conversationId\":\"cid1\",\"senderStaffId\":\"u1\",\"msgtype\":\"picture\",\"content\":{\"downloadCode\":\"\\ud800\"}}", 200)]
    public async Task Bad_bodies_are_answered_and_unknown_messages_acknowledged(string body, int status)
    {
        await using var rig = await DingTalkRig.NewCalledAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal(status, (await ReceiveAsync(session, rig, rig.Signed(body))).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task A_callback_is_posted()
    {
        await using var rig = await DingTalkRig.NewCalledAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal(405, (await ReceiveAsync(session, rig, rig.Signed("") with { Method = "GET" })).Status);
    }

    [Fact]
    public async Task A_connection_over_streams_takes_no_callbacks()
    {
        await using var rig = await DingTalkRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(session, rig, rig.Signed(rig.Emulator.NewMessage(5001, "x").ToJsonString())));
    }

    [Fact]
    public async Task Whatever_is_posted_is_answered()
    {
        await using var rig = await DingTalkRig.NewCalledAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var statuses = new HashSet<int>();

        foreach (var (_, input) in MutatedBytes.Of(Encoding.UTF8.GetBytes(rig.Emulator.NewMessage(5001, "hi").ToJsonString())))
        {
            statuses.Add((await ReceiveAsync(session, rig, rig.Signed("") with { Body = input })).Status);
        }

        Assert.Equal([200, 400], statuses.Order());
    }

    [Fact]
    public async Task Credentials_that_are_taken_back_end_the_session_and_a_fault_only_shows()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await DingTalkRig.NewCalledAsync(time: time);
        await rig.StartAsync(Cancel);
        rig.Emulator.Fail("token", new DingTalkFault.Status(502));

        await AdvanceUntilAsync(time, () => rig.Host.Reports[^1].State == ConnectionState.Degraded);
        await AdvanceUntilAsync(time, () => rig.Host.Reports[^1].State == ConnectionState.Up);
        rig.Emulator.ChangeSecret();
        await AdvanceUntilAsync(time, () => rig.HasEnded);

        Assert.Equal("channel.sign-in-refused", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Func<bool> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            time.Advance(TimeSpan.FromMinutes(5));
            await Task.Delay(TimeSpan.FromMilliseconds(20), end.Token);
        }
    }

    private static WebhookRequest Request(string? timestamp, string? sign)
    {
        var headers = new Dictionary<string, string>();
        if (timestamp is not null)
        {
            headers[DingTalkSignature.TimestampHeader] = timestamp;
        }

        if (sign is not null)
        {
            headers[DingTalkSignature.SignatureHeader] = sign;
        }

        return new WebhookRequest("POST", headers, new Dictionary<string, string>(), ReadOnlyMemory<byte>.Empty);
    }

    private static Task<WebhookReply> ReceiveAsync(IChannelSession session, DingTalkRig rig, WebhookRequest request)
        => ((IWebhookReceiver)session).ReceiveAsync(request, rig.Gateway, Cancel);
}

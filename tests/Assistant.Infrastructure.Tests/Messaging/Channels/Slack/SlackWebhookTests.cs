using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Slack;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Slack;

public sealed class SlackWebhookTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Signatures_are_judged_as_the_vectors_say()
    {
        foreach (var (id, input, expect) in Vectors.Of("slack-signature.json"))
        {
            var request = new WebhookRequest(
                "POST",
                new Dictionary<string, string>
                {
                    [SlackSignature.TimestampHeader] = (string)input["timestamp"]!, [SlackSignature.SignatureHeader] = (string)input["signature"]!,
                },
                new Dictionary<string, string>(), Encoding.UTF8.GetBytes((string)input["body"]!));

            var isValid = SlackSignature.IsValid(
                request, (string)input["signing_secret"]!, TimeSpan.FromSeconds(300), DateTimeOffset.FromUnixTimeSeconds((long)input["now"]!));

            Assert.True((bool)expect["valid"]! == isValid, id);
        }
    }

    [Theory]
    [InlineData(null, "v0=00")]
    [InlineData("", "v0=00")]
    [InlineData("soon", "v0=00")]
    [InlineData("99999999999999999999", "v0=00")]
    [InlineData("1767225600", null)]
    [InlineData("1767225600", "")]
    [InlineData("1767225600", "v0=")]
    [InlineData("1767225600", "v0=zz")]
    [InlineData("1767225600", "v1=00")]
    public void What_is_no_proof_is_refused_and_not_thrown(string? timestamp, string? signature)
    {
        var headers = new Dictionary<string, string>();
        if (timestamp is not null)
        {
            headers[SlackSignature.TimestampHeader] = timestamp;
        }

        if (signature is not null)
        {
            headers[SlackSignature.SignatureHeader] = signature;
        }

        Assert.False(SlackSignature.IsValid(
            new WebhookRequest("POST", headers, new Dictionary<string, string>(), "{}"u8.ToArray()), "secret", TimeSpan.FromMinutes(5), DateTimeOffset.FromUnixTimeSeconds(1_767_225_600)));
    }

    [Fact]
    public void Without_a_secret_nothing_is_believed()
    {
        var timestamp = 1_767_225_600L.ToString(CultureInfo.InvariantCulture);
        var signature = "v0=" + Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Array.Empty<byte>(), Encoding.UTF8.GetBytes($"v0:{timestamp}:{{}}")));
        var request = new WebhookRequest(
            "POST", new Dictionary<string, string> { [SlackSignature.TimestampHeader] = timestamp, [SlackSignature.SignatureHeader] = signature },
            new Dictionary<string, string>(), "{}"u8.ToArray());

        Assert.False(SlackSignature.IsValid(request, "", TimeSpan.FromMinutes(5), DateTimeOffset.FromUnixTimeSeconds(1_767_225_600)));
    }

    [Fact]
    public async Task The_address_is_verified_with_its_challenge()
    {
        await using var rig = await SlackRig.NewCalledAsync();

        Assert.Equal("3eZ", (await ReceiveAsync(rig, """{"token":"x","challenge":"3eZ","type":"url_verification"}""")).Body);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("{\"type\":5}", 400)]
    [InlineData("payload=%7B", 400)]
    [InlineData("payload=", 400)]
    [InlineData("a=b", 400)]
    [InlineData("{}", 200)]
    [InlineData("{\"type\":\"app_rate_limited\",\"team_id\":\"T1\",\"minute_rate_limited\":1}", 200)]
    [InlineData("{\"type\":\"event_callback\",\"team_id\":\"T1\",\"event\":{\"type\":\"team_join\",\"user\":{\"id\":\"U1\"}}}", 200)]
    [InlineData("{\"type\":\"event_callback\",\"team_id\":\"T1\",\"event\":{\"type\":\"message\",\"channel\":{\"id\":\"C1\"}}}", 200)]
    [InlineData("payload=%7B%22type%22%3A%22view_submission%22%7D", 200)]
    [InlineData("command=%2Fask&text=hi", 200)]
    public async Task Bad_bodies_are_answered_and_unknown_events_acknowledged(string body, int status)
    {
        await using var rig = await SlackRig.NewCalledAsync();

        Assert.Equal(status, (await ReceiveAsync(rig, body)).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task A_retry_is_read_like_any_other_delivery()
    {
        await using var rig = await SlackRig.NewCalledAsync();
        var callback = rig.NewCallback(5001, "hello", TimeSpan.Zero);
        var retry = callback with { Headers = callback.Headers.Append(new("x-slack-retry-num", "3")).ToDictionary() };

        await using var session = rig.Channel.Open(rig.Connection);
        Assert.Equal(WebhookReply.Ok, await ((IWebhookReceiver)session).ReceiveAsync(retry, rig.Gateway, Cancel));

        Assert.Single(rig.Gateway.Stored);
    }

    [Fact]
    public async Task A_connection_over_sockets_takes_no_callbacks()
    {
        await using var rig = await SlackRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal(WebhookReply.Refused, await ((IWebhookReceiver)session).ReceiveAsync(rig.Signed("{}"u8.ToArray()), rig.Gateway, Cancel));
    }

    [Fact]
    public async Task Whatever_is_posted_is_answered()
    {
        await using var rig = await SlackRig.NewCalledAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var statuses = new HashSet<int>();

        foreach (var (_, input) in MutatedBytes.Of("""{"type":"event_callback","team_id":"T1","event":{"type":"message","text":"hi"}}"""u8.ToArray(), "payload=%7B%22type%22%3A%22block_actions%22%7D&x=1"u8.ToArray()))
        {
            statuses.Add((await ((IWebhookReceiver)session).ReceiveAsync(rig.Signed(input), rig.Gateway, Cancel)).Status);
        }

        Assert.Equal([200, 400], statuses.Order());
    }

    [Fact]
    public async Task A_token_that_is_taken_back_ends_the_session()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var house = new CallbackHouse();
        await using var rig = await SlackRig.NewCalledAsync(house, time);
        await rig.StartAsync(Cancel);

        rig.Emulator.RevokeToken();
        await AdvanceUntilAsync(time, () => rig.HasEnded);

        Assert.Equal("channel.sign-in-refused", Assert.IsType<Assistant.Domain.Wording.PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Func<bool> isSo)
    {
        while (!isSo())
        {
            time.Advance(TimeSpan.FromMinutes(5));
            await Task.Delay(10, Cancel);
        }
    }

    private static async Task<WebhookReply> ReceiveAsync(SlackRig rig, string body)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        return await ((IWebhookReceiver)session).ReceiveAsync(rig.Signed(Encoding.UTF8.GetBytes(body)), rig.Gateway, Cancel);
    }
}

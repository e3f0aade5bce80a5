using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Assistant.Testing.Feishu;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

public sealed class FeishuWebhookTests
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_vector_is_judged_as_it_says()
    {
        var judged = 0;
        foreach (var (id, input, expect) in Vectors.Of("feishu.json"))
        {
            var key = (string?)input["encrypt_key"];
            if (key is not null && (string?)input["encrypt"] is { } encrypted)
            {
                Assert.True((string?)expect["message"] == Encoding.UTF8.GetString(FeishuCrypt.Open(encrypted, key) ?? []), id);
                judged++;
            }
            else if (key is not null && input["headers"] is JsonObject headers)
            {
                await JudgeAsync(id, key, headers, (string)input["body"]!, expect);
                judged++;
            }

            // Others are of webhooks of groups, which nobody talks to.
        }

        Assert.True(judged > 0);
    }

    [Fact]
    public void Without_a_key_nothing_is_signed()
    {
        var body = "{}"u8.ToArray();
        var headers = FeishuHeaders(body, "");

        Assert.False(FeishuProof.IsSigned(new WebhookRequest("POST", headers, new Dictionary<string, string>(), body), "", TimeSpan.FromHours(1), TimeProvider.System.GetUtcNow()));
    }

    [Theory]
    [InlineData("", "key")]
    [InlineData("AAAA", "key")]
    [InlineData("not base64!", "key")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", "key")]
    [InlineData("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "another key")]
    [InlineData("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "")]
    public void What_cannot_be_opened_is_nothing(string encrypted, string key) => Assert.Null(FeishuCrypt.Open(encrypted, key));

    [Fact]
    public async Task The_address_is_verified_with_its_challenge()
    {
        await using var rig = await FeishuRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var challenge = Challenge(rig.Emulator.VerificationToken);

        var signed = await ReceiveAsync(session, rig, rig.Signed(challenge));
        var unsigned = await ReceiveAsync(session, rig, rig.Signed(challenge) with { Headers = new Dictionary<string, string>() });

        Assert.All([signed, unsigned], reply => Assert.Equal((200, """{"challenge":"3eZ"}"""), (reply.Status, reply.Body)));
        Assert.StartsWith("application/json", signed.ContentType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unsigned_handshake_has_to_know_the_token_and_to_be_encrypted()
    {
        await using var rig = await FeishuRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        await using var tokenless = rig.OpenWith(KeyValuePair.Create("verificationToken", ""));
        var none = new Dictionary<string, string>();

        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(session, rig, rig.Signed(Challenge("wrong")) with { Headers = none }));
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(tokenless, rig, rig.Signed(Challenge("")) with { Headers = none }));
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(session, rig, Plain(Challenge(rig.Emulator.VerificationToken))));
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(session, rig, rig.NewCallback(Ann, "unsigned", TimeSpan.Zero) with { Headers = none }));
    }

    [Fact]
    public async Task Without_an_encrypt_key_the_token_is_the_proof()
    {
        await using var rig = await FeishuRig.NewAsync();
        await using var session = rig.OpenWith(KeyValuePair.Create("encryptKey", ""));
        await using var closed = rig.OpenWith(KeyValuePair.Create("encryptKey", ""), KeyValuePair.Create("verificationToken", ""));
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => session.RunAsync(rig.Host, stop.Token), Cancel);
        await rig.Host.WaitAsync(ConnectionState.Up, Cancel);
        var said = rig.Emulator.NewSaid(Ann, "by token");
        var forged = rig.Emulator.NewSaid(Ann, "forged");
        forged["header"]!["token"] = "guessed";

        Assert.Equal(200, (await ReceiveAsync(session, rig, Plain(said.ToJsonString()))).Status);
        Assert.Equal(200, (await ReceiveAsync(session, rig, Plain(Challenge(rig.Emulator.VerificationToken)))).Status);
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(session, rig, Plain(forged.ToJsonString())));
        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(closed, rig, Plain(said.ToJsonString())));
        Assert.Equal(["by token"], rig.Gateway.Offered.Select(m => ((InboundContent.Said)m.Content).Text));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_session_without_any_proof_says_so_and_takes_nothing()
    {
        await using var rig = await FeishuRig.NewAsync();
        await using var session = rig.OpenWith(KeyValuePair.Create("encryptKey", ""), KeyValuePair.Create("verificationToken", ""));

        var fault = await Assert.ThrowsAsync<PhrasedException>(() => session.RunAsync(rig.Host, Cancel));

        Assert.Equal("feishu.no-proof", fault.Reason.FirstCode);
        Assert.Empty(rig.Emulator.Calls);
    }

    [Fact]
    public async Task An_event_that_comes_before_it_is_known_who_the_assistant_is_comes_again()
    {
        await using var rig = await FeishuRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal(503, (await ReceiveAsync(session, rig, rig.NewCallback(Ann, "early", TimeSpan.Zero))).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("{\"header\":5}", 400)]
    [InlineData("{}", 200)]
    [InlineData("{\"schema\":\"2.0\",\"header\":{\"event_type\":\"im.message.receive_v1\",\"app_id\":\"cli_emulated\"},\"event\":{\"message\":[]}}", 200)]
    [InlineData("{\"schema\":\"2.0\",\"header\":{\"event_type\":\"contact.user.created_v3\",\"app_id\":\"cli_emulated\"},\"event\":{\"object\":{\"name\":\"\\ud800\"}}}", 200)]
    public async Task Bad_bodies_are_answered_and_unknown_events_acknowledged(string body, int status)
    {
        await using var rig = await FeishuRig.NewAsync();
        await rig.StartAsync(Cancel);

        Assert.Equal(status, (await ReceiveAsync(rig.Session, rig, rig.Signed(body))).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task Whatever_is_posted_is_answered()
    {
        await using var rig = await FeishuRig.NewAsync();
        await rig.StartAsync(Cancel);
        var statuses = new HashSet<int>();
        var seed = Encoding.UTF8.GetBytes(rig.Emulator.NewSaid(Ann, "hi").ToJsonString());

        foreach (var (_, input) in MutatedBytes.Of(seed, Encoding.UTF8.GetBytes(Challenge("x"))))
        {
            // Its signature is right or nothing is learnt about what lies behind it.
            statuses.Add((await ReceiveAsync(rig.Session, rig, rig.Signed(Encoding.UTF8.GetString(input)))).Status);
        }

        Assert.Equal([200, 400, 401], statuses.Order());
    }

    [Fact]
    public async Task An_event_of_another_app_is_refused()
    {
        await using var rig = await FeishuRig.NewAsync();
        await rig.StartAsync(Cancel);
        var said = rig.Emulator.NewSaid(Ann, "hello");
        said["header"]!["app_id"] = "cli_other";

        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig.Session, rig, rig.Signed(said.ToJsonString())));
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task Who_pressed_sees_that_it_was_taken()
    {
        await using var house = new CallbackHouse();
        await using var rig = await FeishuRig.NewAsync(house);
        await rig.StartAsync(Cancel);
        await rig.Session.SendAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody("继续？", [new("同意", "yes")]), null, 1, false), Cancel);

        rig.Emulator.Press(Ann, "yes");
        await rig.Gateway.WaitAsync(1, Cancel);
        rig.Emulator.Say(Ann, "after");
        await rig.Gateway.WaitAsync(2, Cancel);

        Assert.Equal(new InboundContent.Pressed("yes", "同意"), rig.Gateway.Stored[0].Content);
        Assert.Equal(0, rig.Emulator.FailedDeliveries);
    }

    [Fact]
    public async Task A_toast_names_the_button()
    {
        await using var rig = await FeishuRig.NewAsync();
        await rig.StartAsync(Cancel);
        var pressed = rig.Emulator.CallbackOf("card.action.trigger", new()
        {
            ["operator"] = new JsonObject { ["open_id"] = "ou_1" },
            ["action"] = new JsonObject { ["value"] = FeishuButton.Write(new MessageButton("同意", "yes"), new ExternalChat("oc_1")) },
            ["context"] = new JsonObject { ["open_message_id"] = "om_1", ["open_chat_id"] = "oc_1" },
        });

        var reply = await ReceiveAsync(rig.Session, rig, rig.Signed(pressed.ToJsonString()));

        Assert.Equal("同意", (string?)JsonNode.Parse(reply.Body!)!["toast"]!["content"]);
    }

    [Fact]
    public async Task Names_are_asked_once_and_never_waited_for_long()
    {
        await using var house = new CallbackHouse();
        await using var rig = await FeishuRig.NewAsync(house, options => options.NamePatience = TimeSpan.FromMilliseconds(200));
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "one");
        rig.Emulator.Say(Ann, "two");
        await rig.Gateway.WaitAsync(2, Cancel);
        rig.Emulator.Fail("user", new FeishuFault.Hang());
        rig.Emulator.Say(5002, "three");
        rig.Emulator.Say(5003, "four");

        var stored = await rig.Gateway.WaitAsync(4, Cancel);

        Assert.Equal(["Person ou_5001", "Person ou_5001", "ou_5002", "ou_5003"], stored.Select(m => m.Sender.DisplayName));
        Assert.Equal(2, rig.Emulator.Calls.Count(call => call == "user"));
        Assert.Equal(0, rig.Emulator.FailedDeliveries);
    }

    [Theory]
    [InlineData(41050, "Person ou_5002", 2)]
    [InlineData(99991672, "ou_5002", 1)]
    public async Task Whoever_is_out_of_sight_takes_nobody_elses_name(int code, string other, int asked)
    {
        await using var house = new CallbackHouse();
        await using var rig = await FeishuRig.NewAsync(house);
        await rig.StartAsync(Cancel);
        rig.Emulator.Fail("user", new FeishuFault.Code(code));

        rig.Emulator.Say(Ann, "one");
        rig.Emulator.Say(5002, "two");
        rig.Emulator.Say(Ann, "three");

        Assert.Equal(["ou_5001", other, "ou_5001"], (await rig.Gateway.WaitAsync(3, Cancel)).Select(m => m.Sender.DisplayName));
        Assert.Equal(asked, rig.Emulator.Calls.Count(call => call == "user"));
    }

    [Fact]
    public async Task Credentials_that_are_taken_back_end_the_session_and_a_fault_only_shows()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await FeishuRig.NewAsync(time: time);
        await rig.StartAsync(Cancel);
        rig.Emulator.Fail("bot", new FeishuFault.Status(502));

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

    private static async Task JudgeAsync(string id, string key, JsonObject headers, string body, JsonNode expect)
    {
        var request = new WebhookRequest(
            "POST", headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => (string)header.Value!), new Dictionary<string, string>(), Encoding.UTF8.GetBytes(body));
        var now = DateTimeOffset.FromUnixTimeSeconds(long.Parse(request.Headers[FeishuProof.TimestampHeader], System.Globalization.CultureInfo.InvariantCulture));
        await using var rig = await FeishuRig.NewAsync(time: new FakeTimeProvider(now));
        await using var session = rig.OpenWith(KeyValuePair.Create("encryptKey", key));

        var reply = await ReceiveAsync(session, rig, request);

        Assert.True((bool)expect["valid"]! == (reply != WebhookReply.Refused), id);
        if (expect["reply"] is { } answer)
        {
            Assert.True(JsonNode.DeepEquals(answer, JsonNode.Parse(reply.Body!)), id);
        }
    }

    private static Dictionary<string, string> FeishuHeaders(byte[] body, string key)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "n" + key), .. body];
        return new()
        {
            [FeishuProof.TimestampHeader] = timestamp, [FeishuProof.NonceHeader] = "n",
            [FeishuProof.SignatureHeader] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(signed)),
        };
    }

    private static string Challenge(string token) => new JsonObject { ["type"] = "url_verification", ["challenge"] = "3eZ", ["token"] = token }.ToJsonString();

    private static WebhookRequest Plain(string body) => new("POST", new Dictionary<string, string>(), new Dictionary<string, string>(), Encoding.UTF8.GetBytes(body));

    private static Task<WebhookReply> ReceiveAsync(IChannelSession session, FeishuRig rig, WebhookRequest request)
        => ((IWebhookReceiver)session).ReceiveAsync(request, rig.Gateway, Cancel);
}

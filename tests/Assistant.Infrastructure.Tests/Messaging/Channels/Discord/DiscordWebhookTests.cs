using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Discord;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Discord;

public sealed class DiscordWebhookTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("False", false)]
    [InlineData("", false)]
    public void A_switch_is_read_as_it_is_checked(string readAll, bool readsAll)
    {
        var settings = new Assistant.Domain.Settings.SettingValues([new("readAll", readAll)]);

        Assert.Empty(settings.Check([.. DiscordSettings.Fields.Where(field => field.Key == "readAll")]));
        Assert.Equal(readsAll, DiscordSettings.Read(settings).ReadsAll);
    }

    [Fact]
    public void Signatures_of_the_vectors_hold_or_do_not()
    {
        foreach (var (id, input, expect) in Vectors.Of("ed25519-discord.json"))
        {
            var key = Ed25519Proof.KeyOf((string?)input["public_key"]);
            var signature = (string?)input["signature"];
            var signed = (string?)input["message_hex"] is { } hex ? Convert.FromHexString(hex) : Encoding.UTF8.GetBytes($"{input["timestamp"]}{input["body"]}");

            Assert.True((bool)expect["valid"]! == Ed25519Proof.IsSigned(signature, key, signed), id);
        }
    }

    [Fact]
    public async Task Callbacks_of_the_vectors_are_answered_as_they_say()
    {
        foreach (var (id, input, expect) in Vectors.Of("ed25519-discord.json").Where(vector => vector.Input["timestamp"] is not null))
        {
            var timestamp = (string)input["timestamp"]!;
            var session = NewSession((string)input["public_key"]!, timestamp);
            var headers = new Dictionary<string, string> { ["x-signature-timestamp"] = timestamp, ["x-signature-ed25519"] = (string)input["signature"]! };

            var reply = await session.ReceiveAsync(
                new WebhookRequest("POST", headers, new Dictionary<string, string>(), Encoding.UTF8.GetBytes((string)input["body"]!)), new RecordingGateway(), Cancel);

            Assert.True(((int?)expect["status"] ?? 200) == reply.Status, id);
            Assert.True(expect["reply"] is not { } said || (JsonNode.DeepEquals(said, JsonNode.Parse(reply.Body!)) && reply.ContentType == "application/json"), id);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("not a key")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Without_a_key_nothing_is_believed(string key)
    {
        await using var rig = await DiscordRig.NewAsync(null, KeyValuePair.Create("publicKey", key));
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal(WebhookReply.Refused, await ((IWebhookReceiver)session).ReceiveAsync(rig.NewCallback(5001, "x", TimeSpan.Zero), rig.Gateway, Cancel));
    }

    [Fact]
    public async Task A_command_is_answered_with_a_promise_and_a_press_with_silence()
    {
        await using var rig = await DiscordRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var press = rig.Emulator.NewCommand(5001, "ask", "x");
        (press["type"], press["data"], press["message"]) = (3, new JsonObject { ["custom_id"] = "0:yes", ["component_type"] = 2 }, new JsonObject { ["id"] = "1500" });

        var promised = await ((IWebhookReceiver)session).ReceiveAsync(rig.NewCallback(5001, "x", TimeSpan.Zero), rig.Gateway, Cancel);
        var seen = await ((IWebhookReceiver)session).ReceiveAsync(DiscordRig.Signed(press), rig.Gateway, Cancel);

        Assert.Equal(("""{"type":5}""", """{"type":6}"""), (promised.Body, seen.Body));
        Assert.Equal(new InboundContent.Pressed("yes", "yes"), rig.Gateway.Stored[1].Content);
    }

    [Fact]
    public async Task A_command_that_is_not_let_in_is_answered_at_once()
    {
        await using var rig = await DiscordRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        rig.Gateway.TurnsAwayWith = new GatewayOutcome.PairingRequired();

        var reply = await ((IWebhookReceiver)session).ReceiveAsync(rig.NewCallback(5001, "x", TimeSpan.Zero), rig.Gateway, Cancel);

        var answer = JsonNode.Parse(reply.Body!)!;
        Assert.Equal((200, 4, 64), (reply.Status, (int)answer["type"]!, (int)answer["data"]!["flags"]!));
    }

    [Fact]
    public async Task The_answer_to_a_command_that_was_posted_stands_where_it_is_waited_for()
    {
        await using var rig = await DiscordRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var command = rig.Emulator.NewCommand(5001, "ask", "when?");
        await ((IWebhookReceiver)session).ReceiveAsync(DiscordRig.Signed(command), rig.Gateway, Cancel);
        rig.Emulator.Answers[(string)command["id"]!] = 5;

        var sent = await session.SendAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody("Now."), rig.Gateway.Stored[0].ExternalMessageId, 1, false), Cancel);

        Assert.IsType<SendOutcome.Delivered>(sent);
        Assert.Equal(["fill"], rig.Emulator.Calls);
    }

    [Theory]
    [InlineData("GET", "{\"type\":1}", 405)]
    [InlineData("POST", "{", 400)]
    [InlineData("POST", "{\"type\":\"x\"}", 400)]
    [InlineData("POST", "{\"type\":99}", 200)]
    public async Task What_is_signed_and_wrong_is_answered(string method, string body, int status)
    {
        await using var rig = await DiscordRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var signed = DiscordRig.Signed(Encoding.UTF8.GetBytes(body));

        Assert.Equal(status, (await ((IWebhookReceiver)session).ReceiveAsync(signed with { Method = method }, rig.Gateway, Cancel)).Status);
    }

    private static DiscordWebhook NewSession(string publicKey, string timestamp)
    {
        var settings = DiscordSettings.Read(new Assistant.Domain.Settings.SettingValues([new("publicKey", publicKey)]));
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture)));
        var receiver = new DiscordReceiver(new ConnectionId("discord"), settings, null!, new DiscordCommands(time), time);
        return new DiscordWebhook(settings, receiver, new DiscordOptions(), time);
    }
}

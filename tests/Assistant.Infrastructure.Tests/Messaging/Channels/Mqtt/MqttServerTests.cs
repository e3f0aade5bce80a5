using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Mqtt;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Servers;
using MQTTnet;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mqtt;

/// <summary>What only a real broker shows.</summary>
public sealed class MqttServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_broker_loses_nothing_and_doubles_nothing()
    {
        await using var rig = await MqttRig.NewAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(5001, "before");
        await rig.Gateway.WaitAsync(1, Cancel);

        await rig.Broker.KillAsync();
        Assert.IsType<PhrasedException>(await rig.WaitForEndAsync());
        await rig.Broker.StartAgainAsync();
        await using var device = await MqttDevice.ConnectAsync(rig.Broker.Port, "5002");
        await device.SayAsync($"{MqttRig.Root}/in/5002", MqttRig.Payload("m", "meanwhile"));
        await rig.StartAsync(Cancel);
        await device.SayAsync($"{MqttRig.Root}/in/5002", MqttRig.Payload("a", "after"));

        Assert.Equal(["before", "meanwhile", "after"], (await rig.Gateway.WaitAsync(3, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_line_that_breaks_again_and_again_loses_nothing_and_doubles_nothing()
    {
        await using var rig = await MqttRig.NewAsync();
        var device = await rig.DeviceAsync("5001");
        await rig.RestartAsync(Cancel); // before the first, the broker keeps nothing for anybody
        var talking = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await device.SayAsync($"{MqttRig.Root}/in/5001", MqttRig.Payload($"{i}", $"{i:000}"));
            }
        }, Cancel);

        for (var breaks = 1; breaks <= 4; breaks++)
        {
            await rig.Gateway.WaitAsync(breaks * 40, Cancel);
            rig.Line.Cut();
            await rig.WaitForEndAsync();
            await rig.RestartAsync(Cancel);
        }

        await talking;
        var stored = await rig.Gateway.WaitAsync(200, Cancel);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i:000}"), stored.Select(Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_retained_was_not_said_to_us()
    {
        await using var rig = await MqttRig.NewAsync();
        await rig.Observer.SayAsync($"{MqttRig.Root}/in/5001", MqttRig.Payload("old", "retained"), retain: true);
        await rig.StartAsync(Cancel);
        await rig.SayAsync(5001, "fresh");

        Assert.Equal(["fresh"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
    }

    [Fact]
    public async Task Nobody_speaks_in_anothers_name()
    {
        await using var rig = await MqttRig.NewAsync();
        await rig.StartAsync(Cancel);
        var device = await rig.DeviceAsync("5002");

        var forged = await device.SayAsync($"{MqttRig.Root}/in/5001", """{"id":"f","from":"5001","text":"open the door"}""");
        await device.SayAsync($"{MqttRig.Root}/in/5002/plan", """{"id":"f","from":"5001","text":"it is me"}""");

        var message = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, forged.ReasonCode);
        Assert.Equal(("house/5002", "5001", new ExternalChat("5002", "plan")), (message.Sender.ExternalId, message.Sender.DisplayName, message.Chat));
    }

    [Fact]
    public async Task The_same_id_of_two_devices_is_two_messages()
    {
        await using var rig = await MqttRig.NewAsync();
        await rig.StartAsync(Cancel);

        foreach (var user in new[] { "5001", "5002" })
        {
            await (await rig.DeviceAsync(user)).SayAsync($"{MqttRig.Root}/in/{user}", MqttRig.Payload("1", user));
        }

        Assert.Equal(["5001", "5002"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_packet_beyond_the_limit_is_not_delivered_and_stops_nothing()
    {
        await using var rig = await MqttRig.NewAsync();
        await rig.StartAsync(Cancel);
        await (await rig.DeviceAsync("5001")).SayAsync($"{MqttRig.Root}/in/5001", new byte[100_000]);
        await rig.SayAsync(5001, "small");

        Assert.Equal(["small"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
    }

    [Fact]
    public async Task An_answer_nobody_would_get_waits()
    {
        await using var rig = await MqttRig.NewAsync();
        await using var broker = await MosquittoBroker.StartAsync(MqttRig.Root, ["5001"]);
        var connection = MqttRig.ConnectionWith(rig.Settings(
            MosquittoBroker.PasswordOf(MosquittoBroker.Assistant), values => values["port"] = broker.Port.ToString(CultureInfo.InvariantCulture)));
        await using var session = rig.Channel.Open(connection);
        using var stop = new CancellationTokenSource();
        var running = session.RunAsync(rig.Host, stop.Token);
        await rig.Host.WaitAsync(ConnectionState.Up, Cancel);
        var message = new OutboundMessage(Guid.CreateVersion7(), connection.Id, new ExternalChat("5001"), new MessageBody("hello"), null, 1, false);

        var later = Assert.IsType<SendOutcome.RetryAfter>(await session.SendAsync(message, Cancel));
        await using var device = await MqttDevice.ConnectAsync(broker.Port, "5001", $"{MqttRig.Root}/out/5001/#");

        Assert.Equal("mqtt.nobody-listens", later.Reason.FirstCode);
        Assert.Equal(new SendOutcome.Delivered($"{message.Id}"), await session.SendAsync(message, Cancel));
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => running);
    }

    [Fact]
    public async Task Everybody_can_see_whether_the_assistant_listens()
    {
        await using var rig = await MqttRig.NewAsync();
        await rig.StartAsync(Cancel);
        await StatusAsync("online");

        await rig.StopAsync();
        await StatusAsync("offline");
        await rig.RestartAsync(Cancel);
        rig.Line.Cut();
        await rig.WaitForEndAsync();

        await rig.Observer.CatchUpAsync();
        await rig.Observer.WaitAsync(_ => Statuses().SequenceEqual(["online", "offline", "online", "offline"]));

        Task StatusAsync(string status) => rig.Observer.WaitAsync(_ => Statuses().LastOrDefault() == status);
        IEnumerable<string> Statuses() => rig.Observer.Heard.Where(m => m.Topic == $"{MqttRig.Root}/status").Select(MqttDevice.TextOf);
    }

    [Fact]
    public async Task Home_assistant_knows_the_assistant_as_long_as_the_connection_is_on()
    {
        await using var rig = await MqttRig.NewAsync(values => values["homeAssistant"] = "true");
        await rig.StartAsync(Cancel);
        const string topic = "homeassistant/device/assistant-house/config";

        var described = JsonNode.Parse(MqttDevice.TextOf(await rig.Observer.WaitAsync(m => m.Topic == topic)))!;
        await rig.StopAsync();
        await rig.Observer.WaitAsync(m => m.Topic == topic && m.Payload.IsEmpty);

        var parts = described["components"]!.AsObject();
        Assert.Equal(["text", "notify", "sensor"], parts.Select(part => (string?)part.Value!["platform"]));
        Assert.All(parts, part => Assert.NotEmpty((string)part.Value!["unique_id"]!));
        Assert.Equal($"{MqttRig.Root}/in/homeassistant", (string?)parts["tell"]!["command_topic"]);
        Assert.Equal($"{MqttRig.Root}/out/homeassistant", (string?)parts["answer"]!["state_topic"]);
        Assert.Equal($"{MqttRig.Root}/status", (string?)described["availability_topic"]);
        Assert.NotEmpty((string)described["device"]!["identifiers"]![0]!);
        Assert.NotEmpty((string)described["origin"]!["name"]!);
        Assert.Equal("", rig.Host.Cursor);
    }

    [Fact]
    public async Task What_a_crash_left_in_home_assistant_is_taken_back_when_the_setting_is_off()
    {
        await using var rig = await MqttRig.NewAsync();
        rig.Host.Cursor = "homeassistant/device/assistant-house/config";

        await rig.StartAsync(Cancel);

        await rig.Observer.WaitAsync(m => m.Topic == "homeassistant/device/assistant-house/config" && m.Payload.IsEmpty);
        Assert.Equal("", rig.Host.Cursor);
    }

    [Fact]
    public async Task A_certificate_counts_only_by_the_word_of_its_authority()
    {
        var (authority, server) = Certificates();
        await using var rig = await MqttRig.NewAsync();
        await using var broker = await MosquittoBroker.StartAsync(MqttRig.Root, [], server);
        var settings = rig.Settings(MosquittoBroker.PasswordOf(MosquittoBroker.Assistant), values =>
        {
            (values["port"], values["security"]) = (broker.Port.ToString(CultureInfo.InvariantCulture), "tls");
        });
        var trusting = new Domain.Settings.SettingValues(settings.All.Append(new("authority", authority)));

        var refused = await rig.Channel.TestAsync(settings, Cancel);
        var taken = await rig.Channel.TestAsync(trusting, Cancel);

        var untrusted = Assert.Single(refused.Checks);
        Assert.Equal(("channel.insecure", "channel.certificate-fix"), (untrusted.Detail.FirstCode, untrusted.Fix?.FirstCode));
        Assert.True(taken.IsPassed, string.Join('\n', taken.Checks));
    }

    [Fact]
    public async Task The_broker_matches_topics_as_the_standard_says()
    {
        await using var broker = await MosquittoBroker.StartAsync(MqttRig.Root, ["lin"]);
        foreach (var (id, input, expect) in Vectors.Of("mqtt.json").Where(vector => vector.Input["filter"] is not null))
        {
            var (filter, topic) = ((string)input["filter"]!, (string)input["topic"]!);
            if (topic.StartsWith('$'))
            {
                continue; // the broker's own; nobody may publish to it
            }

            await using var listener = await MqttDevice.ConnectAsync(broker.Port, MosquittoBroker.Observer, filter, "mark/+");
            await listener.SayAsync(topic, id);
            await listener.CatchUpAsync();
            Assert.True((bool)expect["match"]! == listener.Heard.Any(message => message.Topic == topic), id);
            await listener.ForgetAsync(filter);
        }
    }

    [Theory]
    [InlineData("topic", "a/+", "mqtt.topic")]
    [InlineData("topic", "$SYS", "mqtt.topic")]
    [InlineData("port", "0", "mqtt.port")]
    [InlineData("port", "1.5", "mqtt.port")]
    public async Task A_setting_that_cannot_be_is_named(string key, string value, string code)
    {
        var settings = new Domain.Settings.SettingValues([new("host", "127.0.0.1"), new(key, value)]);
        var channel = MqttRig.NewChannel(TestOutgoing.Default);

        var check = Assert.Single((await channel.TestAsync(settings, Cancel)).Checks);
        await using var session = channel.Open(MqttRig.ConnectionWith(settings));

        Assert.Equal((false, code), (check.IsPassed, check.Detail.FirstCode));
        await Assert.ThrowsAsync<PhrasedException>(() => session.RunAsync(new Testing.Messaging.FakeChannelHost(new Testing.Messaging.RecordingGateway()), Cancel));
    }

    [Theory]
    [InlineData("1883.0")]
    [InlineData(" 1883")]
    public void A_port_that_passes_the_check_is_one(string port)
    {
        var settings = new Domain.Settings.SettingValues([new("host", "127.0.0.1"), new("port", port)]);

        Assert.Empty(settings.Check(MqttSettings.Fields));
        Assert.Equal(1883, MqttSettings.Read(settings, null).Settings!.Address.Port);
    }

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;

    private static (string Authority, (string Certificate, string Key) Server) Certificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Our own authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(root, now.AddHours(-1), now.AddDays(1), [1, 2, 3, 4]);
        return (root.ExportCertificatePem(), (server.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem()));
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Mqtt;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mqtt;

/// <summary>The MQTT channel with a real broker behind a line that can go bad.</summary>
internal sealed class MqttRig : ChannelRig
{
    public const string Root = "home/assistant";

    private readonly Dictionary<string, MqttDevice> _devices = [];
    private int _said;
    private (string Topic, string Payload) _last;

    private MqttRig(MosquittoBroker broker, MqttDevice observer, Action<Dictionary<string, string>>? change)
    {
        (Broker, Observer, Line) = (broker, observer, FaultyLine.To(broker.Port));
        Channel = NewChannel(TestOutgoing.Default);
        Connection = ConnectionWith(Settings(MosquittoBroker.PasswordOf(MosquittoBroker.Assistant), change));
    }

    public MosquittoBroker Broker { get; }

    public MqttDevice Observer { get; }

    public FaultyLine Line { get; }

    public override IChannel Channel { get; }

    public override Connection Connection { get; }

    public override SettingValues WrongSettings => Settings("not-the-password");

    public static async Task<MqttRig> NewAsync(Action<Dictionary<string, string>>? change = null)
    {
        var broker = await MosquittoBroker.StartAsync(Root, ["5001", "5002", "homeassistant"]);
        return new MqttRig(broker, await MqttDevice.ConnectAsync(broker.Port, MosquittoBroker.Observer, "#"), change);
    }

    public static IChannel NewChannel(Assistant.Infrastructure.Outgoing.OutgoingHttp outgoing) => new MqttChannel(
        new MessengerLines(outgoing, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) })),
        Options.Create(new MqttOptions { AnswerTimeout = TimeSpan.FromSeconds(2), OfflineDelay = TimeSpan.Zero }),
        TimeProvider.System,
        NullLogger<MqttChannel>.Instance);

    public static string UserOf(int person) => person.ToString(CultureInfo.InvariantCulture);

    public static string Payload(string id, string text) => new JsonObject { ["id"] = id, ["text"] = text, ["from"] = "Kitchen panel" }.ToJsonString();

    public static Connection ConnectionWith(SettingValues settings) => new(
        new ConnectionId("house"), TenantId.Default, "mqtt", "House", AccessPolicy.Open, true, false, settings,
        TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());

    public SettingValues Settings(string password, Action<Dictionary<string, string>>? change = null)
    {
        var values = new Dictionary<string, string>
        {
            ["host"] = "127.0.0.1", ["port"] = Line.Port.ToString(CultureInfo.InvariantCulture), ["security"] = "none",
            ["username"] = MosquittoBroker.Assistant, ["password"] = password, ["topic"] = Root,
        };
        change?.Invoke(values);
        return new SettingValues(values);
    }

    public override ExternalChat ChatOf(int person) => new(UserOf(person));

    public override async Task SayAsync(int person, string text)
    {
        _last = ($"{Root}/in/{UserOf(person)}", Payload($"said-{++_said}", text));
        await RedeliverLastAsync();
    }

    public override async Task RedeliverLastAsync() => await (await DeviceAsync(_last.Topic.Split('/')[^1])).SayAsync(_last.Topic, _last.Payload);

    public override async Task SendUnknownAsync()
        => await (await DeviceAsync("5001")).SayAsync($"{Root}/in/5001", """{"id":"h1","hologram":{"id":1}}""");

    /// <summary>Each id once, as the contract asks of receivers.</summary>
    public override IReadOnlyList<string> ShownTo(int person)
    {
        Observer.CatchUpAsync().GetAwaiter().GetResult();
        return [.. Observer.Heard.Where(message => message.Topic == $"{Root}/out/{UserOf(person)}")
            .Select(message => JsonNode.Parse(MqttDevice.TextOf(message))!).DistinctBy(answer => (string)answer["id"]!).Select(answer => (string)answer["text"]!)];
    }

    public override void FloodNextSend(int seconds) => throw new NotSupportedException("MQTT has no answer that names a time to wait.");

    public override void BreakNextSend()
    {
        Line.IsClosed = true;
        Line.Cut();
        WaitUntilLost();
    }

    public override void LoseNextAnswer() => Line.SwallowsAnswers = true;

    public override void Refuse(int person) => Broker.ForbidAsync(UserOf(person)).GetAwaiter().GetResult();

    public override void RevokeCredentials()
    {
        Broker.ChangePasswordAsync(MosquittoBroker.Assistant, "another").GetAwaiter().GetResult();
        Line.Cut();
        WaitUntilLost();
    }

    public async Task<MqttDevice> DeviceAsync(string user)
    {
        if (!_devices.TryGetValue(user, out var device))
        {
            _devices[user] = device = await MqttDevice.ConnectAsync(Broker.Port, user, $"{Root}/out/{user}/#");
        }

        return device;
    }

    public override async ValueTask DisposeAsync()
    {
        Line.SwallowsAnswers = false;
        await Xunit.Record.ExceptionAsync(async () => await base.DisposeAsync()); // a fault of its receiving is asserted where it is meant
        foreach (var device in _devices.Values.Append(Observer))
        {
            await device.DisposeAsync();
        }

        await Line.DisposeAsync();
        await Broker.DisposeAsync();
    }

    /// <summary>Starts the session again; what it reported before says nothing of now.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        Xunit.Assert.True(SpinWait.SpinUntil(() => ((MqttSession)Session).IsConnected, TimeSpan.FromSeconds(10)));
    }

    private void WaitUntilLost() => Xunit.Assert.True(SpinWait.SpinUntil(() => !((MqttSession)Session).IsConnected, TimeSpan.FromSeconds(10)));
}

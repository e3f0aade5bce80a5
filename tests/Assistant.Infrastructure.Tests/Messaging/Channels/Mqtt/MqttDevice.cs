using System.Buffers;
using System.Collections.Concurrent;
using Assistant.Testing.Servers;
using MQTTnet;
using MQTTnet.Protocol;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mqtt;

/// <summary>A device, or somebody who listens to everything.</summary>
internal sealed class MqttDevice : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentQueue<MqttApplicationMessage> _heard = new();
    private readonly string _user;
    private int _marks;

    private MqttDevice(string user)
    {
        _user = user;
        _client.ApplicationMessageReceivedAsync += delivery =>
        {
            _heard.Enqueue(delivery.ApplicationMessage);
            return Task.CompletedTask;
        };
    }

    /// <summary>What it heard, in order.</summary>
    public IReadOnlyList<MqttApplicationMessage> Heard => [.. _heard];

    public static async Task<MqttDevice> ConnectAsync(int port, string user, params IReadOnlyList<string> topics)
    {
        var device = new MqttDevice(user);
        await device.ConnectAsync(port, topics);
        return device;
    }

    /// <summary>Signs in, again if need be, to the session the broker kept.</summary>
    public async Task ConnectAsync(int port, params IReadOnlyList<string> topics)
    {
        var how = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithTcpServer("127.0.0.1", port)
            .WithClientId($"device-{_user}")
            .WithCredentials(_user, MosquittoBroker.PasswordOf(_user))
            .WithCleanStart(false).WithSessionExpiryInterval(3_600);
        await _client.ConnectAsync(how.Build(), CancellationToken.None);
        foreach (var topic in topics)
        {
            await _client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        }
    }

    /// <summary>Publishes, and waits until the broker has it.</summary>
    public Task<MqttClientPublishResult> SayAsync(string topic, string payload, bool retain = false)
        => _client.PublishStringAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce, retain);

    public Task<MqttClientPublishResult> SayAsync(string topic, byte[] payload) => _client.PublishBinaryAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce);

    /// <summary>Waits until everything that was published before has been heard: a listener hears its own mark behind it.</summary>
    public async Task CatchUpAsync()
    {
        var mark = $"mark/{Interlocked.Increment(ref _marks)}";
        await SayAsync(mark, "");
        await WaitAsync(message => message.Topic == mark);
    }

    /// <summary>Waits until something has been heard.</summary>
    public async Task<MqttApplicationMessage> WaitAsync(Func<MqttApplicationMessage, bool> isIt)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (_heard.FirstOrDefault(isIt) is { } found)
            {
                return found;
            }

            await Task.Delay(5, end.Token);
        }
    }

    /// <summary>Subscribes to it no longer.</summary>
    public Task ForgetAsync(string filter) => _client.UnsubscribeAsync(filter);

    public static string TextOf(MqttApplicationMessage message) => System.Text.Encoding.UTF8.GetString(message.Payload.ToArray());

    public async ValueTask DisposeAsync()
    {
        await _client.TryDisconnectAsync();
        _client.Dispose();
    }
}

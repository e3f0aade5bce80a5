using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

/// <summary>One connection to a broker. The broker keeps the session, so that what is said between two lines is delivered over the next.</summary>
/// <remarks>The cursor is the topic Home Assistant knows us by, for taking it back when the setting has changed meanwhile.</remarks>
internal sealed partial class MqttSession : IChannelSession
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly Connection _connection;
    private readonly MqttSettings _settings;
    private readonly MqttLine _line;
    private readonly MqttTopics _topics;
    private readonly MqttSender _sender;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile IMqttClient? _client;

    public MqttSession(Connection connection, MqttSettings settings, MessengerLines lines, MqttOptions options, TimeProvider time, ILogger logger)
    {
        (_connection, _settings, _time, _logger) = (connection, settings, time, logger);
        _line = new MqttLine(settings, options, lines);
        _topics = new MqttTopics(settings.Root);
        _sender = new MqttSender(_topics, options, time);
    }

    /// <summary>Whether there is a line to the broker.</summary>
    public bool IsConnected => _client is { IsConnected: true };

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(MqttLine.Name);
        using var client = new MqttClientFactory().CreateMqttClient();
        var receiver = new MqttReceiver(_connection.Id, _topics, host, _time, _logger, cancellationToken);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += receiver.ReceiveAsync;
        client.DisconnectedAsync += end =>
        {
            var isTakenOver = end.Reason == MqttClientDisconnectReason.SessionTakenOver
                || end.Exception is MqttClientUnexpectedDisconnectReceivedException { ReasonCode: MqttDisconnectReasonCode.SessionTakenOver };
            ended.TrySetException(new PhrasedException(isTakenOver ? Phrase.Of("mqtt.taken-over") : Phrase.Of("mqtt.lost")));
            return Task.CompletedTask;
        };

        try
        {
            await _line.ConnectAsync(client, _topics, cancellationToken);
            await BeginAsync(client, host, cancellationToken);
            _client = client;
            host.Connected(_settings.Account);
            await await Task.WhenAny(ended.Task, receiver.Failed).WaitAsync(cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is MqttCommunicationException or MqttClientDisconnectedException or MqttClientNotConnectedException)
        {
            throw new PhrasedException(Phrase.Of("mqtt.lost"), fault);
        }
        finally
        {
            _client = null;
            await LeaveAsync(client, host, isOrderly: cancellationToken.IsCancellationRequested);
        }
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(_client, message, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Subscribes, though a kept session still has its subscriptions: the settings may have changed since.</summary>
    /// <exception cref="PhrasedException">The broker does not let us listen.</exception>
    public static async Task SubscribeAsync(IMqttClient client, MqttTopics topics, CancellationToken cancellationToken)
    {
        var wanted = new MqttClientSubscribeOptionsBuilder();
        foreach (var topic in topics.Inbound)
        {
            wanted.WithTopicFilter(topic, MqttQualityOfServiceLevel.AtLeastOnce, noLocal: true, retainAsPublished: false, MqttRetainHandling.DoNotSendOnSubscribe);
        }

        var granted = await client.SubscribeAsync(wanted.Build(), cancellationToken);
        if (granted.Items.FirstOrDefault(item => item.ResultCode is not MqttClientSubscribeResultCode.GrantedQoS1) is { } refused)
        {
            throw new PhrasedException(Phrase.Of("mqtt.may-not-read", ("topic", refused.TopicFilter.Topic)));
        }
    }

    private static Task<MqttClientPublishResult> TellAsync(IMqttClient client, string topic, string payload, CancellationToken cancellationToken)
        => client.PublishStringAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce, retain: true, cancellationToken);

    private async Task BeginAsync(IMqttClient client, IChannelHost host, CancellationToken cancellationToken)
    {
        await SubscribeAsync(client, _topics, cancellationToken);
        await TellAsync(client, _topics.Status, "online", cancellationToken);
        var before = await host.ReadCursorAsync(cancellationToken);
        var now = _settings.HomeAssistantUser is null ? "" : MqttDiscovery.TopicOf(_settings.DiscoveryPrefix, _connection.Id);
        if (!string.IsNullOrEmpty(before) && before != now)
        {
            await TellAsync(client, before, "", cancellationToken);
        }

        if ((before ?? "") != now)
        {
            await host.SaveCursorAsync(now, cancellationToken);
        }

        if (_settings.HomeAssistantUser is { } user)
        {
            await TellAsync(client, now, MqttDiscovery.Describe(_connection, user, _topics), cancellationToken);
        }
    }

    /// <summary>Says goodbye where it was told to end; otherwise the broker says it for us.</summary>
    private async Task LeaveAsync(IMqttClient client, IChannelHost host, bool isOrderly)
    {
        if (!client.IsConnected)
        {
            return;
        }

        using var patience = new CancellationTokenSource(Farewell, _time);
        try
        {
            if (isOrderly)
            {
                await TellAsync(client, _topics.Status, "offline", patience.Token);
                if (_settings.HomeAssistantUser is not null)
                {
                    await TellAsync(client, MqttDiscovery.TopicOf(_settings.DiscoveryPrefix, _connection.Id), "", patience.Token);
                    await host.SaveCursorAsync("", patience.Token);
                }
            }

            var reason = isOrderly ? MqttClientDisconnectOptionsReason.NormalDisconnection : MqttClientDisconnectOptionsReason.DisconnectWithWillMessage;
            await client.DisconnectAsync(new MqttClientDisconnectOptionsBuilder().WithReason(reason).Build(), patience.Token);
        }
        catch (Exception fault) when (fault is MqttCommunicationException or MqttClientDisconnectedException or MqttClientNotConnectedException or OperationCanceledException)
        {
            LogNoFarewell(_logger, fault, _connection.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {ConnectionId} could not say goodbye to its broker")]
    private static partial void LogNoFarewell(ILogger logger, Exception fault, ConnectionId connectionId);
}

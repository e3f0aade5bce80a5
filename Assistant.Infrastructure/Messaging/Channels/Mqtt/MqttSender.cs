using System.Diagnostics.CodeAnalysis;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

/// <summary>Publishes answers and waits until the broker has them. Safe for concurrent use.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A send that outlives the session still gives its place back; without a wait handle nothing is held.")]
internal sealed class MqttSender(MqttTopics topics, MqttOptions options, TimeProvider time)
{
    /// <summary>Publications on the way at once: fewer than any broker's receive maximum.</summary>
    private const int Window = 8;

    // Not disposed: it holds nothing to release, and a send that outlives its session still gives its place back.
    private readonly SemaphoreSlim _window = new(Window);

    public async Task<SendOutcome> SendAsync(IMqttClient? client, OutboundMessage message, CancellationToken cancellationToken)
    {
        if (topics.Out(message.Chat) is not { } topic)
        {
            return SessionReports.NoSuchChat(MqttLine.Name, message.Chat);
        }

        await _window.WaitAsync(cancellationToken);
        try
        {
            return client is { IsConnected: true }
                ? await PublishAsync(client, NewMessage(topic, message), message.Id, cancellationToken)
                : new SendOutcome.RetryAfter(null, Phrase.Of("mqtt.not-connected"), PauseScope.Connection);
        }
        finally
        {
            _window.Release();
        }
    }

    private async Task<SendOutcome> PublishAsync(IMqttClient client, MqttApplicationMessage message, Guid id, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.AnswerTimeout);
        try
        {
            return OutcomeOf(await client.PublishAsync(message, patience.Token), message.Topic, id);
        }
        catch (MqttClientNotConnectedException)
        {
            return new SendOutcome.RetryAfter(null, Phrase.Of("mqtt.not-connected"), PauseScope.Connection);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is MqttCommunicationException or MqttClientDisconnectedException or OperationCanceledException)
        {
            return new SendOutcome.Uncertain(Phrase.Of("mqtt.not-confirmed"));
        }
    }

    private static SendOutcome OutcomeOf(MqttClientPublishResult result, string topic, Guid id) => result.ReasonCode switch
    {
        MqttClientPublishReasonCode.Success => new SendOutcome.Delivered(id.ToString()),
        MqttClientPublishReasonCode.NoMatchingSubscribers => new SendOutcome.RetryAfter(null, Phrase.Of("mqtt.nobody-listens", ("topic", topic))),
        MqttClientPublishReasonCode.NotAuthorized => new SendOutcome.Rejected(Phrase.Of("mqtt.may-not-write", ("topic", topic))),
        MqttClientPublishReasonCode.TopicNameInvalid or MqttClientPublishReasonCode.PayloadFormatInvalid
            => new SendOutcome.Rejected(Phrase.Of("channel.refuses", ("name", MqttLine.Name), ("says", result.ReasonString ?? result.ReasonCode.ToString()))),
        var busy => new SendOutcome.RetryAfter(null, Phrase.Of("channel.refuses", ("name", MqttLine.Name), ("says", result.ReasonString ?? busy.ToString()))),
    };

    private MqttApplicationMessage NewMessage(string topic, OutboundMessage message) => new MqttApplicationMessageBuilder()
        .WithTopic(topic)
        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .WithContentType("application/json")
        .WithPayloadFormatIndicator(MqttPayloadFormatIndicator.CharacterData)
        .WithPayload(MqttPayload.Write(message, time.GetUtcNow()))
        .Build();
}

using Assistant.Domain.Messaging;
using Microsoft.Extensions.Logging;
using MQTTnet;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

// The broker keeps a message until it is acknowledged, and delivers it again over the next line when it is not. So it is acknowledged after the
// gateway has committed. One failure ends the receiving: to acknowledge what came after it would break the order, and to go on without would
// fill the broker's window.

/// <summary>Hands what devices say to the gateway, one after another, then acknowledges.</summary>
internal sealed partial class MqttReceiver(ConnectionId connection, MqttTopics topics, IChannelHost host, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the first fault.</summary>
    public Task Failed => _failed.Task;

    public async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs delivery)
    {
        delivery.AutoAcknowledge = false;
        if (_failed.Task.IsCompleted || cancellationToken.IsCancellationRequested)
        {
            return;
        }

        try
        {
            if (Read(delivery.ApplicationMessage) is { } message)
            {
                await host.Gateway.AcceptAsync(message, cancellationToken);
            }

            await delivery.AcknowledgeAsync(cancellationToken);
        }
        catch (Exception fault)
        {
            _failed.TrySetException(fault);
        }
    }

    /// <summary>A delivery as a message; <see langword="null"/> for one that says nothing.</summary>
    public InboundMessage? Read(MqttApplicationMessage delivery)
    {
        // What is retained was said to whoever comes; it comes again with every subscription.
        if (delivery.Retain || topics.ChatOf(delivery.Topic) is not { } chat)
        {
            return null;
        }

        if (MqttPayload.Read(delivery.Payload) is not { } said)
        {
            LogUnreadable(logger, connection, delivery.Payload.Length);
            return null;
        }

        // An id counts within its chat only: no device can make another's message look like a repetition. Without one, a repetition cannot be told.
        var id = said.Id ?? $"none-{Guid.CreateVersion7():N}";
        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = string.Join('/', chat.ExternalId, chat.ThreadId ?? "", id),
            Chat = chat,
            Sender = ExternalSender.Named(ExternalSender.IdWithin(connection, chat.ExternalId), said.From, chat.ExternalId),
            ExternalMessageId = id,
            Content = new InboundContent.Said(said.Text, [], said.ReplyTo),
            SentAt = said.At ?? time.GetUtcNow(),
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} passed over an MQTT payload of {Length} bytes that says nothing")]
    private static partial void LogUnreadable(ILogger logger, ConnectionId connectionId, long length);
}

using System.Net;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using MQTTnet;
using MQTTnet.Channel;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

/// <summary>Signs in to the broker. Faults are in plain words and never carry the password.</summary>
internal sealed class MqttLine(MqttSettings settings, MqttOptions options, MessengerLines lines)
{
    /// <summary>The broker's name in what is said about it.</summary>
    public const string Name = "MQTT";

    /// <summary>More than the largest payload: the topic and properties come with it. The broker keeps larger packets from us.</summary>
    private const uint MaxPacket = MqttPayload.MaxBytes + 4_096;

    /// <summary>As many unacknowledged messages as the broker may have on the way to us.</summary>
    private const ushort Window = 32;

    /// <summary>Signs in under the fixed name, to the session the broker kept.</summary>
    /// <exception cref="PhrasedException">The broker does not let us in.</exception>
    public Task<MqttClientConnectResult> ConnectAsync(IMqttClient client, MqttTopics topics, CancellationToken cancellationToken)
        => ConnectAsync(client, Begin(settings.Client)
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)options.SessionLifetime.TotalSeconds)
            .WithWillTopic(topics.Status).WithWillPayload("offline").WithWillRetain().WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillDelayInterval((uint)options.OfflineDelay.TotalSeconds)
            .Build(), cancellationToken);

    /// <summary>Signs in under another name and leaves nothing behind.</summary>
    /// <exception cref="PhrasedException">The broker does not let us in.</exception>
    public Task<MqttClientConnectResult> TryAsync(IMqttClient client, CancellationToken cancellationToken)
        => ConnectAsync(client, Begin($"assistant-test-{Guid.CreateVersion7():N}").WithCleanStart().Build(), cancellationToken);

    private static async Task<MqttClientConnectResult> ConnectAsync(IMqttClient client, MqttClientOptions how, CancellationToken cancellationToken)
    {
        MqttClientConnectResult result;
        try
        {
            result = await client.ConnectAsync(how, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is MqttCommunicationException or MqttProtocolViolationException or OperationCanceledException)
        {
            throw PhrasedIn(fault) ?? new PhrasedException(Phrase.Of(fault is OperationCanceledException ? "channel.no-answer" : "mqtt.no-broker", ("name", Name)), fault);
        }

        return result.ResultCode switch
        {
            MqttClientConnectResultCode.Success => result,
            MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.Banned
                => throw new MqttSignInException(),
            MqttClientConnectResultCode.UnsupportedProtocolVersion => throw new PhrasedException(Phrase.Of("mqtt.needs-version-5")),
            var code => throw new PhrasedException(Phrase.Of("channel.refuses", ("name", Name), ("says", result.ReasonString ?? code.ToString()))),
        };
    }

    private static PhrasedException? PhrasedIn(Exception? fault)
    {
        while (fault is not (null or PhrasedException))
        {
            fault = fault.InnerException;
        }

        return (PhrasedException?)fault;
    }

    private MqttClientOptionsBuilder Begin(string client)
    {
        var how = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTcpServer(tcp => tcp.StreamProvider = new Opener(settings.Address, lines))
            .WithEndPoint(new DnsEndPoint(settings.Address.Host, settings.Address.Port))
            .WithClientId(client)
            .WithKeepAlivePeriod(options.KeepAlive)
            .WithTimeout(options.AnswerTimeout)
            .WithMaximumPacketSize(MaxPacket)
            .WithReceiveMaximum(Window);
        return settings.Username is { } user ? how.WithCredentials(user, settings.Password ?? "") : how;
    }

    /// <summary>The guarded line under the package's protocol.</summary>
    private sealed class Opener(LineAddress address, MessengerLines lines) : IMqttClientStreamProvider
    {
        public Task<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken) => lines.OpenAsync(Name, address, cancellationToken);
    }
}

/// <summary>The broker does not take the credentials.</summary>
internal sealed class MqttSignInException() : PhrasedException(Phrase.Of("channel.sign-in-refused", ("name", MqttLine.Name)));

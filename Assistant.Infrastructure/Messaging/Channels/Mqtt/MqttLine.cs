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
        => ConnectAsync(client, settings.Client, how => how
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)options.SessionLifetime.TotalSeconds)
            .WithWillTopic(topics.Status).WithWillPayload("offline").WithWillRetain().WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillDelayInterval((uint)options.OfflineDelay.TotalSeconds), cancellationToken);

    /// <summary>Signs in under another name and leaves nothing behind.</summary>
    /// <exception cref="PhrasedException">The broker does not let us in.</exception>
    public Task<MqttClientConnectResult> TryAsync(IMqttClient client, CancellationToken cancellationToken)
        => ConnectAsync(client, $"assistant-test-{Guid.CreateVersion7():N}", how => how.WithCleanStart(), cancellationToken);

    private async Task<MqttClientConnectResult> ConnectAsync(
        IMqttClient client, string name, Func<MqttClientOptionsBuilder, MqttClientOptionsBuilder> complete, CancellationToken cancellationToken)
    {
        var opener = new Opener(settings.Address, lines);
        MqttClientConnectResult result;
        try
        {
            result = await client.ConnectAsync(Through(opener, complete(Begin(name)).Build()), cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is MqttCommunicationException or MqttProtocolViolationException or OperationCanceledException)
        {
            throw opener.Fault ?? new PhrasedException(fault is OperationCanceledException ? Phrase.Of("channel.no-answer", ("name", Name)) : Phrase.Of("mqtt.no-broker"), fault);
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

    private DnsEndPoint Target => new(settings.Address.Host, settings.Address.Port);

    /// <summary>The package's own sockets know neither our guard nor our trust: it has to take ours, and the builder does not pass them on.</summary>
    private MqttClientOptions Through(Opener opener, MqttClientOptions how)
    {
        how.ChannelOptions = new MqttClientTcpOptions { RemoteEndpoint = Target, StreamProvider = opener };
        return how;
    }

    private MqttClientOptionsBuilder Begin(string client)
    {
        var how = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithEndPoint(Target)
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
        /// <summary>Why there is no line, in our words; the package has others.</summary>
        public PhrasedException? Fault { get; private set; }

        public async Task<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
        {
            try
            {
                return await lines.OpenAsync(Name, address, cancellationToken);
            }
            catch (PhrasedException fault)
            {
                Fault = fault;
                throw;
            }
        }
    }
}

/// <summary>The broker does not take the credentials.</summary>
internal sealed class MqttSignInException() : PhrasedException(Phrase.Of("channel.sign-in-refused", ("name", MqttLine.Name)));

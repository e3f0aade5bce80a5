using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using MQTTnet;
using MQTTnet.Exceptions;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

/// <summary>Tries settings at the broker: under a name of its own, with a session that ends with it, publishing nothing.</summary>
internal sealed class MqttCheck(MessengerLines lines, MqttOptions options, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (settings, problem) = MqttSettings.Read(values, null);
        IReadOnlyList<ConnectionCheck> checks = settings is null
            ? [new(Phrase.Of("channel.check-settings"), false, problem!, Phrase.Of("mqtt.settings-fix"))]
            : await TryAsync(settings, cancellationToken);
        return new ConnectionTest(checks, time.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<ConnectionCheck>> TryAsync(MqttSettings settings, CancellationToken cancellationToken)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        try
        {
            await new MqttLine(settings, options, lines).TryAsync(client, cancellationToken);
        }
        catch (MqttSignInException refused)
        {
            return [Checks.WrongCredentials(MqttLine.Name, refused.Reason)];
        }
        catch (PhrasedException fault)
        {
            return [Checks.Unreachable(MqttLine.Name, fault.Reason)];
        }

        var signedIn = Checks.SignedIn(MqttLine.Name, settings.Account);
        var topics = new MqttTopics(settings.Root);
        try
        {
            await MqttSession.SubscribeAsync(client, topics, cancellationToken);
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellationToken);
            return [signedIn, new(Phrase.Of("mqtt.check-topics"), true, Phrase.Of("mqtt.may-read", ("topic", topics.Inbound[0])))];
        }
        catch (PhrasedException refused)
        {
            return [signedIn, new(Phrase.Of("mqtt.check-topics"), false, refused.Reason, Phrase.Of("mqtt.topics-fix"))];
        }
        catch (Exception fault) when (fault is MqttCommunicationException or MqttClientDisconnectedException or MqttClientNotConnectedException)
        {
            return [signedIn, new(Phrase.Of("mqtt.check-topics"), false, Phrase.Of("mqtt.lost"), Phrase.Of("channel.network-fix", ("name", MqttLine.Name)))];
        }
    }
}

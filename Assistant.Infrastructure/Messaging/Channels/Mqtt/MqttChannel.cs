using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

/// <summary>Devices and home automation, over a broker that speaks MQTT 5; topics and payloads are ours.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class MqttChannel(MessengerLines lines, IOptions<MqttOptions> options, TimeProvider time, ILogger<MqttChannel> logger) : IChannel
{
    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "mqtt",
        DisplayName: "MQTT",
        Glyph: "M4 18a2 2 0 1 0 4 0a2 2 0 1 0 -4 0ZM4 11v2.5a6.5 6.5 0 0 1 6.5 6.5H13A9 9 0 0 0 4 11ZM4 5v2.5A12.5 12.5 0 0 1 16.5 20H19A15 15 0 0 0 4 5Z",
        SetupUrl: new Uri("https://mosquitto.org/man/mosquitto-conf-5.html"),

        // At QoS 1 a receiver has to know repetitions anyway; here it knows them by the id, which is the message's.
        Capabilities: ChannelCapabilities.IdempotentSend,
        TextLimit: MqttPayload.Limit,
        Settings: MqttSettings.Fields)
    {
        Readers = new(
            "The broker, and every user whom its access rules let read the topics, reads everything.", "代理服务器，以及其访问规则允许读取相应主题的所有用户，可以读取全部内容。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => MqttSettings.Read(connection.Settings, connection.Id) switch
    {
        ({ } settings, _) => new MqttSession(connection, settings, lines, options.Value, time, logger),
        (_, var problem) => new ClosedSession(problem!),
    };

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        => new MqttCheck(lines, options.Value, time).RunAsync(settings, cancellationToken);
}

using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mqtt;

public sealed class MqttContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await MqttRig.NewAsync();
}

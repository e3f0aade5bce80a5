using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Irc;

public sealed class IrcContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await IrcRig.NewAsync();
}

using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Discord;

public sealed class DiscordContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await DiscordRig.NewAsync();
}

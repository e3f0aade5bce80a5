using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mattermost;

public sealed class MattermostContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await MattermostRig.NewAsync(_house);
}

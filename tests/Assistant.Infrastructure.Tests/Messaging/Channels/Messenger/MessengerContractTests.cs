using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Messenger;

/// <summary>What every channel promises, kept by Facebook Messenger: the emulator posts to a real port.</summary>
public sealed class MessengerContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await MessengerRig.NewAsync(_house);
}

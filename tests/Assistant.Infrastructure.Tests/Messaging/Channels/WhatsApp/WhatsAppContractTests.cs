using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WhatsApp;

/// <summary>What every channel promises, kept by WhatsApp: the emulator posts to a real port.</summary>
public sealed class WhatsAppContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await WhatsAppRig.NewAsync(_house);
}

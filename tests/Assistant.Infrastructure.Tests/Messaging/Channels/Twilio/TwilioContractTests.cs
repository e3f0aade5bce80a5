using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Twilio;

/// <summary>What every channel promises, kept by Twilio: the emulator posts to a real port.</summary>
public sealed class TwilioContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await TwilioRig.NewAsync(_house);
}

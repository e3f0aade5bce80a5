using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeCom;

/// <summary>What every channel promises, kept by WeCom: the emulator posts to a real port.</summary>
public sealed class WeComContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await _house.AdoptAsync(await WeComRig.NewAsync());
}

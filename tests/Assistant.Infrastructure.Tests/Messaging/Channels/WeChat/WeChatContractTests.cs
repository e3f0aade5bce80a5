using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;
using Assistant.Testing.WeChat;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeChat;

/// <summary>What every channel promises, kept by WeChat in secure mode: the emulator posts to a real port.</summary>
public sealed class WeChatContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await _house.AdoptAsync(await WeChatRig.NewAsync());
}

/// <summary>The same in plain mode.</summary>
public sealed class WeChatPlainContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await _house.AdoptAsync(await WeChatRig.NewAsync(WeChatMode.Plain));
}

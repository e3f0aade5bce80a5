using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

/// <summary>The emulator posts to a real port, as Feishu would to the webhook endpoint.</summary>
public sealed class FeishuContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await FeishuRig.NewAsync(_house);
}

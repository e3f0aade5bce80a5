using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

public sealed class FeishuSocketContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await FeishuRig.NewConnectedAsync();
}

/// <summary>The same promises when Feishu calls us: the emulator posts to a real port, as it would to the webhook endpoint.</summary>
public sealed class FeishuWebhookContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await FeishuRig.NewAsync(_house);
}

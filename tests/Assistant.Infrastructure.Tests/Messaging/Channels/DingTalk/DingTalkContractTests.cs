using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.DingTalk;

public sealed class DingTalkStreamContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await DingTalkRig.NewAsync();
}

/// <summary>The same promises when DingTalk calls us: the emulator posts to a real port, as it would to the webhook endpoint.</summary>
public sealed class DingTalkWebhookContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await DingTalkRig.NewCalledAsync(_house);
}

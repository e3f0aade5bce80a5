using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Slack;

public sealed class SlackSocketContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await SlackRig.NewAsync();
}

/// <summary>The same promises when Slack calls us: the emulator posts to a real port, as it would to the webhook endpoint.</summary>
public sealed class SlackWebhookContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await SlackRig.NewCalledAsync(_house);
}

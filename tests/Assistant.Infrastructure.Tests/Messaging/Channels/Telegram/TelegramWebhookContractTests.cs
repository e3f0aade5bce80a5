using Assistant.Testing.Contracts;
using Assistant.Testing.Messaging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

/// <summary>The same promises when Telegram calls us: the emulator posts to a real port, as it would to the webhook endpoint.</summary>
public sealed class TelegramWebhookContractTests : ChannelContract, IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync() => await _house.AdoptAsync(await TelegramRig.NewAsync(usesWebhook: true));
}

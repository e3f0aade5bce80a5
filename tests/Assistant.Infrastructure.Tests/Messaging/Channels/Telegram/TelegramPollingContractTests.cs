using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed class TelegramPollingContractTests : ChannelContract
{
    protected override async Task<ChannelRig> NewRigAsync() => await TelegramRig.NewAsync();
}

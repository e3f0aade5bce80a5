using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed class TelegramServicesTests
{
    [Fact]
    public void The_channel_comes_with_its_registration()
        => Assert.Equal("telegram", Assert.Single(Services([]).GetServices<IChannel>()).Manifest.Type);

    [Fact]
    public void Wrong_options_stop_the_start()
        => Assert.Throws<OptionsValidationException>(
            () => Services([new($"{TelegramOptions.Section}:WebhookConnections", "0")]).GetRequiredService<IOptions<TelegramOptions>>().Value);

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddTelegram()
            .BuildServiceProvider();
}

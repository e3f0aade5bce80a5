using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
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

    [Theory]
    [InlineData("Assistant:Channels:Telegram:WebhookConnections")]
    [InlineData("Channels:Telegram:WebhookConnections")] // the name from before
    public void Its_options_are_set_by_the_name_every_option_has(string name)
        => Assert.Equal(3, Services([new(name, "3")]).GetRequiredService<IOptions<TelegramOptions>>().Value.WebhookConnections);

    [Theory]
    [InlineData(1, true)]
    [InlineData(16, true)]
    [InlineData(17, false)]
    [InlineData(18, false)]
    public async Task A_token_that_looks_like_one_can_be_used(int digits, bool looks)
    {
        var token = $"{new string('1', digits)}:AAE";
        await using var services = Services([]);
        var settings = new SettingValues([KeyValuePair.Create("token", token)]);

        await using var session = services.GetRequiredService<IChannel>().Open(new Connection(
            new ConnectionId("tg"), TenantId.Default, "telegram", "tg", AccessPolicy.Open, true, false, settings, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));

        Assert.Equal((looks, looks), (TelegramSettings.HasTokenForm(token), session is TelegramSession));
    }

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddTelegram()
            .BuildServiceProvider();
}

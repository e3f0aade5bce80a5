using Assistant.Domain.Messaging.Gateway;
using Assistant.Infrastructure.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Gateway;

public sealed class GatewayOptionsTests
{
    [Fact]
    public void Limits_are_those_of_the_settings()
    {
        Assert.Equal(GatewayLimits.Default, Services([]).GetRequiredService<GatewayLimits>());
        Assert.Equal(new GatewayLimits(100, 3, 0.5), Services(
        [
            new("Assistant:Gateway:MaxTextLength", "100"), new("Assistant:Gateway:Burst", "3"), new("Assistant:Gateway:PerSecond", "0.5"),
        ]).GetRequiredService<GatewayLimits>());
    }

    [Fact]
    public void Wrong_options_stop_the_start()
        => Assert.Throws<OptionsValidationException>(() => Services([new("Assistant:Gateway:Burst", "0")]).GetRequiredService<GatewayLimits>());

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddMessaging()
            .BuildServiceProvider();
}

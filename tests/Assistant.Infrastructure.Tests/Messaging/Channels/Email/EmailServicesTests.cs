using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

public sealed class EmailServicesTests
{
    [Fact]
    public void The_channel_comes_with_its_registration()
    {
        using var services = Services([]);

        Assert.Equal("email", Assert.Single(services.GetServices<IChannel>()).Manifest.Type);
    }

    [Fact]
    public void Wrong_options_stop_the_start()
    {
        using var services = Services([new($"{EmailOptions.Section}:MaxSends", "0")]);

        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<EmailOptions>>().Value);
    }

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddEmail()
            .BuildServiceProvider();
}

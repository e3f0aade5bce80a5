using Assistant.Infrastructure.Ai;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai;

public sealed class EngineOptionsTests
{
    [Fact]
    public void They_are_set_by_the_name_every_option_has()
        => Assert.Equal(7, Read(("Assistant:Engines:MaxAttempts", "7")).MaxAttempts);

    [Fact]
    public void The_name_from_before_still_counts_until_the_new_one_says_otherwise()
    {
        var options = Read(("Engines:MaxAttempts", "6"), ("Engines:FailuresToOpen", "9"), ("Assistant:Engines:MaxAttempts", "7"));

        Assert.Equal((7, 9), (options.MaxAttempts, options.FailuresToOpen));
    }

    private static EngineOptions Read(params (string Key, string Value)[] settings)
        => new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build())
            .AddEngines()
            .BuildServiceProvider()
            .GetRequiredService<IOptions<EngineOptions>>().Value;
}

using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

public sealed class DatabaseOptionsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("sqlite", " ")]
    [InlineData("postgres", "Host=localhost")]
    public void A_whole_choice_can_be_used(string? provider, string? connection)
        => Assert.Equal(provider ?? "sqlite", Read(provider, connection).Provider);

    [Theory]
    [InlineData(null, "Host=localhost", "ConnectionString is set, but Provider is 'sqlite'")]
    [InlineData("sqlite", "Host=localhost", "set Provider to 'postgres' or remove it")]
    [InlineData("mysql", "Host=localhost", "must be 'sqlite' or 'postgres'")]
    [InlineData("postgres", "", "ConnectionString is needed for 'postgres'")]
    public void Half_a_choice_is_refused(string? provider, string? connection, string says)
        => Assert.Contains(says, Assert.Single(Assert.Throws<OptionsValidationException>(() => Read(provider, connection)).Failures), StringComparison.Ordinal);

    private static DatabaseOptions Read(string? provider, string? connection)
    {
        var settings = new Dictionary<string, string?> { ["Assistant:Database:Provider"] = provider, ["Assistant:Database:ConnectionString"] = connection };
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Where(setting => setting.Value is not null)).Build())
            .AddPersistence(new DataFolder(Path.GetTempPath())).BuildServiceProvider();
        return services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
    }
}

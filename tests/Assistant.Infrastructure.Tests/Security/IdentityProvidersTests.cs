using Assistant.Domain.Security.External;
using Assistant.Infrastructure.Security.OpenIdConnect;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>The settings of identity providers, and what they make of the framework's handler.</summary>
public sealed class IdentityProvidersTests
{
    private const string Secret = "quite-a-secret-of-the-provider";

    private static readonly Dictionary<string, string?> Good = new()
    {
        ["Name"] = "Example ID",
        ["Authority"] = "https://id.example.org",
        ["ClientId"] = "assistant",
        ["ClientSecret"] = Secret,
    };

    [Fact]
    public async Task Without_settings_there_is_no_provider_and_no_scheme()
    {
        await using var services = Compose([]);

        Assert.Empty(services.GetRequiredService<IdentityProviders>().All);
        Assert.Empty(services.GetRequiredService<IOptions<AuthenticationOptions>>().Value.Schemes);
    }

    [Fact]
    public async Task Each_provider_has_a_key_in_small_letters_and_a_scheme()
    {
        await using var services = Compose(new() { ["Main"] = Good, ["b"] = new(Good) { ["Name"] = "Another", ["RequiredAcr"] = "phr" } });

        var providers = services.GetRequiredService<IdentityProviders>();

        Assert.Equal([("b", "Another", true), ("main", "Example ID", false)], providers.All.Select(p => (p.Key, p.Name, p.IsMultiFactor)));
        Assert.Equal(["oidc-b", "oidc-main"], services.GetRequiredService<IOptions<AuthenticationOptions>>().Value.Schemes.Select(scheme => scheme.Name).Order());
        Assert.Equal("main", providers.FindByScheme("oidc-main")?.Key);
        Assert.Null(providers.Find("other"));
    }

    [Fact]
    public async Task The_handler_believes_signed_answers_to_its_own_question_and_keeps_no_token()
    {
        await using var services = Compose(new() { ["main"] = Good });

        var options = SetUp(services);

        Assert.Equal((OpenIdConnectResponseType.Code, true), (options.ResponseType, options.UsePkce));
        Assert.True(options.ProtocolValidator.RequireNonce);
        Assert.True(options.RequireHttpsMetadata);
        Assert.False(options.SaveTokens);
        Assert.False(options.GetClaimsFromUserInfoEndpoint);
        Assert.Equal(["openid"], options.Scope);
        Assert.All(options.TokenValidationParameters.ValidAlgorithms, algorithm => Assert.Matches("^(RS|PS|ES)(256|384|512)$", algorithm));
        Assert.Equal(Secret, options.ClientSecret);
        options.BackchannelHttpHandler?.Dispose();
    }

    [Theory]
    [InlineData("https://id.example.org", true)]
    [InlineData("https://id.example.org/", true)]
    [InlineData("https://id.example.com", false)]
    [InlineData("https://ID.example.org", false)]
    [InlineData("https://id.example.org/realms/other", false)]
    [InlineData("", false)]
    public async Task No_provider_vouches_for_the_people_of_another_whatever_it_calls_itself(string issuer, bool isBelieved)
    {
        await using var services = Compose(new() { ["main"] = Good });
        var options = SetUp(services);
        options.BackchannelHttpHandler?.Dispose();
        options.TokenValidationParameters.ValidIssuers = [issuer]; // as its metadata would say

        var validate = () => options.TokenValidationParameters.IssuerValidator(issuer, new JsonWebToken("{}", "{}"), options.TokenValidationParameters);

        if (isBelieved)
        {
            Assert.Equal(issuer, validate());
        }
        else
        {
            Assert.Throws<SecurityTokenInvalidIssuerException>(validate);
        }
    }

    [Theory]
    [InlineData("Name", "", ":Name is missing")]
    [InlineData("Name", "A name of a provider that fits on no button at all", ":Name is missing or longer")]
    [InlineData("Authority", "", ":Authority is no address")]
    [InlineData("Authority", "id.example.org", ":Authority is no address")]
    [InlineData("Authority", "http://id.example.org", ":Authority is no address")]
    [InlineData("Authority", "https://ada:x@id.example.org", ":Authority is no address")]
    [InlineData("Authority", "https://id.example.org/?tenant=1", ":Authority is no address")]
    [InlineData("ClientId", "", ":ClientId is missing")]
    [InlineData("ClientSecret", "", " wants a secret")]
    [InlineData("ClientSecretFile", "/somewhere", " wants a secret")]
    public void A_wrong_setting_is_named_and_the_secret_is_not(string name, string value, string problem)
    {
        using var services = Compose(new() { ["main"] = new(Good) { [name] = value } });

        var wrong = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IdentityProviders>());

        Assert.Contains($"Assistant:SignIn:OpenIdConnect:main{problem}", Assert.Single(wrong.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, wrong.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a_b")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefg")]
    public void A_key_that_fits_in_no_address_is_refused(string key)
    {
        using var services = Compose(new() { [key] = Good });

        Assert.Contains("is no key of a provider", Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IdentityProviders>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://127.0.0.1:5000/realms/home")]
    [InlineData("https://id.example.org/realms/home")]
    public async Task A_provider_may_be_on_this_machine_without_https(string authority)
    {
        await using var services = Compose(new() { ["main"] = new(Good) { ["Authority"] = authority } });

        Assert.Single(services.GetRequiredService<IdentityProviders>().All);
    }

    [Fact]
    public void A_secret_may_be_in_a_file_that_is_there_and_not_empty()
    {
        var file = Path.GetTempFileName();
        try
        {
            var settings = new Dictionary<string, string?>(Good) { ["ClientSecret"] = "", ["ClientSecretFile"] = file };
            using var empty = Compose(new() { ["main"] = settings });
            Assert.Contains(":ClientSecretFile names a file", Assert.Throws<OptionsValidationException>(() => empty.GetRequiredService<IdentityProviders>()).Message, StringComparison.Ordinal);

            File.WriteAllText(file, Secret + "\n");
            using var services = Compose(new() { ["main"] = settings });

            Assert.Equal(Secret, services.GetRequiredService<IOptions<IdentityProvidersOptions>>().Value.Providers["main"].ReadSecret());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static OpenIdConnectOptions SetUp(ServiceProvider services)
    {
        var options = new OpenIdConnectOptions();
        foreach (var setup in services.GetServices<IConfigureOptions<OpenIdConnectOptions>>().OfType<IConfigureNamedOptions<OpenIdConnectOptions>>())
        {
            setup.Configure("oidc-main", options);
        }

        return options;
    }

    private static ServiceProvider Compose(Dictionary<string, Dictionary<string, string?>> providers)
    {
        var settings = providers.SelectMany(provider => provider.Value.Select(setting
            => KeyValuePair.Create($"{IdentityProvidersOptions.Section}:{provider.Key}:{setting.Key}", setting.Value)));
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddIdentityProviders()
            .BuildServiceProvider();
    }
}

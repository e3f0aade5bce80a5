using Assistant.Domain.Security.External;
using Assistant.Infrastructure.Outgoing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Security.OpenIdConnect;

public static class OpenIdConnectServices
{
    /// <summary>The providers of the settings, and a scheme of authentication for each.</summary>
    public static IServiceCollection AddIdentityProviders(this IServiceCollection services)
    {
        services.AddOutgoing();
        services.AddSingleton<IValidateOptions<IdentityProvidersOptions>, IdentityProvidersCheck>();
        services.AddOptions<IdentityProvidersOptions>()
            .Configure<IConfiguration>((options, configuration) => configuration.GetSection(IdentityProvidersOptions.Section).Bind(options.Providers))
            .ValidateOnStart();
        services.AddSingleton(provider => new IdentityProviders(
            [.. provider.GetRequiredService<IOptions<IdentityProvidersOptions>>().Value.Providers
                .Select(p => new IdentityProvider(p.Key.ToLowerInvariant(), p.Value.Name.Trim(), p.Value.IsMultiFactor))
                .OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase)]));

        services.AddTransient<OpenIdConnectHandler>();
        services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, OpenIdConnectSetup>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>());
        services.AddOptions<AuthenticationOptions>().Configure<IdentityProviders>((options, providers) =>
        {
            foreach (var provider in providers.All)
            {
                options.AddScheme<OpenIdConnectHandler>(provider.Scheme, provider.Name);
            }
        });
        return services;
    }
}

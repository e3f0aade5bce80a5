using Assistant.Domain.Messaging.WebChat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Security.VisitorTokens;

public static class VisitorTokenServices
{
    /// <summary>Adds the signing of web chat visitors, under the installation's data protection keys.</summary>
    public static IServiceCollection AddVisitorTokens(this IServiceCollection services)
    {
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IVisitorTokens, ProtectedVisitorTokens>();
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Outgoing;

internal static class OutgoingServices
{
    /// <summary>Adds <see cref="OutgoingHttp"/> for whatever feature sends requests; may be called by each of them.</summary>
    public static IServiceCollection AddOutgoing(this IServiceCollection services)
    {
        services.AddOptions<OutgoingOptions>().BindConfiguration(OutgoingOptions.Section).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        services.TryAddSingleton<OutgoingHttp>();
        return services;
    }
}

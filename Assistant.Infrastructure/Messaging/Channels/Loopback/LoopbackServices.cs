using Assistant.Domain.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Messaging.Channels.Loopback;

public static class LoopbackServices
{
    /// <summary>Adds the loopback channel and its <see cref="LoopbackPort"/>. Not for production: anyone with the port is anyone.</summary>
    public static IServiceCollection AddLoopback(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LoopbackPort>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChannel, LoopbackChannel>());
        return services;
    }
}

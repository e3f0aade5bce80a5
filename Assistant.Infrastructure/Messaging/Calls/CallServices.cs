using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Messaging.Calls;

internal static class CallServices
{
    /// <summary>What channels over HTTP share. Safe to repeat.</summary>
    public static IServiceCollection AddMessengerCalls(this IServiceCollection services)
    {
        services.AddOptions<CallOptions>().BindConfigurationOrFormer(CallOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOutgoing();
        services.TryAddSingleton<MessengerHttp>();
        services.TryAddSingleton<MessengerLines>();
        services.TryAddSingleton<MessengerSockets>();
        return services;
    }
}

using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

public static class SignalServices
{
    /// <summary>Adds the Signal channel.</summary>
    public static IServiceCollection AddSignal(this IServiceCollection services)
    {
        services.AddOptions<SignalOptions>().BindConfigurationOrFormer(SignalOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, SignalChannel>();
        return services;
    }
}

using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

public static class IrcServices
{
    /// <summary>Adds the IRC channel.</summary>
    public static IServiceCollection AddIrc(this IServiceCollection services)
    {
        services.AddOptions<IrcOptions>().BindConfigurationOrFormer(IrcOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, IrcChannel>();
        return services;
    }
}

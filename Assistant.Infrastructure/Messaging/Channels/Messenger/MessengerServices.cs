using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

public static class MessengerServices
{
    /// <summary>Adds the Facebook Messenger channel.</summary>
    public static IServiceCollection AddMessenger(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, MessengerChannel>();
        return services;
    }
}

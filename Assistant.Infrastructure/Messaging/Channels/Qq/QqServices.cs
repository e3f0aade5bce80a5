using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

public static class QqServices
{
    /// <summary>Adds the QQ channel.</summary>
    public static IServiceCollection AddQq(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, QqChannel>();
        return services;
    }
}

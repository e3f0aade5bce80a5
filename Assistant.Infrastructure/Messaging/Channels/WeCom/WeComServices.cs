using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

public static class WeComServices
{
    /// <summary>Adds the WeCom channel.</summary>
    public static IServiceCollection AddWeCom(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, WeComChannel>();
        return services;
    }
}

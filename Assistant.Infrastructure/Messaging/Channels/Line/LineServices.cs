using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

public static class LineServices
{
    /// <summary>Adds the LINE channel.</summary>
    public static IServiceCollection AddLine(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, LineChannel>();
        return services;
    }
}

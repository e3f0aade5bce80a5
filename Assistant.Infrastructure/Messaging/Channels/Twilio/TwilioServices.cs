using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

public static class TwilioServices
{
    /// <summary>Adds the channel for text messages through Twilio.</summary>
    public static IServiceCollection AddTwilio(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, TwilioChannel>();
        return services;
    }
}

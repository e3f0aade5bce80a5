using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

public static class WhatsAppServices
{
    /// <summary>Adds the WhatsApp channel.</summary>
    public static IServiceCollection AddWhatsApp(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, WhatsAppChannel>();
        return services;
    }
}

using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

public static class WebhookServices
{
    /// <summary>Adds the channel for platforms without a channel of their own.</summary>
    public static IServiceCollection AddWebhook(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, WebhookChannel>();
        return services;
    }
}

using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

public static class GoogleChatServices
{
    /// <summary>Adds the Google Chat channel.</summary>
    public static IServiceCollection AddGoogleChat(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, GoogleChatChannel>();
        return services;
    }
}

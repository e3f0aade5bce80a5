using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

public static class WeChatServices
{
    /// <summary>Adds the WeChat Official Account channel.</summary>
    public static IServiceCollection AddWeChat(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, WeChatChannel>();
        return services;
    }
}

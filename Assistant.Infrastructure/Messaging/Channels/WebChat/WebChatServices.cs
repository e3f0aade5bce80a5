using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Messaging.Channels.WebChat;

public static class WebChatServices
{
    /// <summary>Adds the web chat channel. Its page and hub are the web project's.</summary>
    public static IServiceCollection AddWebChat(this IServiceCollection services)
    {
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IVisitorTokens, ProtectedVisitorTokens>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChannel, WebChatChannel>());
        return services;
    }
}

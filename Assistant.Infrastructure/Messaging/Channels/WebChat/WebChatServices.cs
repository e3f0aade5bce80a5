using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security.EndToEnd;
using Assistant.Infrastructure.Security.EndToEnd;
using Assistant.Infrastructure.Security.VisitorTokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Messaging.Channels.WebChat;

public static class WebChatServices
{
    /// <summary>Adds the web chat channel. Its page and hub are the web project's.</summary>
    public static IServiceCollection AddWebChat(this IServiceCollection services)
    {
        services.AddVisitorTokens();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IKeyAgreement, SodiumKeyAgreement>();
        services.TryAddSingleton<IChatIdentityStore, SqlChatIdentityStore>();
        services.TryAddSingleton<ChatIdentities>();
        services.TryAddSingleton<ChatKeyDesk>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChannel, WebChatChannel>());
        return services;
    }
}

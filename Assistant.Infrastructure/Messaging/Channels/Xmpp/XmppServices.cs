using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

public static class XmppServices
{
    /// <summary>Adds the XMPP channel.</summary>
    public static IServiceCollection AddXmpp(this IServiceCollection services)
    {
        services.AddOptions<XmppOptions>().BindConfigurationOrFormer(XmppOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, XmppChannel>();
        return services;
    }
}

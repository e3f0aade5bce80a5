using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

public static class MattermostServices
{
    /// <summary>Adds the Mattermost channel.</summary>
    public static IServiceCollection AddMattermost(this IServiceCollection services)
    {
        services.AddOptions<MattermostOptions>()
            .BindConfigurationOrFormer(MattermostOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, MattermostChannel>();
        return services;
    }
}

using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

public static class DiscordServices
{
    /// <summary>Adds the Discord channel.</summary>
    public static IServiceCollection AddDiscord(this IServiceCollection services)
    {
        services.AddOptions<DiscordOptions>()
            .BindConfigurationOrFormer(DiscordOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, DiscordChannel>();
        return services;
    }
}

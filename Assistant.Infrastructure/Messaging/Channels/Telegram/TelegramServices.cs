using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

public static class TelegramServices
{
    /// <summary>Adds the Telegram channel.</summary>
    public static IServiceCollection AddTelegram(this IServiceCollection services)
    {
        services.AddOptions<TelegramOptions>()
            .BindConfigurationOrFormer(TelegramOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOutgoing();
        services.AddSingleton<TelegramHttp>();
        services.AddSingleton<IChannel, TelegramChannel>();
        return services;
    }
}

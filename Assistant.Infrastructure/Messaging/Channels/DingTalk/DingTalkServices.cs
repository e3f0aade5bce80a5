using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

public static class DingTalkServices
{
    /// <summary>Adds the DingTalk channel.</summary>
    public static IServiceCollection AddDingTalk(this IServiceCollection services)
    {
        services.AddOptions<DingTalkOptions>()
            .BindConfigurationOrFormer(DingTalkOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, DingTalkChannel>();
        return services;
    }
}

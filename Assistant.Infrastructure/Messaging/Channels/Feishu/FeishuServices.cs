using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

public static class FeishuServices
{
    /// <summary>Adds the Feishu channel.</summary>
    public static IServiceCollection AddFeishu(this IServiceCollection services)
    {
        services.AddOptions<FeishuOptions>()
            .BindConfigurationOrFormer(FeishuOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, FeishuChannel>();
        return services;
    }
}

using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

public static class MatrixServices
{
    /// <summary>Adds the Matrix channel.</summary>
    public static IServiceCollection AddMatrix(this IServiceCollection services)
    {
        services.AddOptions<MatrixOptions>()
            .BindConfigurationOrFormer(MatrixOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, MatrixChannel>();
        return services;
    }
}

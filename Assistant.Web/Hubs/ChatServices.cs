using Assistant.Web.Endpoints.WebChat;
using Assistant.Web.Markdown;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Web.Hubs;

internal static class ChatServices
{
    // A visitor's longest message, every character escaped as six bytes of JSON, with room for the frame around it.
    internal const int MaxHubMessageBytes = 128 * 1024;

    /// <summary>Adds the web chat's hub and page; the channel itself is added with the other channels.</summary>
    public static IServiceCollection AddChatHub(this IServiceCollection services)
    {
        services.AddOptions<ChatOptions>().BindConfiguration(ChatOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSignalR().AddHubOptions<ChatHub>(options =>
        {
            options.MaximumReceiveMessageSize = MaxHubMessageBytes;
            options.MaximumParallelInvocationsPerClient = 1;
            options.EnableDetailedErrors = false;
        });
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SafeMarkdown>();
        services.AddSingleton<ChatViews>();
        services.AddSingleton<ChatHistory>();
        services.AddSingleton<ChatLimits>();
        services.AddSingleton<ChatArrivals>();
        services.AddSingleton<ChatCalls>();
        services.AddSingleton<ChatEntrance>();
        services.AddSingleton<SealedLines>();
        services.AddSingleton<ChatSessions>();
        services.AddSingleton<ChatAssets>();
        return services;
    }

    /// <summary>Maps <c>/hubs/chat</c>, <c>/chat/{connection}</c> and its widget.</summary>
    public static WebApplication MapWebChat(this WebApplication app)
    {
        app.MapHub<ChatHub>("/hubs/chat", options =>
        {
            options.Transports = HttpTransportType.WebSockets | HttpTransportType.LongPolling;
            options.ApplicationMaxBufferSize = MaxHubMessageBytes;
            options.TransportMaxBufferSize = MaxHubMessageBytes;
        });
        app.MapChatPages();
        return app;
    }
}

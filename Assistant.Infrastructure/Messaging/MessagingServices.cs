using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Messaging.Inbox;
using Assistant.Infrastructure.Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging;

/// <summary>Registers the way in and the way out.</summary>
public static class MessagingServices
{
    /// <summary>Beyond the longest send: for the sessions, which end after it.</summary>
    private static readonly TimeSpan EndMargin = TimeSpan.FromSeconds(30);

    /// <summary>Stores and use cases; the workers come with <see cref="AddMessagingWorkers"/>.</summary>
    public static IServiceCollection AddMessaging(this IServiceCollection services)
    {
        services.AddOptions<OutboxOptions>().BindConfiguration(OutboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PublicAddressOptions>().BindConfiguration(PublicAddressOptions.Section)
            .Validate(
                options => options.BaseUrl is not { } url || (url.IsAbsoluteUri && url.Scheme is "https" or "http"),
                $"{PublicAddressOptions.Section}:{nameof(PublicAddressOptions.BaseUrl)} must be a whole address with http:// or https:// in front, such as https://assistant.example.org.")
            .ValidateOnStart();
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<GatewayOptions>>().Value.ToLimits());
        services.AddSingleton<IInbox, SqlInbox>();
        services.AddSingleton<IOutbox, SqlOutbox>();
        services.AddSingleton<IConnectionStore, SqlConnectionStore>();
        services.AddSingleton<IDeadLetterQueries, EfDeadLetterQueries>();
        services.AddSingleton<IChannelCatalog, ChannelCatalog>();
        services.AddSingleton<ConnectionPauses>();
        services.AddSingleton<ChannelSessions>();
        services.AddSingleton<IChannelSessions>(provider => provider.GetRequiredService<ChannelSessions>());
        services.AddSingleton<IConnectionHealth>(provider => provider.GetRequiredService<ChannelSessions>());
        services.AddSingleton<IMessageGateway, MessageGateway>();
        services.AddSingleton<FileParts>();
        services.AddSingleton<OutboxWorker>();
        services.AddSingleton<IOutboxSignal>(provider => provider.GetRequiredService<OutboxWorker>());
        services.AddSingleton<ConnectionSupervisor>();
        services.AddSingleton<IConnectionSupervisor>(provider => provider.GetRequiredService<ConnectionSupervisor>());
        services.AddSingleton<ConnectionDesk>();
        services.AddSingleton<DeadLetterDesk>();
        return services;
    }

    /// <summary>Receiving and sending: only in a process that serves.</summary>
    public static IServiceCollection AddMessagingWorkers(this IServiceCollection services)
    {
        // Started in this order, ended in the other: what is being sent ends before the sessions do. For its start neither needs the other.
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ConnectionSupervisor>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<OutboxWorker>());
        return services;
    }

    /// <summary>Lets the end of the host wait for what is being sent. For a process that serves: making the host reads the outbox's options.</summary>
    public static IServiceCollection AddTimeToEnd(this IServiceCollection services)
    {
        services.AddOptions<HostOptions>().Configure<IOptions<OutboxOptions>>((host, outbox) =>
        {
            var needed = outbox.Value.LongestSend + EndMargin;
            host.ShutdownTimeout = needed > host.ShutdownTimeout ? needed : host.ShutdownTimeout;
        });
        return services;
    }
}

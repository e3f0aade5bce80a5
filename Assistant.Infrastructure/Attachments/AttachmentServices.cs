using Assistant.Domain.Attachments;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Attachments;

/// <summary>Registers the files that come with messages.</summary>
public static class AttachmentServices
{
    /// <summary>The store and the use cases; the worker comes with <see cref="AddAttachmentWorkers"/>.</summary>
    public static IServiceCollection AddAttachments(this IServiceCollection services)
    {
        services.AddOptions<AttachmentOptions>().BindConfiguration(AttachmentOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<AttachmentOptions>>().Value.ToLimits());
        services.AddSingleton<AttachmentSignal>();
        services.AddSingleton<IAttachmentStore, SqlAttachmentStore>();
        services.AddSingleton<AttachmentKeeper>();
        services.AddSingleton<AttachmentDesk>();
        services.AddSingleton<IFileAddresses>(provider => new SealedFileAddresses(
            () => provider.GetRequiredService<InstallationKey>().Bytes, provider.GetRequiredService<IOptions<PublicAddressOptions>>().Value.BaseUrl,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FileHandoutDesk>();
        return services;
    }

    /// <summary>Fetching: only in a process that serves.</summary>
    public static IServiceCollection AddAttachmentWorkers(this IServiceCollection services) => services.AddHostedService<AttachmentWorker>();
}

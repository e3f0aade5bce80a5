using Assistant.Domain.Memory;
using Assistant.Domain.Provisioning;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Provisioning;

public static class ProvisioningServices
{
    public const string FileName = "assistant.yaml";

    /// <summary>Adds <c>assistant.yaml</c>. Call it before the workers that use what it provisions: hosted services start in order.</summary>
    /// <param name="dataFolder">Absolute path of the data folder.</param>
    public static IServiceCollection AddProvisioning(this IServiceCollection services, string dataFolder)
    {
        services.AddOptions<ProvisioningOptions>()
            .BindConfiguration(ProvisioningOptions.Section)
            .Configure<IConfiguration>((options, configuration) => options.File = Named(options.File) ?? Named(configuration["ASSISTANT_CONFIG"]))
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ProvisioningReader>();
        services.AddSingleton<Provisioner>();
        services.AddSingleton(provider => Locate(provider, dataFolder));
        services.AddSingleton<IDeclaredIndexing, FileDeclaredIndexing>();
        services.AddSingleton<ProvisioningWorker>();
        services.AddSingleton<IProvisioning>(provider => provider.GetRequiredService<ProvisioningWorker>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ProvisioningWorker>());
        return services;
    }

    // A template leaves a variable blank that nobody fills in.
    private static string? Named(string? file) => string.IsNullOrWhiteSpace(file) ? null : file;

    private static ProvisioningFile Locate(IServiceProvider provider, string dataFolder)
    {
        var named = provider.GetRequiredService<IOptions<ProvisioningOptions>>().Value.File;
        return new ProvisioningFile(
            Path.GetFullPath(named ?? Path.Combine(dataFolder, FileName)), isNamed: named is not null,
            provider.GetRequiredService<ProvisioningReader>(), provider.GetRequiredService<ITenantDirectory>());
    }
}

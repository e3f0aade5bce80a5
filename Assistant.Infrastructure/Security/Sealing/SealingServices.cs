using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Security.Sealing;

internal static class SealingServices
{
    /// <summary>The hierarchy of keys and their rotation. Needs the database and a <see cref="DataFolder"/>.</summary>
    public static IServiceCollection AddSealing(this IServiceCollection services)
    {
        services.AddSingleton(provider => MasterKeySettings.Read(provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<DataFolder>()));
        services.AddSingleton<InstallationKey>();
        services.AddSingleton<DataKeys>();
        services.AddSingleton<EnvelopeSealer>();
        services.AddSingleton<ISecretSealer>(provider => provider.GetRequiredService<EnvelopeSealer>());
        services.AddSingleton<SealedWrites>();
        services.AddSingleton<BodySealer>();
        services.AddSingleton<IPersonSealer, PersonSealer>();
        services.AddSingleton<KeyInventory>();
        services.AddSingleton<MasterRotation>();
        services.AddSingleton<IKeyRotation, KeyRotation>();
        services.AddSingleton<KeyDesk>();
        return services;
    }
}

using Assistant.Domain.Ai;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Observability;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Audit;
using Assistant.Infrastructure.Backups;
using Assistant.Infrastructure.Idempotency;
using Assistant.Infrastructure.Observability;
using Assistant.Infrastructure.People;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Security.Sessions;
using Assistant.Infrastructure.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure;

/// <summary>Registers the small features every other one stands on.</summary>
public static class HouseServices
{
    /// <summary>Tenants, people, configured engines, audit log, live feed, and the installation itself.</summary>
    public static IServiceCollection AddHouse(this IServiceCollection services)
    {
        services.AddSingleton<ITenantDirectory, SqlTenantDirectory>();
        services.AddSingleton<IPeopleStore, SqlPeopleStore>();
        services.AddPersonActs();
        services.AddSingleton<PairingDesk>();
        services.AddSingleton<IEngineStore, SqlEngineStore>();
        services.AddSingleton<EngineDesk>();
        services.AddAudit();
        services.AddSingleton<IIdempotencyStore, SqlIdempotencyStore>();
        services.AddSingleton<ILiveFeed, LiveFeed>();
        services.AddSingleton<ServingLock>();
        services.AddBackups();
        services.AddSingleton(provider => new Installation(
            provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<MasterKey>(), provider.GetRequiredService<InstallationKey>(), provider.GetRequiredService<SessionKeys>(),
            provider.GetRequiredService<ServingLock>(), provider.GetRequiredService<ITenantDirectory>(),
            provider.GetRequiredService<IConnectionStore>(), provider.GetRequiredService<IOutbox>(), provider.GetRequiredService<RestoreCompletion>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Installation>>()));
        return services;
    }
}

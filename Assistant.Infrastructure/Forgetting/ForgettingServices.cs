using Assistant.Domain.Forgetting;
using Assistant.Infrastructure.Memory.Search;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Persistence.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Forgetting;

/// <summary>Registers forgetting and the export of what is known about a person.</summary>
public static class ForgettingServices
{
    /// <summary>Stores and use cases; the worker comes with <see cref="AddForgettingWorker"/>.</summary>
    public static IServiceCollection AddForgetting(this IServiceCollection services)
    {
        services.AddSingleton<IErasureStore, SqlErasureStore>();
        services.AddSingleton<IStorageRest>(provider => provider.GetRequiredService<IDatabase>().IsPostgres
            ? ActivatorUtilities.CreateInstance<PostgresStorageRest>(provider)
            : ActivatorUtilities.CreateInstance<SqliteStorageRest>(provider));
        services.AddSingleton<ErasureSignal>();
        services.AddSingleton<IErasureSignal>(provider => provider.GetRequiredService<ErasureSignal>());
        services.AddSingleton<ErasureRunner>();
        services.AddSingleton<ForgettingDesk>();
        services.AddSingleton<IPersonRecords, SqlPersonRecords>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PersonExport>(provider, provider.GetRequiredService<SearchIndex>()));
        services.AddSingleton<PersonExportDesk>();
        return services;
    }

    /// <summary>Brings erasures to their end: only in a process that serves.</summary>
    public static IServiceCollection AddForgettingWorker(this IServiceCollection services) => services.AddHostedService<ErasureWorker>();
}

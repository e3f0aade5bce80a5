using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Persistence.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Persistence;

/// <summary>Registers the relational store.</summary>
public static class PersistenceServices
{
    /// <summary>The database chosen by configuration, its batching writer and its readers.</summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services, DataFolder folder)
    {
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateDataAnnotations()
            .Validate(o => !o.IsPostgres || !string.IsNullOrWhiteSpace(o.ConnectionString), "Assistant:Database:ConnectionString is needed for 'postgres'.")
            // It would serve from a new, empty file, and nobody would see why everything is gone.
            .Validate(
                o => o.Provider != "sqlite" || string.IsNullOrWhiteSpace(o.ConnectionString),
                "Assistant:Database:ConnectionString is set, but Provider is 'sqlite': set Provider to 'postgres' or remove it.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(folder);
        services.AddSingleton<IDatabase>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
            return options.IsPostgres
                ? new PostgresDatabase(options.ConnectionString!, options.OwnerConnectionString, options.Readers, provider.GetRequiredService<ILogger<PostgresDatabase>>())
                : new SqliteDatabase(folder);
        });
        services.AddSingleton<AuditKeys>(); // the writer seals what it appends to the audit log
        services.AddSingleton<IWriteQueue, WriteQueue>();
        services.AddSingleton<IReadPool, ReadPool>();
        services.AddSingleton<IWarmReads, WarmReads>();
        services.AddSingleton<ISharedReads, SharedReads>();
        return services;
    }

    /// <summary>Only in a process that serves.</summary>
    public static IServiceCollection AddPersistenceWorkers(this IServiceCollection services) => services.AddHostedService<ModelWarmUp>();
}

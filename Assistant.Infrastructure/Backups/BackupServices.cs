using Assistant.Domain.Backups;
using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Backups;

internal static class BackupServices
{
    /// <summary>Making, reading and restoring backups, and what brings a restore that was cut off to its end.</summary>
    public static IServiceCollection AddBackups(this IServiceCollection services)
    {
        services.AddSingleton<IDatabaseBackup>(provider => provider.GetRequiredService<IDatabase>() is var database && database.IsPostgres
            ? new PostgresBackup(database)
            : new SqliteBackup(database, provider.GetRequiredService<DataFolder>()));
        services.AddSingleton<InstallationFiles>();
        services.AddSingleton<RestoreFolder>();
        services.AddSingleton<RestoreCompletion>();
        services.AddSingleton<IBackupStore, BackupStore>();
        services.AddSingleton<BackupDesk>();
        return services;
    }
}

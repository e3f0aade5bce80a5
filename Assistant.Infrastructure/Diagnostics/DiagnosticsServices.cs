using Assistant.Domain.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Diagnostics;

public static class DiagnosticsServices
{
    /// <summary>What <c>assistant doctor</c> examines, and the database's part of <c>/health/ready</c>.</summary>
    public static IServiceCollection AddDiagnostics(this IServiceCollection services)
    {
        services.AddSingleton<ISchemaState, SchemaState>();
        services.AddSingleton<IDiagnostic, DataFolderDiagnostic>();
        services.AddSingleton<IDiagnostic, DatabaseDiagnostic>();
        services.AddSingleton<IDiagnostic, MasterKeyDiagnostic>();
        services.AddSingleton<IDiagnostic, InboxDiagnostic>();
        services.AddSingleton<IDiagnostic, ProvisioningDiagnostic>();
        services.AddSingleton<IDiagnostic, ConnectionsDiagnostic>();
        services.AddSingleton<IDiagnostic, EnginesDiagnostic>();
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database", tags: ["ready"], timeout: TimeSpan.FromSeconds(3));
        return services;
    }
}

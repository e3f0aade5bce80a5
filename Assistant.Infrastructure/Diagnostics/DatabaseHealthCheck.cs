using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Assistant.Infrastructure.Diagnostics;

/// <summary>Ready when the database answers and has this build's schema.</summary>
internal sealed class DatabaseHealthCheck(IDatabase database, IReadPool reads) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await reads.ReadAsync(TenantScope.System, SchemaVersion.Read, cancellationToken) == database.Schema
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The schema is not current.");
        }
        catch (Exception error) when (error is System.Data.Common.DbException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", error);
        }
    }
}

using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Assistant.Infrastructure.Diagnostics;

/// <summary>Ready when the database answers and has had this build's schema: a newer build that changes it beside this one does not shut it out.</summary>
internal sealed class DatabaseHealthCheck(IDatabase database, IReadPool reads) : IHealthCheck
{
    private volatile bool _wasCurrent;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var version = await reads.ReadAsync(TenantScope.System, SchemaVersion.Read, cancellationToken);
            _wasCurrent = _wasCurrent || version == database.Schema;
            return _wasCurrent ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The schema is not current.");
        }
        catch (Exception error) when (error is System.Data.Common.DbException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", error);
        }
    }
}

using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Assistant.Infrastructure.Diagnostics;

/// <summary>Ready when the database answers and has this build's schema. The schema is looked at until it is right, then no more.</summary>
internal sealed class DatabaseHealthCheck(IDatabase database) : IHealthCheck
{
    private volatile bool _isCurrent;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var db = database.OpenContext(TenantScope.System);
            if (!_isCurrent)
            {
                _isCurrent = !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
                return _isCurrent ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The schema is not current.");
            }

            await db.Database.ExecuteSqlRawAsync("SELECT 1", cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is System.Data.Common.DbException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", error);
        }
    }
}

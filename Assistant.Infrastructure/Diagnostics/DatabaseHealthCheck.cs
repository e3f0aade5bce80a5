using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Assistant.Infrastructure.Diagnostics;

/// <summary>Ready when the database answers, may be written and has had this build's schema: a newer build that changes it beside this one does not shut it out.</summary>
internal sealed class DatabaseHealthCheck(IDatabase database, IReadPool reads) : IHealthCheck
{
    // Of no row, and refused all the same where nothing may be written.
    private const string AskWriting = "SELECT 1 FROM tenants LIMIT 0 FOR KEY SHARE";

    private volatile bool _wasCurrent;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var version = await reads.ReadAsync(TenantScope.System, Ask, cancellationToken);
            _wasCurrent = _wasCurrent || version == database.Schema;
            return _wasCurrent ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The schema is not current.");
        }
        catch (System.Data.Common.DbException error) when (StorageFault.IsOfReadOnlySession(error))
        {
            database.ForgetConnections(); // the next time a new one is asked
            return HealthCheckResult.Unhealthy("The database can be read but not written.", error);
        }
        catch (Exception error) when (error is System.Data.Common.DbException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", error);
        }
    }

    private SchemaVersion Ask(SqlSession session)
    {
        var version = SchemaVersion.Read(session);
        if (database.IsPostgres)
        {
            session.Execute(AskWriting);
        }

        return version;
    }
}

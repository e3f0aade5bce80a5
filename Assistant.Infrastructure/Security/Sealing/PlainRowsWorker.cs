// Earlier versions kept what was said, and what the audit log says, in plain text, in columns that are empty now. This goes over them page
// by page: it is found beside the writer, which others wait for, and sealed and emptied in one unit of the write queue. A kill leaves rows
// either way, both of which are read; the next start begins at the first page, finds what is still plain, and notes the tenant as done when
// nothing is.
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Seals what an earlier version stored in plain text, once per tenant and list, while the program serves.</summary>
[ActsFor("the product, in every tenant: seals what an earlier version kept in plain text")]
[NotAudited("says the same as before")]
internal sealed partial class PlainRowsWorker(
    IEnumerable<IPlainRows> lists, IReadPool reads, IWriteQueue writes, ITenantDirectory tenants, TimeProvider clock, ILogger<PlainRowsWorker> logger)
    : BackgroundService
{
    private const string Done = "SELECT 1 FROM projections WHERE name = @p1 AND tenant_id = @p0";

    private const string MarkDone = "INSERT INTO projections (name, tenant_id, position) VALUES (@p1, @p0, 0) ON CONFLICT DO NOTHING";

    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(30);

    /// <summary>Seals everything of a tenant's list that still lies plain.</summary>
    /// <returns>How many values that were.</returns>
    public async Task<int> SealAsync(IPlainRows list, TenantId tenant, CancellationToken cancellationToken)
    {
        var scope = TenantScope.Of(tenant);
        if (await reads.ReadAsync(scope, session => session.QueryFirst(Done, _ => true, tenant.Value, list.Name), cancellationToken))
        {
            return 0;
        }

        await list.PrepareAsync(tenant, cancellationToken);
        var (found, from) = (0, default(PlainCursor));
        while (await reads.ReadAsync(scope, session => list.FindPage(session, tenant, from), cancellationToken) is { } page)
        {
            found += await writes.ExecuteAsync(scope, page.Seal, cancellationToken);
            from = page.Last;
        }

        await writes.ExecuteAsync(scope, session => session.Execute(MarkDone, tenant.Value, list.Name), cancellationToken);
        return found;
    }

    // Tenants made from now on have nothing plain, so a list that was gone over is done with.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var left = lists.ToList();
        while (left.Count > 0 && !stoppingToken.IsCancellationRequested)
        {
            foreach (var list in left.ToList())
            {
                if (await TrySealAsync(list, stoppingToken))
                {
                    left.Remove(list);
                }
            }

            if (left.Count > 0)
            {
                await Task.Delay(PauseAfterError, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> TrySealAsync(IPlainRows list, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var tenant in await tenants.ListAsync(cancellationToken))
            {
                if (await SealAsync(list, tenant.Id, cancellationToken) is > 0 and var count)
                {
                    LogSealed(logger, count, list.Name, tenant.Id.Value);
                }
            }

            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailure(logger, error, list.Name);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sealed {Count} values ({List}) of the tenant {TenantId} that an earlier version had stored in plain text")]
    private static partial void LogSealed(ILogger logger, int count, string list, string tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Values an earlier version stored in plain text ({List}) could not be sealed; trying again")]
    private static partial void LogFailure(ILogger logger, Exception error, string list);
}

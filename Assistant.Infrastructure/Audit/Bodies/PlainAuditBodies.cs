// Earlier versions kept origin and details of events in plain text, in columns that are empty now. This goes over them page by page, each
// page one unit of the write queue that reads, seals and empties. The chain is over what they say and stays as it is. A kill leaves rows
// either way, both of which are read; the next start begins at the first page, finds what is still plain, and notes the tenant as done
// when nothing is.
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Audit.Bodies;

/// <summary>Seals the events an earlier version stored in plain text, once per tenant, while the program serves.</summary>
[ActsFor("the product, in every tenant: seals what of the audit log an earlier version kept in plain text")]
[NotAudited("says the same as before")]
internal sealed partial class PlainAuditBodies(
    IReadPool reads, IWriteQueue writes, AuditKeys keys, ITenantDirectory tenants, TimeProvider clock, ILogger<PlainAuditBodies> logger) : BackgroundService
{
    /// <summary>Events sealed in one unit.</summary>
    public const int PageSize = 200;

    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(30);

    private const string Done = "SELECT 1 FROM projections WHERE name = 'sealed audit' AND tenant_id = @p0";
    private const string MarkDone = "INSERT INTO projections (name, tenant_id, position) VALUES ('sealed audit', @p0, 0) ON CONFLICT DO NOTHING";
    private const string Select = "SELECT seq, origin, details FROM audit_events WHERE tenant_id = @p0 AND seq > @p1 AND body IS NULL ORDER BY seq LIMIT @p2";
    private const string Update = "UPDATE audit_events SET body = @p2, origin = '', details = '' WHERE tenant_id = @p0 AND seq = @p1";

    /// <summary>Seals every event of a tenant that still lies plain.</summary>
    /// <returns>How many that were.</returns>
    public async Task<int> SealAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(Done, _ => true, tenant.Value), cancellationToken))
        {
            return 0;
        }

        var found = 0;
        for (var last = 0L; ;)
        {
            var after = last;
            var (count, reached) = await writes.ExecuteAsync(TenantScope.Of(tenant), session => SealPage(session, tenant, after), cancellationToken);
            if (count == 0)
            {
                break;
            }

            (found, last) = (found + count, reached);
        }

        await writes.ExecuteAsync(TenantScope.Of(tenant), session => session.Execute(MarkDone, tenant.Value), cancellationToken);
        return found;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var isDone = false; !isDone && !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                foreach (var tenant in await tenants.ListAsync(stoppingToken))
                {
                    if (await SealAsync(tenant.Id, stoppingToken) is > 0 and var count)
                    {
                        LogSealed(logger, count, tenant.Id.Value);
                    }
                }

                isDone = true; // tenants made from now on have nothing plain
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailure(logger, error);
                await Task.Delay(PauseAfterError, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private (int Count, long Last) SealPage(WriteSession session, TenantId tenant, long after)
    {
        var page = session.Query(Select, row => new Plain(row.GetInt64(0), row.GetString(1), row.GetString(2)), tenant.Value, after, PageSize);
        if (page.Count == 0)
        {
            return (0, after);
        }

        keys.Prepare(session, tenant);
        if (keys.Find(session, tenant) is not { } found)
        {
            keys.Make(session, tenant);
            found = keys.Find(session, tenant) ?? throw new TenantUnknownException(tenant);
        }

        using var cipher = found;
        foreach (var plain in page)
        {
            session.Execute(Update, tenant.Value, plain.Seq, cipher.Seal(plain.Seq, plain.Body));
        }

        return (page.Count, page[^1].Seq);
    }

    private sealed record Plain(long Seq, string Origin, string Details)
    {
        public AuditBody Body => new(Origin, JsonSerializer.Deserialize<Dictionary<string, string>>(Details)!);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sealed {Count} audit events of the tenant {TenantId} that an earlier version had stored in plain text")]
    private static partial void LogSealed(ILogger logger, int count, string tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit events an earlier version stored in plain text could not be sealed; trying again")]
    private static partial void LogFailure(ILogger logger, Exception error);
}

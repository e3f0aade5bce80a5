using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Audit.Checkpoints;

/// <summary>Signs checkpoints while the program serves: once in a while, sooner when much happens; then carries them to the witnesses.</summary>
/// <remarks>A log that did not grow is looked at all the same: an old copy that was put back shows before anything is appended to it.</remarks>
[ActsFor("the product, in every tenant: signs the audit log and carries checkpoints to the witnesses")]
[Audits(AuditActions.AuditAlarm)]
internal sealed partial class CheckpointWorker(
    ITenantDirectory tenants, IAuditLog log, CheckpointDesk desk, WitnessPost post, IOptions<CheckpointOptions> options, TimeProvider clock,
    ILogger<CheckpointWorker> logger) : BackgroundService
{
    private readonly Dictionary<TenantId, (long Seq, DateTimeOffset At)> _signed = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Look, clock);
        var witnesses = Task.CompletedTask;
        do
        {
            try
            {
                await SignAsync(stoppingToken);
                if (witnesses.IsCompleted)
                {
                    witnesses = DeliverAsync(stoppingToken); // a slow witness must not hold up the next signature
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(logger, error); // the database was busy, say: the next look tries again
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One look at every tenant.</summary>
    internal async Task SignAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in await tenants.ListAsync(cancellationToken))
        {
            var head = await log.ReadHeadAsync(tenant.Id, cancellationToken);
            var now = clock.GetUtcNow();
            var isDue = !_signed.TryGetValue(tenant.Id, out var last)
                || now - last.At >= options.Value.Interval || head.Seq - last.Seq >= options.Value.Events;
            if (!isDue)
            {
                continue;
            }

            _signed[tenant.Id] = (head.Seq, now);
            await SignAsync(tenant.Id, cancellationToken);
        }
    }

    // A place outside that cannot be read holds up the tenant it is of, and no other.
    private async Task SignAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            if (await desk.SignAsync(tenant, cancellationToken) is CheckpointOutcome.Refused refused)
            {
                LogRefused(logger, tenant, refused.Why, refused.Seq, refused.Problem ?? "");
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(logger, error);
        }
    }

    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        try
        {
            await post.DeliverAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(logger, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The audit of {TenantId} cannot be shown to go on from its last signed checkpoint ({Why}, event {Seq}): nothing is signed until this is cleared up. {Problem}")]
    private static partial void LogRefused(ILogger logger, TenantId tenantId, CheckpointRefusal why, long seq, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Making checkpoints of the audit failed; the next look tries again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}

using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Security.Memberships;

/// <summary>Notices what another process changed about rights and sessions: a verb beside the server, or a second node. Ends sessions whose time is up.</summary>
[ActsFor("the product, in every tenant: notices rights and sessions that another process changed, and ends sessions in time")]
[Audits(AuditActions.SessionEnded)]
internal sealed partial class AccessWatch(AccessRights rights, SessionBoard sessions, TimeProvider clock, ILogger<AccessWatch> logger) : BackgroundService
{
    /// <summary>How long a right taken away by another process can still be used.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await rights.RefreshAsync(stoppingToken);
                await sessions.RefreshAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The picture stays as it was; the database is asked again, and others report that it is away.
                LogFailed(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rights could not be read; what was known before holds on")]
    private static partial void LogFailed(ILogger logger, Exception error);
}

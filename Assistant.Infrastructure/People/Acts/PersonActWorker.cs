using Assistant.Domain.Audit;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.People.Acts;

/// <summary>Ends what people asked for and did not prove in time, and has them told.</summary>
[ActsFor("the product, in every tenant: ends what people asked for and did not prove in time")]
[Audits(AuditActions.PersonActEnded)]
internal sealed partial class PersonActWorker(PersonActDesk desk, TimeProvider clock, ILogger<PersonActWorker> logger) : BackgroundService
{
    /// <summary>How long after its time an act may still stand there as if it were open. The link itself closes on time.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await desk.EndExpiredAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(logger, error); // the database was busy, say: the next look tries again
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Ending what people asked for and did not prove failed; the next look tries again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}

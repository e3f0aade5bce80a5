using Assistant.Domain.Audit;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Forgetting;

/// <inheritdoc cref="IErasureSignal"/>
internal sealed class ErasureSignal : WakeUp, IErasureSignal
{
    public void Begun() => Wake();
}

/// <summary>Goes on with every erasure that is not certified: those of this process at once, those a kill or a verb left within seconds.</summary>
[ActsFor("the product, in every tenant: brings to its end what was decided to be forgotten")]
[Audits(AuditActions.Erased)]
internal sealed partial class ErasureWorker(IErasureStore store, ErasureRunner runner, ErasureSignal signal, ILogger<ErasureWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var (tenant, id) in await store.ListOpenAsync(stoppingToken))
                {
                    await GoOnAsync(tenant, id, stoppingToken);
                }

                await signal.WaitAsync(Pause, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogNotSought(logger, error);
                await signal.WaitAsync(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return; // what is left is gone on with at the next start
            }
        }
    }

    // What cannot go on waits for the next look, and nobody else waits for it.
    private async Task GoOnAsync(TenantId tenant, ErasureId id, CancellationToken stoppingToken)
    {
        try
        {
            await runner.RunAsync(tenant, id, stoppingToken);
            LogDone(logger, id);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(logger, error, id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The erasure {ErasureId} is complete")]
    private static partial void LogDone(ILogger logger, ErasureId erasureId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The erasure {ErasureId} could not be gone on with; trying again")]
    private static partial void LogFailed(ILogger logger, Exception error, ErasureId erasureId);

    [LoggerMessage(Level = LogLevel.Error, Message = "It could not be seen which erasures are to be gone on with; trying again")]
    private static partial void LogNotSought(ILogger logger, Exception error);
}

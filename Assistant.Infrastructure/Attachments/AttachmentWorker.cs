using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Attachments;

/// <summary>Wakes the worker; one waiting wake-up is enough.</summary>
internal sealed class AttachmentSignal : IDisposable
{
    private readonly SemaphoreSlim _due = new(0, 1);

    /// <summary>A message with files was committed.</summary>
    public void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (SemaphoreFullException)
        {
            // It will look anyway.
        }
    }

    /// <summary>Returns when something may be due, or after the time.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _due.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _due.Dispose();
}

/// <summary>Fetches the files of messages after these were stored, a few at a time; what a kill left waiting is found again.</summary>
[ActsFor("the product, in every tenant: keeps the files of messages that were let in")]
[NotAudited("the message that named the file is recorded; who has it out of here is recorded too")]
internal sealed partial class AttachmentWorker(
    IAttachmentStore store, AttachmentKeeper keeper, AttachmentSignal signal, AttachmentLimits limits, TimeProvider clock, ILogger<AttachmentWorker> logger)
    : BackgroundService
{
    // Each holds a whole file in memory.
    private const int AtOnce = 2;
    private const int PageSize = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // The keeper's own limit ends an attempt before others may claim the file.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var due = await store.ListDueAsync(clock.GetUtcNow(), PageSize, stoppingToken);
                if (due.Count == 0)
                {
                    await signal.WaitAsync(Pause, stoppingToken);
                    continue;
                }

                await Parallel.ForEachAsync(
                    due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (one, token) => await TryAsync(one, token));
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(logger, error);
                await signal.WaitAsync(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return; // what is left waits for the next start
            }
        }
    }

    private async Task TryAsync(AttachmentDue due, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.ClaimAsync(due, clock.GetUtcNow() + limits.FetchTimeout + Grace, cancellationToken) is { } claim)
            {
                await keeper.KeepAsync(claim, Backoff.After(claim.Attempt + 1), cancellationToken);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFileFailed(logger, error, due.Id); // its claim runs out, so it does not stand in the others' way
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for files to fetch failed; trying again")]
    private static partial void LogFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The file {AttachmentId} could not be kept; it is tried again later")]
    private static partial void LogFileFailed(ILogger logger, Exception error, AttachmentId attachmentId);
}

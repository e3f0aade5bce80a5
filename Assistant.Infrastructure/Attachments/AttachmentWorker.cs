using System.Collections.Concurrent;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Attachments;

/// <summary>Wakes the worker: a message with files was committed.</summary>
internal sealed class AttachmentSignal : WakeUp;

/// <summary>
/// Fetches the files of messages after these were stored, a few at a time and of one connection fewer, so that a messenger that hangs keeps nobody else's
/// waiting; what a kill left waiting is found again.
/// </summary>
[ActsFor("the product, in every tenant: keeps the files of messages that were let in")]
[NotAudited("the message that named the file is recorded; who has it out of here is recorded too")]
internal sealed partial class AttachmentWorker(
    IAttachmentStore store, AttachmentKeeper keeper, AttachmentSignal signal, AttachmentLimits limits, IOptions<AttachmentOptions> options, TimeProvider clock,
    ILogger<AttachmentWorker> logger)
    : BackgroundService
{
    // Names alone. Of a connection without a place free there are no more than it has places.
    private const int PageSize = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // The keeper's own limit ends an attempt before others may claim the file.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly int _atOnce = options.Value.MaxFetches;
    private readonly int _ofConnection = options.Value.MaxFetchesOfConnection;

    // Only the loop adds; whoever is done takes itself away.
    private readonly ConcurrentDictionary<AttachmentId, (ConnectionId Connection, Task Fetching)> _underWay = new();

    private long? _clockLookedAt;

    private TimeSpan LongestWait => limits.FetchTimeout + Grace > Backoff.Bound ? limits.FetchTimeout + Grace : Backoff.Bound;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EndWaitsAsync(stoppingToken);
                var due = _underWay.Count < _atOnce ? await store.ListDueAsync(clock.GetUtcNow(), _ofConnection, PageSize, stoppingToken) : [];
                foreach (var one in due)
                {
                    BeginWhereThereIsAPlace(one, stoppingToken);
                }

                await signal.WaitAsync(Pause, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(logger, error);
                await signal.WaitAsync(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break; // what is left waits for the next start
            }
        }

        await Task.WhenAll(_underWay.Values.Select(one => one.Fetching)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Not at each wake-up: there is one for each message with a file.
    private async Task EndWaitsAsync(CancellationToken cancellationToken)
    {
        if (_clockLookedAt is { } before && clock.GetElapsedTime(before) < Pause)
        {
            return;
        }

        _clockLookedAt = clock.GetTimestamp();
        if (await store.EndWaitsAsync(clock.GetUtcNow(), LongestWait, cancellationToken) is > 0 and var ahead)
        {
            LogClockWasAhead(logger, ahead);
        }
    }

    // What is fetched may still be listed, until its claim is committed.
    private void BeginWhereThereIsAPlace(AttachmentDue due, CancellationToken cancellationToken)
    {
        if (_underWay.Count >= _atOnce || _underWay.ContainsKey(due.Id) || _underWay.Values.Count(one => one.Connection == due.Connection) >= _ofConnection)
        {
            return;
        }

        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _underWay[due.Id] = (due.Connection, FetchAsync());
        begun.SetResult();

        async Task FetchAsync()
        {
            await begun.Task;
            var isDone = false;
            try
            {
                isDone = await TryAsync(due, cancellationToken);
            }
            finally
            {
                _underWay.TryRemove(due.Id, out _);
            }

            if (isDone)
            {
                signal.Wake(); // else it is looked for again in its time: a store that fails is not to be hurried
            }
        }
    }

    /// <returns>Whether it came to an end, whichever; not when the store failed.</returns>
    private async Task<bool> TryAsync(AttachmentDue due, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.ClaimAsync(due, clock.GetUtcNow() + limits.FetchTimeout + Grace, cancellationToken) is { } claim)
            {
                await keeper.KeepAsync(claim, Backoff.After(claim.Attempt + 1), cancellationToken);
            }

            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFileFailed(logger, error, due.Id); // its claim runs out, so it does not stand in the others' way
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock was ahead when {Count} files were claimed or put back; they are due now")]
    private static partial void LogClockWasAhead(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for files to fetch failed; trying again")]
    private static partial void LogFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The file {AttachmentId} could not be kept; it is tried again later")]
    private static partial void LogFileFailed(ILogger logger, Exception error, AttachmentId attachmentId);
}

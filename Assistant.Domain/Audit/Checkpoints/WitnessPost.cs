using System.Collections.Concurrent;
using System.Globalization;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Logging;

namespace Assistant.Domain.Audit.Checkpoints;

/// <summary>Carries checkpoints to the witnesses: each in order, from its own durable position, and none waits for another, nor one tenant for another.</summary>
/// <remarks>
/// A witness that fails is tried again after a pause that doubles up to a quarter of an hour; the audit itself never waits for it. What of a tenant cannot be
/// read here is no fault of the witness: it shows on the alarm, and nobody is paused for it.
/// </remarks>
public sealed partial class WitnessPost(
    ITenantDirectory tenants, ICheckpointStore store, IAuditLog log, IEnumerable<IWitness> witnesses, AuditAlarm alarm, TimeProvider clock,
    ILogger<WitnessPost> logger)
{
    private const int Batch = 100;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset Until)> _pauses = new(StringComparer.Ordinal);

    /// <summary>One round: whatever is due to each witness that is not paused.</summary>
    public async Task DeliverAsync(CancellationToken cancellationToken)
    {
        var all = await tenants.ListAsync(cancellationToken);
        await Task.WhenAll(witnesses.Select(witness => DeliverAsync(witness, all, cancellationToken)));
    }

    private async Task DeliverAsync(IWitness witness, IReadOnlyList<Tenant> all, CancellationToken cancellationToken)
    {
        var pause = _pauses.GetValueOrDefault(witness.Name);
        if (pause.Failures > 0 && clock.GetUtcNow() < pause.Until)
        {
            return;
        }

        var (theirs, ours) = await DeliverToAsync(witness, all, cancellationToken);
        if (theirs is null)
        {
            _pauses.TryRemove(witness.Name, out _);
        }
        else
        {
            var wait = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(pause.Failures, 20)));
            _pauses[witness.Name] = (pause.Failures + 1, clock.GetUtcNow() + wait);
        }

        var failure = theirs ?? ours;
        if (!alarm.Set(witness.Name, failure?.Message))
        {
            return; // known
        }

        if (failure is null)
        {
            LogBack(logger, witness.Name);
        }
        else
        {
            LogFailing(logger, failure, witness.Name);
        }
    }

    /// <returns>The first failure of the witness and the first of what it was to be given; both <see langword="null"/> when everything was taken.</returns>
    private async Task<(WitnessException? Theirs, Exception? Ours)> DeliverToAsync(IWitness witness, IReadOnlyList<Tenant> all, CancellationToken cancellationToken)
    {
        WitnessException? theirs = null;
        Exception? ours = null;
        foreach (var tenant in all)
        {
            try
            {
                if (await DeliverAsync(witness, tenant.Id, cancellationToken) is { } problem)
                {
                    ours ??= new InvalidDataException(problem);
                }
            }
            catch (WitnessException failure)
            {
                theirs ??= failure;
                if (failure.InnerException is OperationCanceledException)
                {
                    break; // it is silent, whomever it is asked about: the other witnesses would wait for each tenant of it
                }
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                ours ??= new InvalidDataException($"What it is to be given of '{tenant.Id}' could not be read.", error);
            }
        }

        return (theirs, ours);
    }

    /// <returns>What is wrong with what it was to be given, or <see langword="null"/>.</returns>
    private async Task<string?> DeliverAsync(IWitness witness, TenantId tenant, CancellationToken cancellationToken)
    {
        // The position first: what another process signs and delivers meanwhile is then covered by the newest.
        var position = await store.FindPositionAsync(tenant, witness.Name, cancellationToken);
        var newest = await store.FindNewestAsync(tenant, cancellationToken);
        string? problem = null;
        if (position?.Size > (newest?.Head.Size ?? 0))
        {
            problem = $"Its position in '{tenant}' was beyond every checkpoint; it gets them from the beginning.";
            await BeginAnewAsync(witness, tenant, position.Size, cancellationToken);
            position = null;
        }

        // A time to come was not stored by the program, and waiting for it could take for ever.
        var now = clock.GetUtcNow();
        var isEarly = position is not null && position.At <= now && now - position.At < witness.Every;
        var after = position?.Size ?? 0;
        IReadOnlyList<SignedCheckpoint> due = isEarly || newest is null || newest.Head.Size <= after ? []
            : witness.Every > TimeSpan.Zero ? [newest]
            : await store.ListAsync(tenant, after, Batch, cancellationToken);
        foreach (var checkpoint in due)
        {
            if (checkpoint.IsDamaged)
            {
                problem ??= string.Create(CultureInfo.InvariantCulture, $"The checkpoint of '{tenant}' over {checkpoint.Head.Size} events is damaged.");
                continue;
            }

            await DeliverAsync(witness, checkpoint, cancellationToken);
            await store.SavePositionAsync(tenant, witness.Name, new WitnessPosition(checkpoint.Head.Size, AuditText.ToMilliseconds(clock.GetUtcNow())), cancellationToken);
        }

        return problem;
    }

    // With a number that no checkpoint reaches, somebody could keep all that are still to come from a witness. What it has already does no harm twice.
    private async Task BeginAnewAsync(IWitness witness, TenantId tenant, long size, CancellationToken cancellationToken)
    {
        await log.AppendAsync(
            new AuditDraft(
                tenant, clock.GetUtcNow(), Actor.System, AuditActions.AuditAlarm, $"tenant/{tenant}", "local",
                new Dictionary<string, string> { ["why"] = "position", ["witness"] = witness.Name, ["seq"] = size.ToString(CultureInfo.InvariantCulture) }),
            cancellationToken);
        await store.SavePositionAsync(tenant, witness.Name, new WitnessPosition(0, DateTimeOffset.UnixEpoch), cancellationToken);
    }

    private async Task DeliverAsync(IWitness witness, SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await witness.DeliverAsync(checkpoint, either.Token);
        }
        catch (OperationCanceledException silence) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WitnessException($"It did not answer within {Patience.TotalSeconds:0} seconds.", silence);
        }
        catch (Exception surprise) when (surprise is not WitnessException && !cancellationToken.IsCancellationRequested)
        {
            throw new WitnessException("It failed in a way of its own; the program's log says how.", surprise);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The witness {Witness} does not get or take checkpoints of the audit; it is tried again")]
    private static partial void LogFailing(ILogger logger, Exception failure, string witness);

    [LoggerMessage(Level = LogLevel.Information, Message = "The witness {Witness} takes checkpoints again")]
    private static partial void LogBack(ILogger logger, string witness);
}

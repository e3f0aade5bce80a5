using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Forgetting;

/// <summary>Brings an erasure that was begun to its end: deletes, records, lets the database overwrite, certifies.</summary>
/// <remarks>
/// Each step is done once however often it is tried, so a run that was cut off at any instant is simply run again, by whoever comes first.
/// </remarks>
public sealed class ErasureRunner(IErasureStore store, IAuditLog log, ICheckpointSigner signer, IStorageRest rest, TimeProvider clock)
{
    /// <summary>
    /// After each batch for as long as it took, but no longer than this, so that whoever else writes to the database gets a turn, another process
    /// too: where it waits for a lock on the whole, it looks for it only every so often. Default 30 ms.
    /// </summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <returns>The erasure with its certificate, or <see langword="null"/> when there is none of this id.</returns>
    public async Task<Erasure?> RunAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(tenant, id, cancellationToken) is not { } erasure)
        {
            return null;
        }

        if (erasure.State == ErasureState.Running)
        {
            var began = clock.GetTimestamp();
            while (await store.ContinueAsync(tenant, id, cancellationToken))
            {
                var took = clock.GetElapsedTime(began);
                await Task.Delay(took < Pause ? took : Pause, clock, cancellationToken);
                began = clock.GetTimestamp();
            }

            await store.FinishAsync(tenant, id, counted => Finished(counted, clock.GetUtcNow()), cancellationToken);
            erasure = (await store.FindAsync(tenant, id, cancellationToken))!;
        }

        return erasure.State == ErasureState.Certified ? erasure : await CertifyAsync(erasure, cancellationToken);
    }

    private async Task<Erasure?> CertifyAsync(Erasure erasure, CancellationToken cancellationToken)
    {
        var settled = await rest.SettleAsync(cancellationToken);
        var key = await signer.ReadKeyAsync(erasure.Tenant, cancellationToken);
        var text = ForgettingCertificate.Text(
            erasure, key.Name, await EventAsync(erasure.Tenant, erasure.BegunSeq, cancellationToken),
            await EventAsync(erasure.Tenant, erasure.ErasedSeq, cancellationToken), settled);
        await store.CertifyAsync(erasure.Tenant, erasure.Id, await signer.SignAsync(erasure.Tenant, text, cancellationToken), cancellationToken);
        return await store.FindAsync(erasure.Tenant, erasure.Id, cancellationToken);
    }

    private async Task<AuditEvent> EventAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
    {
        await foreach (var written in log.ReadAsync(tenant, seq, cancellationToken))
        {
            return written.Seq == seq ? written : throw new InvalidOperationException($"The audit log of {tenant} has no event {seq}.");
        }

        throw new InvalidOperationException($"The audit log of {tenant} ends before event {seq}.");
    }

    private static AuditDraft Finished(Erasure erasure, DateTimeOffset now)
    {
        var details = erasure.Counts.All.ToDictionary(
            count => ErasureCounts.Name(count.Key), count => count.Value.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal);
        details["erasure"] = erasure.Id.ToString();
        details["keysDestroyed"] = erasure.KeysDestroyed.ToString(CultureInfo.InvariantCulture);
        return new AuditDraft(erasure.Tenant, now, Actor.System, AuditActions.Erased, erasure.Scope.Subject, "local", details);
    }
}

using Assistant.Domain.Audit;
using Assistant.Domain.Backups;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Backups;

/// <summary>Brings a restore to its end: after the verb has prepared it, or at the next start after a crash.</summary>
internal sealed class RestoreCompletion(
    RestoreFolder folder, IDatabaseBackup database, ServingLock servingLock, ITenantDirectory tenants, IWriteQueue writes, DataFolder data, TimeProvider clock)
{
    private const string IsRecorded = "SELECT 1 FROM audit_events WHERE tenant_id = @p0 AND seq > @p1 AND action = @p2 AND subject = @p3 LIMIT 1";

    /// <summary>Whether a restore is under way.</summary>
    public bool IsPending => folder.Read() is not null;

    /// <summary>Moves what is left to be moved, before anything else is looked at. Nothing happens when no restore is under way.</summary>
    /// <exception cref="InstallationException">Another process is at it, or the database cannot be asked whether it has the backup's content.</exception>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (!IsPending)
        {
            return;
        }

        Take();
        if (folder.Read() is not { } journal)
        {
            return; // the process before us ended it
        }

        var isCopied = journal.Stage == RestoreStage.Copying && await database.HasTakenAsync(journal.Id, cancellationToken);
        if (journal.GoOn(isCopied) is not { } left)
        {
            folder.End();
            return;
        }

        foreach (var _ in folder.Steps(left))
        {
            // Each step is taken by asking for the next.
        }
    }

    /// <summary>Writes into every restored log that it was restored, as the first event after its end, and forgets the restore.</summary>
    public async Task RecordAsync(CancellationToken cancellationToken)
    {
        if (folder.Read() is not { Stage: RestoreStage.Recording } journal)
        {
            servingLock.Release();
            return;
        }

        var all = await tenants.ListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await writes.ExecuteAsync(TenantScope.System, session => Record(session, journal, all, now), cancellationToken);
        folder.End();
        servingLock.Release();
    }

    /// <summary>Takes away what processes that were killed left of a backup or of a restore that never began. Only for whoever holds the lock.</summary>
    public void DiscardRemains()
    {
        folder.Discard();
        BackupSpool.Discard(data);
    }

    private static int Record(WriteSession session, RestoreJournal journal, IReadOnlyList<Tenant> tenants, DateTimeOffset now)
    {
        var written = 0;
        foreach (var tenant in tenants.Select(tenant => tenant.Id))
        {
            var end = journal.Restored.FirstOrDefault(head => head.Tenant == tenant.Value)?.Seq ?? 0;
            if (!session.QueryFirst(IsRecorded, _ => true, tenant.Value, end, AuditActions.BackupRestored, journal.Subject))
            {
                session.Audit(journal.Event(tenant, now));
                written++;
            }
        }

        return written;
    }

    private void Take()
    {
        try
        {
            servingLock.Take();
        }
        catch (InstallationException busy)
        {
            throw new InstallationException("A backup is being restored into this data folder. Wait for its end, then start again.", busy);
        }
    }
}

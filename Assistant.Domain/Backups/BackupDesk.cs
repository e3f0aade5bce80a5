using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Backups;

/// <summary>How something asked of the backups ended.</summary>
public abstract record BackupOutcome
{
    private BackupOutcome() { }

    /// <summary>The backup was made.</summary>
    public sealed record Created(BackupContents Backup) : BackupOutcome;

    /// <summary>It is as it was written.</summary>
    public sealed record Sound(BackupContents Backup) : BackupOutcome;

    /// <summary>What a restore would do; nothing was done.</summary>
    public sealed record Planned(RestorePlan Plan) : BackupOutcome;

    /// <summary>Backup or installation are not what was agreed to; nothing was done.</summary>
    public sealed record Changed(RestorePlan Now) : BackupOutcome;

    /// <summary>The installation is the backup's.</summary>
    /// <param name="Aside">Folder with what stood there, if anything did.</param>
    public sealed record Restored(RestorePlan Plan, string? Aside) : BackupOutcome;

    /// <summary>Nothing was done.</summary>
    /// <param name="Reason">One sentence that says why, and what to do where something can be done.</param>
    public sealed record Refused(BackupFault Fault, string Reason) : BackupOutcome;
}

/// <summary>What people do with backups. They hold every tenant, so they are asked for from the first one alone, like making tenants.</summary>
public sealed class BackupDesk(IBackupStore store, ITenantDirectory tenants, IAuditLog log, IStepUpGuard guard, TimeProvider clock)
{
    private const string Subject = "installation";

    /// <summary>Writes a backup, and says so in every tenant's log before its first byte.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<BackupOutcome> CreateAsync(Caller caller, string path, CancellationToken cancellationToken)
    {
        await DemandAsync(caller, SensitiveOperations.BackupCreate, [new("file", path)], cancellationToken);
        return await WithinAsync(async () => new BackupOutcome.Created(await store.CreateAsync(path, SayAsync, cancellationToken)));

        async Task SayAsync(Guid backup, CancellationToken token)
        {
            foreach (var tenant in await tenants.ListAsync(token))
            {
                await log.AppendAsync(caller.Audit(clock.GetUtcNow(), AuditActions.BackupCreated, $"backup/{backup}") with { Tenant = tenant.Id }, token);
            }
        }
    }

    /// <summary>Reads a backup to its end.</summary>
    public Task<BackupOutcome> VerifyAsync(Caller caller, string path, CancellationToken cancellationToken)
    {
        RequireFirst(caller);
        caller.Demand(SensitiveOperations.BackupCreate.Permission);
        return WithinAsync(async () => new BackupOutcome.Sound(await store.ReadAsync(path, cancellationToken)));
    }

    /// <summary>Shows what a restore would do. The backup was read to its end by then.</summary>
    /// <param name="replace">Whether what stands there may be replaced.</param>
    public Task<BackupOutcome> PlanAsync(Caller caller, string path, bool replace, CancellationToken cancellationToken)
    {
        RequireFirst(caller);
        caller.Demand(SensitiveOperations.BackupRestore.Permission);
        return WithinAsync(async () => new BackupOutcome.Planned(await MakeAsync(path, replace, cancellationToken)));
    }

    /// <summary>Restores what the plan showed, and nothing else.</summary>
    /// <param name="digest">Of the plan the caller agrees to.</param>
    /// <exception cref="StepUpRequiredException">It wants proof first; the proof is for this very plan.</exception>
    public Task<BackupOutcome> RestoreAsync(Caller caller, string path, bool replace, string digest, CancellationToken cancellationToken)
    {
        RequireFirst(caller);
        caller.Demand(SensitiveOperations.BackupRestore.Permission);
        return WithinAsync(async () =>
        {
            var plan = await MakeAsync(path, replace, cancellationToken);
            if (plan.Digest != digest)
            {
                return new BackupOutcome.Changed(plan); // before a proof is spent on it
            }

            await DemandAsync(
                caller, SensitiveOperations.BackupRestore,
                [new("file", path), new("made", $"{plan.Backup.Manifest.MadeAt:u}"), new("digest", digest)], cancellationToken);
            return new BackupOutcome.Restored(plan, await store.RestoreAsync(path, plan, Journal(caller, plan), cancellationToken));
        });
    }

    private async Task<RestorePlan> MakeAsync(string path, bool replace, CancellationToken cancellationToken)
        => RestorePlan.Make(await store.ReadAsync(path, cancellationToken), await store.LookAsync(cancellationToken), replace);

    private RestoreJournal Journal(Caller caller, RestorePlan plan) => new(
        Guid.CreateVersion7(), RestoreStage.SettingAside, $"replaced-{clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}", [], [], caller.Actor, caller.Origin,
        plan.Backup.Manifest.MadeAt, plan.Backup.Manifest.Digest(), plan.Before, plan.Backup.Manifest.Logs);

    private async Task DemandAsync(Caller caller, SensitiveOperation what, IReadOnlyList<OperationArgument> arguments, CancellationToken cancellationToken)
    {
        RequireFirst(caller);
        await guard.DemandAsync(caller, new BoundOperation(what, caller.Tenant, Subject, arguments), cancellationToken);
    }

    private static void RequireFirst(Caller caller)
    {
        if (caller.Tenant != TenantId.Default)
        {
            throw new PermissionDeniedException(SensitiveOperations.BackupRestore.Permission);
        }
    }

    private static async Task<BackupOutcome> WithinAsync(Func<Task<BackupOutcome>> act)
    {
        try
        {
            return await act();
        }
        catch (BackupRefusedException refused)
        {
            return new BackupOutcome.Refused(refused.Fault, refused.Message);
        }
    }
}

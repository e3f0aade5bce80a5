using System.Globalization;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary><c>audit</c>: proves that nobody changed what happened, and takes it elsewhere.</summary>
[ActsFor(ActsForAttribute.Machine)]
[Audits(AuditActions.AuditExported, AuditActions.AuditAlarm)]
internal sealed class AuditVerb(IAuditLog log, CheckpointDesk desk, ITenantDirectory tenants, TimeProvider clock) : IVerb
{
    private const int BufferSize = 1 << 16; // the file has none of its own

    public string Name => "audit";

    public string Usage => """
        audit verify [--tenant T] [--checkpoint FILE] [--file EXPORT] [--json]
        audit export [--tenant T] [--out FILE] [--format jsonl|csv]
        audit checkpoint [--tenant T]
        audit proof SEQ [--tenant T]
        audit key [--tenant T]
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["verify", ..] => VerifyAsync(context, cancellationToken),
            ["export", ..] => ExportAsync(context, cancellationToken),
            ["checkpoint", ..] => CheckpointAsync(context, cancellationToken),
            ["proof", var seq, ..] => ProofAsync(context, seq, cancellationToken),
            ["key", ..] => KeyAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do with the audit log."),
        });

    private async Task<int> VerifyAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--tenant", "--checkpoint", "--file"]);
        var checkpoints = new List<AuditCheckpoint>();
        if (options.FindFile("--checkpoint") is { } checkpointFile)
        {
            checkpoints.Add(await ReadCheckpointAsync(checkpointFile, cancellationToken));
        }

        AuditVerdict verdict;
        TenantId tenant;
        if (options.FindFile("--file") is { } export)
        {
            // A file may come from another installation: the tenant need not exist here.
            tenant = Slug.IsValid(options.Find("--tenant") ?? TenantId.Default.Value)
                ? new TenantId(options.Find("--tenant") ?? TenantId.Default.Value)
                : throw new VerbUseException("This is not a tenant's name.");
            RequireSameTenant(checkpoints, tenant);
            using var reader = new StreamReader(export);
            verdict = await AuditExport.VerifyAsync(tenant, reader, checkpoints, cancellationToken);
        }
        else
        {
            tenant = await options.TenantAsync(tenants, cancellationToken);
            RequireSameTenant(checkpoints, tenant);
            verdict = await AuditVerifier.VerifyStoredAsync(log, tenant, checkpoints, clock.GetUtcNow(), cancellationToken);
        }

        await context.Out.WriteLineAsync(context.Json ? ToJson(tenant, verdict) : ToText(tenant, verdict));
        return verdict is AuditVerdict.Intact ? VerbExit.Fine : VerbExit.CheckFailed;
    }

    private async Task<int> ExportAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--tenant", "--out", "--format"]);
        var format = options.Find("--format") ?? "jsonl";
        if (format is not ("jsonl" or "csv"))
        {
            throw new VerbUseException("The format is jsonl or csv.");
        }

        var caller = await options.CallerAsync(tenants, cancellationToken);
        await using var file = options.FindFile("--out") is { } path ? VerbFile.Open(path) : null;
        var now = clock.GetUtcNow();
        await log.AppendAsync(caller.Audit(now, AuditActions.AuditExported, $"tenant/{caller.Tenant}"), cancellationToken);
        if (file is null)
        {
            await WriteAsync(context.Out);
            return VerbExit.Fine;
        }

        AuditCheckpoint? checkpoint;
        await using (var target = new StreamWriter(file.Content, new UTF8Encoding(false), BufferSize, leaveOpen: true))
        {
            checkpoint = await WriteAsync(target);
        }

        await file.KeepAsync(cancellationToken);
        if (checkpoint is not null)
        {
            await context.Out.WriteLineAsync(AuditExport.Format(checkpoint));
        }

        return VerbExit.Fine;

        async Task<AuditCheckpoint?> WriteAsync(TextWriter target)
        {
            var events = log.ReadAsync(caller.Tenant, 1, cancellationToken);
            if (format == "csv")
            {
                await AuditCsv.WriteAsync(events, target, cancellationToken);
                return null;
            }

            return await AuditExport.WriteAsync(caller.Tenant, events, target, now, await desk.NewestNoteAsync(caller.Tenant, cancellationToken), cancellationToken);
        }
    }

    private async Task<int> CheckpointAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var tenant = await VerbOptions.Parse(context.Args.Skip(1), ["--tenant"]).TenantAsync(tenants, cancellationToken);
        switch (await desk.SignAsync(tenant, cancellationToken))
        {
            case CheckpointOutcome.Made { Checkpoint: var made }:
                await context.Out.WriteAsync(made.Note);
                return VerbExit.Fine;
            case CheckpointOutcome.Unchanged { Last: var last }:
                await context.Out.WriteAsync(last?.Note ?? $"Tenant {tenant}: no events yet.\n");
                return VerbExit.Fine;
            case CheckpointOutcome.Refused refused:
                await context.Out.WriteLineAsync($"Tenant {tenant}: NOT SIGNED: {Words(refused)}");
                return VerbExit.CheckFailed;
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }

    private async Task<int> ProofAsync(VerbContext context, string number, CancellationToken cancellationToken)
    {
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            throw new VerbUseException("Name the event by its number.");
        }

        var tenant = await VerbOptions.Parse(context.Args.Skip(2), ["--tenant"]).TenantAsync(tenants, cancellationToken);
        if (await desk.ProveAsync(tenant, seq, cancellationToken) is not { } proof)
        {
            await context.Out.WriteLineAsync($"Tenant {tenant}: no checkpoint covers event {seq} yet, or there is no such event.");
            return VerbExit.CheckFailed;
        }

        await context.Out.WriteAsync(AuditProofFile.Format(proof, await desk.ReadKeyAsync(tenant, cancellationToken)));
        return VerbExit.Fine;
    }

    private async Task<int> KeyAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var tenant = await VerbOptions.Parse(context.Args.Skip(1), ["--tenant"]).TenantAsync(tenants, cancellationToken);
        await context.Out.WriteLineAsync((await desk.ReadKeyAsync(tenant, cancellationToken)).ToString());
        return VerbExit.Fine;
    }

    private static string Words(CheckpointOutcome.Refused refused) => refused.Why switch
    {
        CheckpointRefusal.Diverged => $"event {refused.Seq} is missing or is not as it was; see `audit verify`.",
        CheckpointRefusal.RolledBack => $"an earlier checkpoint covers event {refused.Seq} and more, which are gone: an old copy was put back.",
        CheckpointRefusal.Forked => $"the first {refused.Seq} events are not those an earlier checkpoint was signed for.",
        CheckpointRefusal.Unreadable => "an earlier checkpoint is damaged or was not signed with this log's key.",
        CheckpointRefusal.Unreachable => $"the checkpoints outside cannot be read: {refused.Problem}",
        _ => throw new InvalidOperationException($"Unknown reason {refused.Why}."),
    };

    private static string ToText(TenantId tenant, AuditVerdict verdict) => verdict switch
    {
        AuditVerdict.Intact { Head: { Seq: 0 } } => $"Tenant {tenant}: no events yet.",
        AuditVerdict.Intact { Head: var head } => $"Tenant {tenant}: {head.Seq} events, intact. Head {head.HashHex}",
        AuditVerdict.Broken broken => $"Tenant {tenant}: BROKEN at event {broken.Seq}: {Words(broken.Kind)}",
        AuditVerdict.Unreadable unreadable => $"Line {unreadable.Line}: {unreadable.Problem}",
        _ => throw new InvalidOperationException($"Unknown verdict {verdict}."),
    };

    private static string Words(AuditBreak kind) => kind switch
    {
        AuditBreak.Edited => "edited; its content or hash is not what was appended.",
        AuditBreak.Deleted => "deleted; the event that belongs here is gone.",
        AuditBreak.Inserted => "inserted; nobody appended the event that stands here.",
        AuditBreak.Reordered => "reordered; the event that belongs here stands further on.",
        AuditBreak.Truncated => "truncated; the chain once went on from here.",
        AuditBreak.Rewritten => "rewritten; the chain up to here does not lead to the checkpoint.",
        _ => throw new InvalidOperationException($"Unknown kind {kind}."),
    };

    private static string ToJson(TenantId tenant, AuditVerdict verdict) => verdict switch
    {
        AuditVerdict.Intact { Head: var head } => VerbOptions.ToJson(new { Tenant = tenant.Value, Intact = true, head.Seq, Hash = head.HashHex }),
        AuditVerdict.Broken broken => VerbOptions.ToJson(
            new { Tenant = tenant.Value, Intact = false, BrokenAt = broken.Seq, Kind = broken.Kind.ToString().ToLower(CultureInfo.InvariantCulture) }),
        AuditVerdict.Unreadable unreadable => VerbOptions.ToJson(
            new { Tenant = tenant.Value, Intact = false, unreadable.Line, unreadable.Problem }),
        _ => throw new InvalidOperationException($"Unknown verdict {verdict}."),
    };

    private static void RequireSameTenant(List<AuditCheckpoint> checkpoints, TenantId tenant)
    {
        if (checkpoints.FirstOrDefault(checkpoint => checkpoint.Tenant != tenant) is { } foreign)
        {
            throw new VerbUseException($"The checkpoint is of tenant '{foreign.Tenant}', not of '{tenant}'.");
        }
    }

    private static async Task<AuditCheckpoint> ReadCheckpointAsync(string path, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(path);
        try
        {
            return await AuditExport.ReadCheckpointAsync(reader, cancellationToken);
        }
        catch (FormatException)
        {
            throw new VerbUseException($"'{path}' does not end with a checkpoint.");
        }
    }
}

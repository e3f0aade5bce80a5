using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Backups;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary><c>backup</c>: everything of the installation in one encrypted file, and back.</summary>
[ActsFor(ActsForAttribute.Machine)]
// A backup may lack what every start makes sure of: the first tenant, and the page anybody can write to.
[Audits(AuditActions.BackupCreated, AuditActions.BackupRestored, AuditActions.TenantCreated, AuditActions.ConnectionSaved, WantsProof = true)]
internal sealed class BackupVerb(BackupDesk desk) : IVerb
{
    public const string VerbName = "backup";

    private static readonly Caller Machine = UserDesk.LocalCaller(TenantId.Default);

    public string Name => VerbName;

    public string Usage => """
        backup create --out FILE [--json]                            everything but the master key, encrypted
        backup verify FILE [--json]                                  reads it to its end, and says what is in it
        backup restore FILE [--replace] [--json]                     shows what would be replaced by what
        backup restore FILE [--replace] --digest DIGEST [--json]     does it; the digest is of what was shown
        """;

    /// <summary>Whether the installation is made ready before: what is read or restored may be all there will be.</summary>
    public static bool WantsPreparation(IReadOnlyList<string> args) => args is ["create", ..];

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, async () =>
        context.Args switch
        {
            ["create", ..] => await TellAsync(context, await CreateAsync(context, cancellationToken)),
            ["verify", ..] => await TellAsync(context, await VerifyAsync(context, cancellationToken)),
            ["restore", ..] => await TellAsync(context, await RestoreAsync(context, cancellationToken)),
            _ => throw new VerbUseException("Say what to do with a backup."),
        });

    private Task<BackupOutcome> CreateAsync(VerbContext context, CancellationToken cancellationToken)
        => desk.CreateAsync(Machine, VerbOptions.Parse(context.Args.Skip(1), ["--out"]).RequireFile("--out"), cancellationToken);

    private Task<BackupOutcome> VerifyAsync(VerbContext context, CancellationToken cancellationToken)
        => desk.VerifyAsync(Machine, FileOf(VerbOptions.Parse(context.Args.Skip(1), [], takesName: true)), cancellationToken);

    private Task<BackupOutcome> RestoreAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--digest"], ["--replace"], takesName: true);
        return options.Find("--digest") is { } digest
            ? desk.RestoreAsync(Machine, FileOf(options), options.Has("--replace"), digest, cancellationToken)
            : desk.PlanAsync(Machine, FileOf(options), options.Has("--replace"), cancellationToken);
    }

    private static string FileOf(VerbOptions options) => options.Name is { } path ? VerbOptions.CheckPath(path) : throw new VerbUseException("Name the file of the backup.");

    private static async Task<int> TellAsync(VerbContext context, BackupOutcome outcome)
    {
        switch (outcome)
        {
            case BackupOutcome.Created made:
                await ShowAsync(context, made.Backup, "Made");
                await SayAsync(context, "The master key is not in it. Keep that one apart: without it nobody opens the backup, with both anybody does.");
                return VerbExit.Fine;
            case BackupOutcome.Sound sound:
                await ShowAsync(context, sound.Backup, "Sound");
                return VerbExit.Fine;
            case BackupOutcome.Planned { Plan: var plan }:
                await ShowAsync(context, plan);
                return VerbExit.Fine;
            case BackupOutcome.Changed { Now: var now }:
                await context.Error.WriteLineAsync("This is not what that digest is of; nothing was restored. This is how it is now:");
                await ShowAsync(context, now);
                return VerbExit.CheckFailed;
            case BackupOutcome.Restored restored:
                await TellAsync(context, restored);
                return VerbExit.Fine;
            case BackupOutcome.Refused { Reason: var reason }:
                await context.Error.WriteLineAsync(reason);
                return VerbExit.CheckFailed;
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }

    private static async Task ShowAsync(VerbContext context, BackupContents backup, string how)
    {
        var manifest = backup.Manifest;
        if (context.Json)
        {
            await context.WriteJsonAsync(Shown(backup));
            return;
        }

        await context.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{how}: a {manifest.Database} backup of {manifest.MadeAt:u}, {backup.Size} bytes, {manifest.Entries.Count} entries, by version {manifest.Product}, schema {manifest.Schema}."));
        await context.WriteTableAsync([["TENANT", "EVENTS", "HEAD"], .. manifest.Logs.Select(Row)]);
        await context.Out.WriteLineAsync($"Digest {manifest.Digest()}");
    }

    private static async Task ShowAsync(VerbContext context, RestorePlan plan)
    {
        if (context.Json)
        {
            await context.WriteJsonAsync(new { plan.Digest, plan.Replaces, Backup = Shown(plan.Backup), plan.Before });
            return;
        }

        await ShowAsync(context, plan.Backup, "Would be restored");
        if (plan.Replaces)
        {
            await context.Out.WriteLineAsync(
                plan.Before.Count > 0 ? "In the place of what is here now:" : "In the place of what is here now, whose audit logs cannot be read.");
            await context.WriteTableAsync([.. plan.Before.Select(Row)]);
        }

        await context.Out.WriteLineAsync($"To do it: --digest {plan.Digest}");
    }

    private static async Task TellAsync(VerbContext context, BackupOutcome.Restored restored)
    {
        if (context.Json)
        {
            await context.WriteJsonAsync(new { restored.Plan.Digest, Backup = Shown(restored.Plan.Backup), restored.Aside });
            return;
        }

        await context.Out.WriteLineAsync($"Restored: everything is as it was at {restored.Plan.Backup.Manifest.MadeAt:u}, and every audit log says so.");
        if (restored.Aside is { } aside)
        {
            await context.Out.WriteLineAsync($"What stood here before is in {aside}. Delete it when it is not needed any more.");
        }
    }

    private static Task SayAsync(VerbContext context, string sentence) => context.Json ? Task.CompletedTask : context.Out.WriteLineAsync(sentence);

    private static string[] Row(LogHead head) => [head.Tenant, head.Seq.ToString(CultureInfo.InvariantCulture), head.Hash];

    private static object Shown(BackupContents backup) => new
    {
        backup.Manifest.Id, backup.Manifest.Product, backup.Manifest.Database, backup.Manifest.Schema, backup.Manifest.Installation, backup.Manifest.MadeAt, backup.Size,
        Entries = backup.Manifest.Entries.Count, Digest = backup.Manifest.Digest(), Tenants = backup.Manifest.Logs,
    };
}

using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary><c>keys</c>: what is sealed with what, and new keys for it. Cut off, it is run again.</summary>
[ActsFor(ActsForAttribute.Machine)]
[Audits(AuditActions.KeyRotationBegun, AuditActions.KeyRotated, AuditActions.MasterKeyRotated)]
internal sealed class KeysVerb(KeyDesk desk) : IVerb
{
    private static readonly Caller Machine = UserDesk.LocalCaller(TenantId.Default);

    public string Name => "keys";

    public string Usage => """
        keys status [--json]
        keys rotate [--json]            new keys for every tenant; seals everything again
        keys rotate --master [--json]   a new master key; wraps every key again
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["status", ..] => ShowAsync(context, cancellationToken),
            ["rotate", ..] => RotateAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do with the keys."),
        });

    private async Task<int> ShowAsync(VerbContext context, CancellationToken cancellationToken)
    {
        VerbOptions.Parse(context.Args.Skip(1), []);
        var status = await desk.ReadStatusAsync(Machine, cancellationToken);
        if (context.Json)
        {
            await context.Out.WriteLineAsync(VerbOptions.ToJson(new
            {
                status.Master,
                status.IsRotating,
                Tenants = status.Tenants.Select(t => new { Tenant = t.Tenant.Value, t.Versions, t.People, t.Forgotten, t.IsRotating }),
            }));
            return VerbExit.Fine;
        }

        await context.Out.WriteLineAsync($"{status.Master} is in use.");
        await context.WriteTableAsync(
        [
            ["TENANT", "VERSION", "CREATED", "VALUES"],
            .. status.Tenants.SelectMany(t => t.Versions.Select(v => new[] { t.Tenant.Value, Text(v.Number), $"{v.CreatedAt:u}", Text(v.Values) })),
        ]);
        foreach (var tenant in status.Tenants.Where(t => t.IsRotating))
        {
            await context.Out.WriteLineAsync($"Tenant {tenant.Tenant} has more than one version: a rotation is going on, or was cut off. Run: keys rotate");
        }

        return VerbExit.Fine;
    }

    private async Task<int> RotateAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), [], ["--master"]);
        return options.Has("--master") ? await RotateMasterAsync(context, cancellationToken) : await RotateTenantsAsync(context, cancellationToken);
    }

    private async Task<int> RotateMasterAsync(VerbContext context, CancellationToken cancellationToken)
    {
        switch (await desk.RotateMasterAsync(Machine, cancellationToken))
        {
            case MasterRotateOutcome.Rotated { Master: var name }:
                await context.Out.WriteLineAsync(context.Json
                    ? VerbOptions.ToJson(new { Master = name })
                    : $"{name} is in force. Back it up apart from the data; backups made before need the one before.");
                return VerbExit.Fine;
            case MasterRotateOutcome.Refused { Reason: var reason }:
                await context.Error.WriteLineAsync(reason);
                return VerbExit.CheckFailed;
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }

    private async Task<int> RotateTenantsAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var outcomes = await desk.RotateAsync(Machine, cancellationToken);
        if (context.Json)
        {
            await context.Out.WriteLineAsync(VerbOptions.ToJson(outcomes.Select(Shown)));
        }
        else
        {
            foreach (var outcome in outcomes)
            {
                await context.Out.WriteLineAsync(Told(outcome));
            }
        }

        return outcomes.Any(outcome => outcome is RotateOutcome.Broken) ? VerbExit.CheckFailed : VerbExit.Fine;
    }

    private static string Told(RotateOutcome outcome) => outcome switch
    {
        RotateOutcome.Rotated done => $"Tenant {done.Tenant}: version {done.Version} seals, {done.Resealed} values were sealed again, no older version is left.",
        RotateOutcome.Broken broken =>
            $"Tenant {broken.Tenant}: {string.Join(", ", broken.Places)} does not open; the older versions stay. Enter these secrets again, or delete what they belong to.",
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    private static object Shown(RotateOutcome outcome) => outcome switch
    {
        RotateOutcome.Rotated done => new { Tenant = done.Tenant.Value, Rotated = true, done.Version, done.Resealed },
        RotateOutcome.Broken broken => new { Tenant = broken.Tenant.Value, Rotated = false, broken.Version, broken.Places },
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

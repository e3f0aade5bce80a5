using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.Keys;

/// <summary>How rotating a tenant's key ended.</summary>
public abstract record RotateOutcome
{
    private RotateOutcome() { }

    /// <param name="Version">The only one left.</param>
    /// <param name="Resealed">Values this run sealed again.</param>
    public sealed record Rotated(TenantId Tenant, int Version, int Resealed) : RotateOutcome;

    /// <summary>Values do not open; the older versions stay for whoever mends them.</summary>
    public sealed record Broken(TenantId Tenant, int Version, IReadOnlyList<string> Places) : RotateOutcome;
}

/// <summary>Replaces keys while the program serves.</summary>
/// <remarks>Keys belong to the installation, and tenants do not command each other: no role may do this, only whoever commands the machine.</remarks>
public sealed class KeyDesk(IKeyRotation keys, TimeProvider clock)
{
    /// <summary>How long an older version outlives its last value, so that whoever has just read that value can still open it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public Task<KeyStatus> ReadStatusAsync(Caller caller, CancellationToken cancellationToken)
    {
        RequireMachine(caller);
        return keys.ReadStatusAsync(cancellationToken);
    }

    /// <summary>Replaces the key of every tenant that has one. Cut off, it is simply called again.</summary>
    public async Task<IReadOnlyList<RotateOutcome>> RotateAsync(Caller caller, CancellationToken cancellationToken)
    {
        RequireMachine(caller);
        var outcomes = new List<RotateOutcome>();
        foreach (var tenant in (await keys.ReadStatusAsync(cancellationToken)).Tenants)
        {
            outcomes.Add(await RotateAsync(caller, tenant.Tenant, cancellationToken));
        }

        return outcomes;
    }

    /// <inheritdoc cref="IKeyRotation.RotateMasterAsync"/>
    public Task<MasterRotateOutcome> RotateMasterAsync(Caller caller, CancellationToken cancellationToken)
    {
        RequireMachine(caller);
        return keys.RotateMasterAsync(caller.Audit(clock.GetUtcNow(), AuditActions.MasterKeyRotated, "installation"), cancellationToken);
    }

    private static void RequireMachine(Caller caller)
    {
        if (!caller.IsMachine)
        {
            throw new PermissionDeniedException("keys.manage");
        }
    }

    private async Task<RotateOutcome> RotateAsync(Caller caller, TenantId tenant, CancellationToken cancellationToken)
    {
        var version = await keys.BeginAsync(tenant, Event(AuditActions.KeyRotationBegun), cancellationToken);
        for (var resealed = 0; ;)
        {
            var pass = await keys.ResealAsync(tenant, cancellationToken);
            resealed += pass.Resealed;
            if (pass.Broken.Count > 0)
            {
                return new RotateOutcome.Broken(tenant, version, pass.Broken);
            }

            await Task.Delay(Grace, clock, cancellationToken);
            var done = Event(AuditActions.KeyRotated) with
            {
                Details = new Dictionary<string, string>
                {
                    ["version"] = version.ToString(CultureInfo.InvariantCulture), ["resealed"] = resealed.ToString(CultureInfo.InvariantCulture),
                },
            };
            if (await keys.RetireAsync(tenant, done, cancellationToken))
            {
                return new RotateOutcome.Rotated(tenant, version, resealed);
            }
        }

        AuditDraft Event(string action) => caller.Audit(clock.GetUtcNow(), action, $"tenant/{tenant}") with { Tenant = tenant };
    }
}

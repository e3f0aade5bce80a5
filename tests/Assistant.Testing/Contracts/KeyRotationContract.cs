using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every rotation of keys must do.</summary>
public abstract class KeyRotationContract
{
    protected static TenantId Own { get; } = TenantId.Default;

    protected static TenantId Other { get; } = new("other");

    /// <summary>Cancels with the test.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Keys of a house whose tenants exist and have so many sealed values each, at least one, and the log they write to.</summary>
    protected abstract Task<(IKeyRotation Keys, IAuditLog Audit)> CreateAsync(int values, params TenantId[] tenants);

    [Fact]
    public async Task A_new_version_seals_and_the_old_one_stays_until_nothing_refers_to_it()
    {
        var (keys, _) = await CreateAsync(3, Own);

        Assert.Equal(2, await keys.BeginAsync(Own, Draft(Own, AuditActions.KeyRotationBegun), Cancel));
        Assert.Equal([(1, 3), (2, 0)], await VersionsAsync(keys, Own));
        Assert.False(await keys.RetireAsync(Own, Draft(Own, AuditActions.KeyRotated), Cancel));
        var pass = await keys.ResealAsync(Own, Cancel);

        Assert.Equal((3, 0), (pass.Resealed, pass.Broken.Count));
        Assert.Equal([(1, 0), (2, 3)], await VersionsAsync(keys, Own));
        Assert.True((await keys.ReadStatusAsync(Cancel)).IsRotating);
        Assert.True(await keys.RetireAsync(Own, Draft(Own, AuditActions.KeyRotated), Cancel));
        Assert.Equal([(2, 3)], await VersionsAsync(keys, Own));
        Assert.False((await keys.ReadStatusAsync(Cancel)).IsRotating);
    }

    [Fact]
    public async Task A_rotation_that_was_begun_is_gone_on_with()
    {
        var (keys, audit) = await CreateAsync(1, Own);

        Assert.Equal(2, await keys.BeginAsync(Own, Draft(Own, AuditActions.KeyRotationBegun), Cancel));
        Assert.Equal(2, await keys.BeginAsync(Own, Draft(Own, AuditActions.KeyRotationBegun), Cancel));

        Assert.Equal(1, await CountAsync(audit, AuditActions.KeyRotationBegun));
    }

    [Fact]
    public async Task Retiring_twice_is_said_once()
    {
        var (keys, audit) = await CreateAsync(1, Own);
        await keys.BeginAsync(Own, Draft(Own, AuditActions.KeyRotationBegun), Cancel);
        await keys.ResealAsync(Own, Cancel);

        Assert.True(await keys.RetireAsync(Own, Draft(Own, AuditActions.KeyRotated), Cancel));
        Assert.True(await keys.RetireAsync(Own, Draft(Own, AuditActions.KeyRotated), Cancel));

        Assert.Equal(1, await CountAsync(audit, AuditActions.KeyRotated));
    }

    [Fact]
    public async Task One_tenants_rotation_leaves_the_others_alone()
    {
        var (keys, _) = await CreateAsync(2, Own, Other);

        await keys.BeginAsync(Own, Draft(Own, AuditActions.KeyRotationBegun), Cancel);
        Assert.Equal(2, (await keys.ResealAsync(Own, Cancel)).Resealed);
        Assert.True(await keys.RetireAsync(Own, Draft(Own, AuditActions.KeyRotated), Cancel));

        Assert.Equal([(2, 2)], await VersionsAsync(keys, Own));
        Assert.Equal([(1, 2)], await VersionsAsync(keys, Other));
    }

    [Fact]
    public async Task Each_tenant_counts_versions_of_its_own()
    {
        var (keys, audit) = await CreateAsync(2, Own, Other);
        await RotateAsync(keys, Own);
        await RotateAsync(keys, Own);

        // The other tenant's older version is none of this one's.
        Assert.True(await keys.RetireAsync(Own, Draft(Own, AuditActions.KeyRotated), Cancel));
        Assert.Equal(2, await CountAsync(audit, AuditActions.KeyRotated));
        await RotateAsync(keys, Other);

        Assert.Equal([(3, 2)], await VersionsAsync(keys, Own));
        Assert.Equal([(2, 2)], await VersionsAsync(keys, Other));
    }

    private static async Task RotateAsync(IKeyRotation keys, TenantId tenant)
    {
        await keys.BeginAsync(tenant, Draft(tenant, AuditActions.KeyRotationBegun), Cancel);
        Assert.Equal(2, (await keys.ResealAsync(tenant, Cancel)).Resealed);
        Assert.True(await keys.RetireAsync(tenant, Draft(tenant, AuditActions.KeyRotated), Cancel));
    }

    /// <summary>An event such as the caller of a step gives.</summary>
    protected static AuditDraft Draft(TenantId tenant, string action)
        => new(tenant, DateTimeOffset.UnixEpoch, Actor.System, action, $"tenant/{tenant}", "local", AuditDraft.NoDetails);

    /// <summary>The tenant's versions and how many values lie under each.</summary>
    protected static async Task<(int Number, int Values)[]> VersionsAsync(IKeyRotation keys, TenantId tenant)
        => [.. (await keys.ReadStatusAsync(Cancel)).Tenants.Single(t => t.Tenant == tenant).Versions.Select(v => (v.Number, v.Values))];

    private static async Task<int> CountAsync(IAuditLog log, string action)
        => await log.ReadAsync(Own, 1, Cancel).CountAsync(e => e.What.Action == action, Cancel);
}

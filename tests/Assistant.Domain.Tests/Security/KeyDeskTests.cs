using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security;

public sealed class KeyDeskTests
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly Caller Machine = UserDesk.LocalCaller(Own);

    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryAuditLog _log = new();
    private readonly InMemoryKeyRotation _keys;
    private readonly KeyDesk _desk;

    public KeyDeskTests()
    {
        _keys = new(_log);
        _desk = new(_keys, _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_tenants_key_is_replaced_and_each_tenants_history_says_so()
    {
        _keys.Add(Own, 3);
        _keys.Add(Other, 1);

        var outcomes = await RotateAsync();

        Assert.Equal([new RotateOutcome.Rotated(Own, 2, 3), new RotateOutcome.Rotated(Other, 2, 1)], outcomes);
        Assert.Equal([AuditActions.KeyRotationBegun, AuditActions.KeyRotated], await ActionsAsync(Own));
        Assert.Equal([AuditActions.KeyRotationBegun, AuditActions.KeyRotated], await ActionsAsync(Other));
    }

    [Fact]
    public async Task The_old_version_outlives_its_last_value_by_the_grace()
    {
        _keys.Add(Own, 1);

        var rotating = _desk.RotateAsync(Machine, Cancel);
        _clock.Advance(KeyDesk.Grace - TimeSpan.FromMilliseconds(1));
        Assert.True((await _keys.ReadStatusAsync(Cancel)).IsRotating);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await rotating;

        Assert.False((await _keys.ReadStatusAsync(Cancel)).IsRotating);
    }

    [Fact]
    public async Task What_is_stored_late_under_the_old_version_is_sealed_again_before_that_version_goes()
    {
        _keys.Add(Own, 2);
        _keys.Latecomers.Enqueue(1);
        _keys.Latecomers.Enqueue(1);

        Assert.Equal([new RotateOutcome.Rotated(Own, 2, 4)], await RotateAsync());
    }

    [Fact]
    public async Task A_rotation_that_was_cut_off_is_gone_on_with()
    {
        _keys.Add(Own, 2);
        await _keys.BeginAsync(Own, new AuditDraft(Own, default, Actor.System, "begun", "", "local", AuditDraft.NoDetails), Cancel);

        Assert.Equal([new RotateOutcome.Rotated(Own, 2, 2)], await RotateAsync());
    }

    [Fact]
    public async Task A_value_that_does_not_open_is_named_and_the_old_version_stays()
    {
        _keys.Add(Own, 2);
        _keys.Broken.Add("engines/e/settings");

        var broken = Assert.IsType<RotateOutcome.Broken>(Assert.Single(await RotateAsync()));

        Assert.Equal(["engines/e/settings"], broken.Places);
        Assert.True((await _keys.ReadStatusAsync(Cancel)).IsRotating);
    }

    [Fact]
    public async Task Nobody_but_whoever_commands_the_machine_touches_keys()
    {
        var owner = new Caller(new Actor("user", "1", "Owner"), Own, Roles.PermissionsOf(Roles.Owner).ToHashSet(), "local");

        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.RotateAsync(owner, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(async () => await _desk.RotateMasterAsync(owner, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(async () => await _desk.ReadStatusAsync(owner, Cancel));
    }

    [Fact]
    public async Task Changing_the_master_key_is_recorded()
    {
        Assert.IsType<MasterRotateOutcome.Rotated>(await _desk.RotateMasterAsync(Machine, Cancel));

        Assert.Equal([AuditActions.MasterKeyRotated], await ActionsAsync(Own));
    }

    private async Task<IReadOnlyList<RotateOutcome>> RotateAsync()
    {
        var rotating = _desk.RotateAsync(Machine, Cancel);
        while (!rotating.IsCompleted)
        {
            _clock.Advance(KeyDesk.Grace);
            await Task.Yield();
        }

        return await rotating;
    }

    private async Task<List<string>> ActionsAsync(TenantId tenant)
        => await _log.ReadAsync(tenant, 1, Cancel).Select(e => e.What.Action).ToListAsync(Cancel);
}

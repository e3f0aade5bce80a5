using Assistant.Domain.Audit;
using Assistant.Domain.Backups;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Backups;

public sealed class BackupDeskTests : IDisposable
{
    private static readonly Caller s_machine = UserDesk.LocalCaller(TenantId.Default);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-backups-");
    private readonly InMemoryBackupStore _store = new();
    private readonly FakeTenants _tenants = new();
    private readonly InMemoryAuditLog _log = new();
    private readonly OpenGuard _guard = new();
    private readonly BackupDesk _desk;

    public BackupDeskTests() => _desk = new BackupDesk(_store, _tenants, _log, _guard, new FakeTimeProvider());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string One => Path.Combine(_folder.FullName, "one");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Making_one_is_said_in_every_tenant_and_one_that_is_refused_in_none()
    {
        await _tenants.EnsureAsync(new TenantId("annex"), "Annex", Cancel);

        var made = Assert.IsType<BackupOutcome.Created>(await _desk.CreateAsync(s_machine, One, Cancel)).Backup;
        Assert.Equal(BackupFault.Exists, Assert.IsType<BackupOutcome.Refused>(await _desk.CreateAsync(s_machine, One, Cancel)).Fault);

        foreach (var tenant in await _tenants.ListAsync(Cancel))
        {
            var said = Assert.Single(await _log.ReadAsync(tenant.Id, 1, Cancel).ToListAsync(Cancel)).What;
            Assert.Equal((AuditActions.BackupCreated, $"backup/{made.Manifest.Id}"), (said.Action, said.Subject));
        }

        Assert.All(_guard.Demanded, demanded => Assert.Equal(SensitiveOperations.BackupCreate, demanded.What));
    }

    [Fact]
    public async Task What_was_shown_is_restored_and_nothing_that_changed_since()
    {
        await MakeAsync();
        var shown = Assert.IsType<BackupOutcome.Planned>(await _desk.PlanAsync(s_machine, One, replace: true, Cancel)).Plan;
        _store.Lines.Add("said since");

        var changed = Assert.IsType<BackupOutcome.Changed>(await _desk.RestoreAsync(s_machine, One, replace: true, shown.Digest, Cancel));
        Assert.Equal(["kept", "lost", "said since"], _store.Lines);
        Assert.DoesNotContain(_guard.Demanded, demanded => demanded.What == SensitiveOperations.BackupRestore); // no proof is spent on it

        var restored = Assert.IsType<BackupOutcome.Restored>(await _desk.RestoreAsync(s_machine, One, replace: true, changed.Now.Digest, Cancel));
        Assert.Equal("kept", _store.Lines[0]);
        Assert.StartsWith(AuditActions.BackupRestored, Assert.Single(_store.Lines.Skip(1)), StringComparison.Ordinal);
        Assert.Equal("replaced-20000101T000000Z", restored.Aside);
        Assert.Contains(_guard.Demanded, demanded => demanded.What == SensitiveOperations.BackupRestore && demanded.Shown["digest"] == changed.Now.Digest);
    }

    [Fact]
    public async Task What_cannot_be_restored_is_refused_and_nothing_changes()
    {
        await MakeAsync();

        Assert.Equal(BackupFault.InTheWay, Refused(await _desk.PlanAsync(s_machine, One, replace: false, Cancel)));
        Assert.Equal(BackupFault.InTheWay, Refused(await _desk.RestoreAsync(s_machine, One, replace: false, "", Cancel)));
        _store.IsServed = true;
        Assert.Equal(BackupFault.Served, Refused(await _desk.PlanAsync(s_machine, One, replace: true, Cancel)));
        (_store.IsServed, _store.FreeBytes) = (false, 10);
        Assert.Equal(BackupFault.NoSpace, Refused(await _desk.PlanAsync(s_machine, One, replace: true, Cancel)));
        await File.WriteAllTextAsync(One, "not a backup", Cancel);
        Assert.Equal(BackupFault.Damaged, Refused(await _desk.VerifyAsync(s_machine, One, Cancel)));

        Assert.Equal(["kept", "lost"], _store.Lines);
    }

    [Fact]
    public async Task An_owner_of_another_tenant_and_whoever_lacks_the_right_are_refused()
    {
        foreach (var caller in new[] { Callers.Of(Roles.Owner, tenant: "annex"), Callers.Admin })
        {
            await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.CreateAsync(caller, One, Cancel));
            await Assert.ThrowsAsync<PermissionDeniedException>(async () => await _desk.VerifyAsync(caller, One, Cancel));
            await Assert.ThrowsAsync<PermissionDeniedException>(async () => await _desk.PlanAsync(caller, One, true, Cancel));
            await Assert.ThrowsAsync<PermissionDeniedException>(async () => await _desk.RestoreAsync(caller, One, true, "", Cancel));
        }

        Assert.False(File.Exists(One));
    }

    private static BackupFault Refused(BackupOutcome outcome) => Assert.IsType<BackupOutcome.Refused>(outcome).Fault;

    private async Task MakeAsync()
    {
        _store.Lines.Add("kept");
        await _desk.CreateAsync(s_machine, One, Cancel);
        _store.Lines.Add("lost");
    }
}

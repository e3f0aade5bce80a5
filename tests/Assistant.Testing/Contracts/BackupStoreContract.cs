using Assistant.Domain.Audit;
using Assistant.Domain.Backups;
using Assistant.Domain.Security;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>An installation that can be backed up. Each use of its backups is a process of its own.</summary>
public interface IBackedUpHouse : IAsyncDisposable
{
    /// <summary>For the files of the tests; goes with the house.</summary>
    string Folder { get; }

    Task<T> UseAsync<T>(Func<IBackupStore, Task<T>> act);

    /// <summary>Changes the installation: an event in the first tenant's log.</summary>
    Task SayAsync(string subject);

    /// <summary>Action and subject of every event of the first tenant's log.</summary>
    Task<IReadOnlyList<string>> ReadAsync();
}

/// <summary>What every store of backups must do.</summary>
public abstract class BackupStoreContract
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<IBackedUpHouse> OpenAsync();

    [Fact]
    public async Task What_came_after_a_backup_is_gone_after_its_restore_and_the_log_says_so()
    {
        await using var house = await OpenAsync();
        await house.SayAsync("first");
        var path = Path.Combine(house.Folder, "one.backup");
        await house.UseAsync(store => store.CreateAsync(path, (id, _) => house.SayAsync($"backup/{id}"), Cancel));
        var kept = await house.ReadAsync();
        await house.SayAsync("later");

        var journal = await RestoreAsync(house, path, await PlanAsync(house, path));

        var restored = await house.ReadAsync();
        Assert.EndsWith($"backup/{(await house.UseAsync(store => store.ReadAsync(path, Cancel))).Manifest.Id}", kept[^1], StringComparison.Ordinal);
        Assert.Equal([.. kept, $"{AuditActions.BackupRestored} {journal.Subject}"], restored);
        await RestoreAsync(house, path, await PlanAsync(house, path)); // and again, from the same file
        Assert.Equal(kept, (await house.ReadAsync()).SkipLast(1));
    }

    [Fact]
    public async Task A_backup_says_what_it_holds_and_is_never_written_over()
    {
        await using var house = await OpenAsync();
        await house.SayAsync("first");
        var path = Path.Combine(house.Folder, "one.backup");
        var made = await house.UseAsync(store => store.CreateAsync(path, (_, _) => Task.CompletedTask, Cancel));
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        var said = 0;

        var again = await Assert.ThrowsAsync<BackupRefusedException>(() => house.UseAsync(store => store.CreateAsync(path, (_, _) => Task.FromResult(said++), Cancel)));

        Assert.Equal((BackupFault.Exists, 0), (again.Fault, said));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, Cancel));
        var read = await house.UseAsync(store => store.ReadAsync(path, Cancel));
        var standing = await house.UseAsync(store => store.LookAsync(Cancel));
        Assert.Equal(made.Manifest.Digest(), read.Manifest.Digest());
        Assert.Equal(bytes.Length, read.Size);
        Assert.Equal(standing.Logs, read.Manifest.Logs);
        Assert.Equal((standing.Database, false, false), (read.Manifest.Database, standing.IsEmpty, standing.IsServed));
        Assert.Contains(read.Manifest.Schema, standing.KnownSchemas);
        Assert.Equal((await house.ReadAsync()).Count, read.Manifest.Logs.Single(head => head.Tenant == "default").Seq);
    }

    [Fact]
    public async Task What_is_damaged_or_another_backup_is_refused_and_changes_nothing()
    {
        await using var house = await OpenAsync();
        var (one, other) = (Path.Combine(house.Folder, "one.backup"), Path.Combine(house.Folder, "other.backup"));
        await house.UseAsync(store => store.CreateAsync(one, (_, _) => Task.CompletedTask, Cancel));
        await house.SayAsync("later");
        await house.UseAsync(store => store.CreateAsync(other, (_, _) => Task.CompletedTask, Cancel));
        var plan = await PlanAsync(house, one);
        var before = await house.ReadAsync();

        Assert.Equal(BackupFault.Damaged, (await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(house, other, plan))).Fault);
        var bytes = await File.ReadAllBytesAsync(one, Cancel);
        bytes[^40] ^= 1;
        await File.WriteAllBytesAsync(one, bytes, Cancel);
        Assert.Equal(BackupFault.Damaged, (await Assert.ThrowsAsync<BackupRefusedException>(() => house.UseAsync(store => store.ReadAsync(one, Cancel)))).Fault);
        Assert.Equal(BackupFault.Damaged, (await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(house, one, plan))).Fault);

        Assert.Equal(before, await house.ReadAsync());
    }

    private static async Task<RestorePlan> PlanAsync(IBackedUpHouse house, string path)
        => await house.UseAsync(async store => RestorePlan.Make(await store.ReadAsync(path, Cancel), await store.LookAsync(Cancel), replace: true));

    private static async Task<RestoreJournal> RestoreAsync(IBackedUpHouse house, string path, RestorePlan plan)
    {
        var id = Guid.CreateVersion7();
        var journal = new RestoreJournal(
            id, RestoreStage.SettingAside, $"replaced-{id:N}", [], [], Actor.System, "local", s_now, plan.Backup.Manifest.Digest(), plan.Before, plan.Backup.Manifest.Logs);
        await house.UseAsync(store => store.RestoreAsync(path, plan, journal, Cancel));
        return journal;
    }
}
